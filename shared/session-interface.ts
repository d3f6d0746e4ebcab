/** Functions and types for a session interface of your own, which creates, opens and saves sessions. */
export type { LiveWrites, OpenedSession, SessionOptions } from "./session/opened-session.ts";
export { closeSession, openedWith, outcomeOf } from "./session/session.ts";
export type { SavedSession, SessionChanges, SessionOutcome } from "./session/session-outcome.ts";
