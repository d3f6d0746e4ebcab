import { othersOf, sessionsOf, signInsOf } from "./check-users.ts";
import type { History, RequestRecord } from "./history.ts";

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
  return steps.flatMap(({ revokes, ends, start: from, end }) => {
    if (ends !== undefined) return [{ session: ends, from }];
    const theirs = signInsOf(revokes?.user, history).filter(({ sent }) => sent.number < end);
    const sessions = theirs.flatMap(sessionsOf).filter((session) => session !== revokes?.except);
    return sessions.map((session) => ({ session, from }));
  });
}

/** Returns the evicted sessions, if the user may have reached the cap. */
function evictions(request: RequestRecord, history: History): Cause[] {
  const evicted = request.over.filter(({ why }) => why === "session_evicted");
  const others = othersOf(request.left.user as string, request, history);
  const isFull = others.size >= history.settings.maxSessionsPerUser;
  return isFull ? evicted.map(({ session }) => ({ session, from: request.sent.number })) : [];
}
