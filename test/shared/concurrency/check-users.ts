import { endingsIn } from "./endings.ts";
import { FINAL_CLIENT, type History, type RequestRecord, sessionAfter } from "./history.ts";
import type { Check, Violation } from "./violation.ts";

/** Checks that no user exceeds the cap, and that no sign-in is refused below it. */
export const sessionLimits: Check = (history) => [...surplus(history), ...refusals(history)];

/**
 * Returns the other sessions that a user may have had during a sign-in. One that ended during its sign-in is
 * listed for a moment.
 */
export function othersOf(user: string, request: RequestRecord, history: History): Set<string> {
  const { sent, saved, outcome } = request;
  const theirs = signInsOf(user, history).filter((one) => one !== request && one.sent.number < saved.number);
  const ended = endingsIn(history).filter(({ isFenced, isRevocation }) => isFenced || isRevocation);
  const earlier = ended.filter(({ at }) => at < sent.number);
  const own = outcome === "saved" ? sessionAfter(request) : undefined;
  const others = new Set(theirs.flatMap(sessionsOf)).difference(
    new Set(earlier.map(({ session }) => session)),
  );
  return others.difference(new Set([own]));
}

/** Returns the requests that tried to sign a user in. */
export function signInsOf(user: string | undefined, { requests }: History): RequestRecord[] {
  if (user === undefined) return [];
  return requests.filter(({ steps }) => steps.some(({ writes }) => writes?.user === user));
}

/** Returns the sessions that a request may have bound to a user. */
export function sessionsOf(request: RequestRecord): string[] {
  return [request.found, sessionAfter(request)].filter((session) => session !== undefined);
}

function surplus({ requests, settings: { maxSessionsPerUser: most } }: History): Violation[] {
  const alive = requests.filter(({ client, seen }) => client === FINAL_CLIENT && seen.user !== undefined);
  return [...Map.groupBy(alive, ({ seen }) => seen.user)].flatMap(([user, theirs]) => {
    const { size } = new Set(theirs.map(({ found }) => found));
    const text = `${user} has ${size} sessions, and ${most} is the most`;
    return size <= most ? [] : [{ kind: "too many sessions", session: undefined, text }];
  });
}

function refusals(history: History): Violation[] {
  return history.requests.flatMap((request) => {
    const { outcome, steps, number } = request;
    const user = steps.findLast(({ verb }) => verb === "sign in")?.writes?.user as string;
    if (outcome !== "limited" || othersOf(user, request, history).size >= history.settings.maxSessionsPerUser)
      return [];
    return [
      {
        kind: "refused without need",
        session: undefined,
        text: `#${number} was refused below the cap`,
      },
    ];
  });
}
