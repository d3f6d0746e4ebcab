import { causesIn } from "./causes.ts";
import { type History, type RequestRecord, sessionAfter } from "./history.ts";
import { LONGEST_WAY } from "./load.ts";
import type { Check } from "./violation.ts";

/** What the system may say of a session only when somebody ended it. */
const NEEDS_CAUSE: ReadonlySet<string> = new Set(["revoked", "destroyed", "evicted", "unknown_session"]);

/** No session is over unless somebody ended it, it gave way to others, or it has expired. */
export const endedByNobody: Check = (history) => {
  const causes = causesIn(history);
  const hasCause = (session: string, { saved }: RequestRecord): boolean =>
    causes.get(session)?.some(({ from }) => from < saved.number) === true;
  return history.requests.flatMap((request) => {
    const told = request.over.filter(
      ({ session, why }) => NEEDS_CAUSE.has(why) && !hasCause(session, request),
    );
    const causeless = told.filter(({ session }) => !mayHaveExpired(session, request, history));
    return causeless.map(({ session, why }) => {
      return { kind: "ended by nobody", session, text: `#${request.number} was told that it was ${why}` };
    });
  });
};

/**
 * Who shows the cookie that the last answers left finds the session, in whatever order these came, unless somebody
 * ended it or it was not used for long. It holds for orderly loads.
 */
export const signedOutByRace: Check = (history) => {
  if (!history.isOrderly) return [];
  const causes = causesIn(history);
  return history.requests.flatMap((request) => {
    const session = request.shown?.session;
    if (session === undefined || request.isReplay || mayHaveExpired(session, request, history)) return [];
    const isMeant = causes.get(session)?.some(({ from }) => from < request.saved.number);
    return isMeant ? [] : problemOf(request).map((text) => ({ kind: "signed out by a race", session, text }));
  });
};

function problemOf({ number, found, shown, outcome, isCleared }: RequestRecord): string[] {
  if (found !== shown?.session) return [`#${number} did not find the session of its cookie`];
  if (outcome === "ended" || outcome === "renewed")
    return [`#${number} was told that its session was ${outcome}`];
  return isCleared ? [`#${number} lost its cookie`] : [];
}

/** When it was last used, it had been seen a tenth of its lifetime before at most; and a request takes its time. */
function mayHaveExpired(
  session: string,
  { sent, saved: end }: RequestRecord,
  { requests, settings }: History,
): boolean {
  const users = requests.filter((one) => sessionAfter(one) === session);
  const before = users.filter(({ saved, outcome }) => saved.number < sent.number && outcome === "saved");
  const lastUse = Math.max(...before.map((one) => one.sent.clock));
  return end.clock > lastUse + settings.lifetime * 0.9 - LONGEST_WAY;
}
