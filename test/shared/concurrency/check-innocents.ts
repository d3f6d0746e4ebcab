import { causesIn } from "./causes.ts";
import { type History, type RequestRecord, sessionAfter } from "./history.ts";
import { LONGEST_WAY } from "./load.ts";
import type { Check } from "./violation.ts";

/** The reasons that the system may report only for a session that was ended by a request. */
const NEEDS_CAUSE: ReadonlySet<string> = new Set(["revoked", "destroyed", "evicted", "unknown_session"]);

/** Checks that no session has ended unless a request ended it, it was evicted, or it has expired. */
export const endedByNobody: Check = (history) => {
  const causes = causesIn(history);
  const hasCause = (session: string, { saved }: RequestRecord): boolean =>
    causes.get(session)?.some(({ from }) => from < saved.number) === true;
  return history.requests.flatMap((request) => {
    const reported = request.over.filter(
      ({ session, why }) => NEEDS_CAUSE.has(why) && !hasCause(session, request),
    );
    const causeless = reported.filter(({ session }) => !mayHaveExpired(session, request, history));
    return causeless.map(({ session, why }) => {
      return { kind: "ended by nobody", session, text: `#${request.number} got it reported as ${why}` };
    });
  });
};

/**
 * Checks that the cookie of the last responses opens the session, in whatever order they arrived, unless a
 * request ended it or it may have expired. Applies to orderly loads.
 */
export const signedOutByRace: Check = (history) => {
  if (!history.isOrderly) return [];
  const causes = causesIn(history);
  return history.requests.flatMap((request) => {
    const session = request.shown?.session;
    if (session === undefined || request.isReplay || mayHaveExpired(session, request, history)) return [];
    const isIntended = causes.get(session)?.some(({ from }) => from < request.saved.number);
    return isIntended
      ? []
      : problemOf(request).map((text) => ({ kind: "signed out by a race", session, text }));
  });
};

function problemOf({ number, found, shown, outcome, isCleared }: RequestRecord): string[] {
  if (found !== shown?.session) return [`#${number} did not find the session of its cookie`];
  if (outcome === "ended" || outcome === "renewed") return [`#${number} got the outcome ${outcome}`];
  return isCleared ? [`#${number} lost its cookie`] : [];
}

/** Returns whether a session may have expired. Its last use may be unsaved for a tenth of its lifetime. */
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
