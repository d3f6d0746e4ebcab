import { bindingsIn, endingsIn } from "./endings.ts";
import { type History, type RequestRecord, sessionAfter } from "./history.ts";
import { LONGEST_WAY } from "./load.ts";
import type { Check } from "./violation.ts";

/** From event `from` on, a session may be over, and somebody wanted that. */
interface Cause {
  readonly session: string;
  readonly from: number;
}

/**
 * Who shows the cookie that the last answers left finds the session, in whatever order these came, unless somebody
 * ended it on purpose or it was not used for long. It holds for orderly loads.
 */
export const racedOut: Check = (history) => {
  const causes = Map.groupBy(causesIn(history), ({ session }) => session);
  return history.requests.flatMap((request) => {
    const session = request.shown?.session;
    if (session === undefined || request.isReplay) return [];
    const isMeant = causes.get(session)?.some(({ from }) => from < request.saved.number);
    if (isMeant || mayHaveExpired(session, request, history)) return [];
    return problemOf(request).map((text) => ({ kind: "signed out by a race", session, text }));
  });
};

function problemOf({ number, found, shown, outcome, isCleared }: RequestRecord): string[] {
  if (found !== shown?.session) return [`#${number} did not find the session of its cookie`];
  if (outcome === "ended" || outcome === "renewed")
    return [`#${number} was told that its session was ${outcome}`];
  return isCleared ? [`#${number} lost its cookie`] : [];
}

function causesIn(history: History): Cause[] {
  return history.requests.flatMap((request) => [
    ...ownCauses(request),
    ...revocations(request, history),
    ...caps(request, history),
  ]);
}

/** It was signed out, or nothing was left in it. */
function ownCauses({ found, sent, outcome, isCleared, left, ...request }: RequestRecord): Cause[] {
  const wasEmptied = outcome === "saved" && isCleared && Object.keys(left).length === 0;
  const hasEnded = wasEmptied || request.steps.some(({ destroys }) => destroys);
  return found !== undefined && hasEnded ? [{ session: found, from: sent.number }] : [];
}

function revocations({ steps }: RequestRecord, history: History): Cause[] {
  return steps.flatMap(({ revokes, ends, start, end }) => {
    if (ends !== undefined) return [{ session: ends, from: start }];
    const theirs = bindingsIn(history).filter((one) => one.user === revokes?.user && one.start < end);
    return theirs
      .filter(({ session }) => session !== revokes?.except)
      .map(({ session }) => ({ session, from: start }));
  });
}

/** Sessions that gave way to a new one, if there were so many. */
function caps({ over, sent, saved, left }: RequestRecord, history: History): Cause[] {
  const gone = new Set(
    endingsIn(history)
      .filter(({ at }) => at < sent.number)
      .map(({ session }) => session),
  );
  const theirs = bindingsIn(history).filter(({ user, start }) => user === left.user && start <= saved.number);
  const living = new Set(theirs.map(({ session }) => session)).difference(gone);
  const capped = over.filter(({ why }) => why === "session_capped");
  const isFull = living.size > history.settings.maxSessionsPerUser;
  return isFull ? capped.map(({ session }) => ({ session, from: sent.number })) : [];
}

/** It was seen at least a tenth of its lifetime before its last use, and a request takes its time. */
function mayHaveExpired(
  session: string,
  { sent, opened }: RequestRecord,
  { requests, settings }: History,
): boolean {
  const users = requests.filter((one) => one.found === session || sessionAfter(one) === session);
  const before = users.filter(({ saved, outcome }) => saved.number < sent.number && outcome === "saved");
  const lastUse = Math.max(...before.map((one) => one.opened.clock));
  return opened.clock > lastUse + settings.lifetime * 0.9 - LONGEST_WAY;
}
