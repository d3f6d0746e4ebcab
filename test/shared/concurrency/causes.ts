import { othersOf, sessionsOf, signInsOf } from "./check-users.ts";
import { type History, type RequestRecord, sessionAfter } from "./history.ts";

/** A reason why a session may be over from event `from` on. */
export interface Cause {
  readonly session: string;
  readonly from: number;
}

/** Returns all reasons why sessions may be over before they expire. */
export function causesIn(history: History): Map<string, Cause[]> {
  const causes = history.requests.flatMap((request) => {
    return [...ownCauses(request), ...revocations(request, history), ...evictions(request, history)];
  });
  return Map.groupBy(causes, ({ session }) => session);
}

/** Returns a cause if the session was destroyed or became empty. */
function ownCauses({ found, sent, outcome, isCleared, left, steps }: RequestRecord): Cause[] {
  if (found === undefined || outcome !== "saved") return [];
  const wasEmptied = isCleared && Object.keys(left).length === 0;
  const hasEnded = wasEmptied || steps.some(({ destroys }) => destroys);
  return hasEnded ? [{ session: found, from: sent.number }] : [];
}

function revocations({ steps }: RequestRecord, history: History): Cause[] {
  return steps.flatMap(({ revokes, ends, removes, start: from, end }) => {
    const one = ends ?? removes;
    if (one !== undefined) return [{ session: one, from }];
    const theirs = signInsOf(revokes?.user, history).filter(({ sent }) => sent.number < end);
    const sessions = theirs.flatMap(sessionsOf).filter((session) => session !== revokes?.except);
    return sessions.map((session) => ({ session, from }));
  });
}

/** Returns the evicted sessions, if the user may have reached the cap. */
function evictions(request: RequestRecord, history: History): Cause[] {
  const others = othersOf(request.left.user as string, request, history);
  if (others.size < history.settings.maxSessionsPerUser) return [];
  const logged = request.over.filter(({ why }) => why === "session_evicted").map(({ session }) => session);
  const sessions = [...logged, ...signingInDuring(request, history)];
  return sessions.map((session) => ({ session, from: request.sent.number }));
}

/**
 * Returns the sessions whose sign-in was under way during that of a request. It may remove them from the list
 * before their records name the user, and logs no eviction then.
 */
function signingInDuring(request: RequestRecord, history: History): string[] {
  const { sent, saved, left } = request;
  const signIns = signInsOf(left.user as string | undefined, history);
  if (!signIns.includes(request)) return [];
  const others = signIns.filter((one) => one !== request && one.sent.number < saved.number);
  return others.filter((one) => one.saved.number > sent.number).flatMap((one) => sessionAfter(one) ?? []);
}
