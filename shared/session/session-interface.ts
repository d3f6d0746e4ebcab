import type { Session } from "./session.ts";
import type { SavedSession } from "./session-outcome.ts";

/** The parts of a request that a session interface may use. */
export interface SessionRequest {
  /** The HTTP method, as the client sent it. */
  readonly method: string;
  /** The path as the gateway reports it: with the stage of a REST API, without the query. */
  readonly path: string;
  /** The Host header: a host name, and a port unless it is the default one. */
  readonly host?: string | undefined;
  /** The values of the Cookie headers in the order of the request; each may hold several cookies. */
  readonly cookies: readonly string[];
  /** Returns a header by its name in lower case. */
  header(name: string): string | undefined;
  /** The client's network address, as the gateway reports it. */
  readonly address?: string | undefined;
}

/**
 * Opens and saves sessions (Flask, `SessionInterface`). An application that keeps sessions elsewhere
 * implements it.
 *
 * `Session.get` is synchronous, so `open` reads the store. `save` calls `outcomeOf(session)`. The interface
 * applies the settings: sessions expire by `lifetime` and `absoluteLifetime`, a permanent one is saved again
 * when a tenth of its lifetime has passed, and the cookie of an ended or emptied one is deleted. Outside the
 * cookie's path there is no session, and a session that another site's request could not bring is not
 * replaced. Every implementation passes `describeSessionInterface` of `lambda-sessions/contracts`.
 */
export interface SessionInterface {
  /**
   * Returns the visitor's session, or a new one if the request brings no valid cookie. Hostile and stale
   * cookies are logged with a reason and never throw.
   *
   * @throws SessionUnavailableError when a system that it needs fails
   */
  open(request: SessionRequest): Promise<Session>;

  /**
   * Saves the session when the handler has returned, and returns what the response must carry.
   *
   * @throws SessionTooLargeError when the session does not fit
   * @throws SessionUnavailableError when a system that it needs fails
   * @throws SessionConflictError when the session ended or was renewed meanwhile, so that changes cannot be
   * saved
   * @throws SessionLimitError when the user has too many sessions to begin another one
   */
  save(session: Session, request: SessionRequest): Promise<SavedSession>;
}
