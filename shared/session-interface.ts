/** Parts for a session interface of your own: how it creates a session, and what it asks a session when it saves. */
export type { LiveWrites, OpenedSession, SessionOptions } from "./session/opened-session.ts";
export { closeSession, openedWith, outcomeOf } from "./session/session.ts";
export type { SavedSession, SessionChanges, SessionOutcome } from "./session/session-outcome.ts";
