import { othersOf, sessionsOf, signInsOf } from "./check-users.ts";
import type { History, RequestRecord } from "./history.ts";

/** From event `from` on, a session may be over, and somebody wanted that. */
export interface Cause {
  readonly session: string;
  readonly from: number;
}

/** All reasons for which sessions may be over before they expire. */
export function causesIn(history: History): Map<string, Cause[]> {
  const causes = history.requests.flatMap((request) => {
    return [...ownCauses(request), ...revocations(request, history), ...caps(request, history)];
  });
  return Map.groupBy(causes, ({ session }) => session);
}

/** It was signed out, or nothing was left in it. */
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

/** Sessions that gave way to a new one, if there were so many. */
function caps(request: RequestRecord, history: History): Cause[] {
  const capped = request.over.filter(({ why }) => why === "session_evicted");
  const others = othersOf(request.left.user as string, request, history);
  const isFull = others.size >= history.settings.maxSessionsPerUser;
  return isFull ? capped.map(({ session }) => ({ session, from: request.sent.number })) : [];
}
