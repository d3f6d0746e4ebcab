import type { Session } from "./session.ts";

/** What a session interface may know of a request. */
export interface SessionRequest {
  /** The values of the Cookie headers, in the order in which they came; each may hold several cookies. */
  readonly cookies: readonly string[];
  /** A header by its name in lower case. */
  header(name: string): string | undefined;
  /** The network address of the client, as the gateway tells it. */
  readonly address?: string | undefined;
}

/** What saving the session asks of the response. */
export interface SavedSession {
  /** The value of a Set-Cookie header. */
  readonly setCookie?: string;
  /** Whether the response depends on the cookie, so that it needs `Vary: Cookie`. */
  readonly vary: boolean;
}

/**
 * Where sessions live (Flask, `SessionInterface`): the seam that a fork replaces to keep them elsewhere.
 *
 * `get` cannot wait, so a store is read in `open`. What the settings ask is the interface's to do: end sessions by
 * `lifetime` and `absoluteLifetime`, save a permanent one again when a tenth of its lifetime has passed, take the
 * cookie of an ended or emptied one away. `test/shared/session/session-interface-contract.ts` is the suite that every
 * implementation passes.
 */
export interface SessionInterface {
  /**
   * The visitor's session; a new one where the visitor shows none that counts. Hostile or stale cookies are logged
   * with a reason and never throw.
   *
   * @throws SessionUnavailableError when a system that it needs fails
   */
  open(request: SessionRequest): Session | Promise<Session>;

  /**
   * Saves the session when the handler has returned, and says what the response must carry.
   *
   * @throws SessionTooLargeError when the session does not fit
   * @throws SessionUnavailableError when a system that it needs fails
   * @throws SessionConflictError when changes could not be saved, because the session ended or was renewed meanwhile
   * @throws SessionLimitError when the user has too many sessions to begin another one
   */
  save(session: Session, request: SessionRequest): SavedSession | Promise<SavedSession>;
}
