/** Functions and types for a session interface of your own, which creates, opens and saves sessions. */
export { explainOutside, mightReplace } from "./cookie/cookie-reach.ts";
export { nullSession } from "./session/null-session.ts";
export type { LiveWrites, OpenedSession, SessionOptions } from "./session/opened-session.ts";
export { lifetimesOf } from "./session/reserved-keys.ts";
export {
  closeSession,
  openedWith,
  outcomeOf,
  type SavedSession,
  type SessionChanges,
  type SessionOutcome,
  settleSession,
} from "./session/session-outcome.ts";
