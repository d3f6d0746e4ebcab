import { LAST_LOOK } from "./history.ts";
import type { Check } from "./violation.ts";

/** One user has no more sessions than the settings say, whoever signs in at the same time. */
export const surplusSessions: Check = ({ requests, settings: { maxSessionsPerUser: most } }) => {
  const alive = requests.filter(({ client, seen }) => client === LAST_LOOK && seen.user !== undefined);
  return [...Map.groupBy(alive, ({ seen }) => seen.user)].flatMap(([user, theirs]) => {
    const sessions = new Set(theirs.map(({ found }) => found));
    if (sessions.size <= most) return [];
    const text = `${user} has ${sessions.size} sessions, and ${most} is the most`;
    return [{ kind: "too many sessions", session: undefined, text }];
  });
};
