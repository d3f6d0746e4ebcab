/** The token of a cookie, and the session that it opens. */
export interface Token {
  /** The id of the session. */
  readonly session: string;
  /** Equal for all cookies with the same token, even if it was signed several times. */
  readonly token: string;
}

/**
 * The outcome of a request: `saved`; its session had `ended` or was `renewed`, so that its changes are not
 * saved; the user has too many sessions (`limited`); or the handler `failed`.
 */
export type Outcome = "saved" | "ended" | "renewed" | "limited" | "failed";

/** The response to a client. */
export interface Served {
  readonly outcome: Outcome;
  /** The Set-Cookie header. */
  readonly setCookie?: string | undefined;
  /** The token in it; `undefined` if there is no header, or if it deletes the cookie. */
  readonly issued?: Token | undefined;
  /** The sessions that the system reported as over, and why. */
  readonly over: readonly { readonly session: string; readonly why: string }[];
}

/** A session of any library, as the steps of a load use it. */
export interface BasicSession {
  /** The id of the session; `undefined` if it begins with this request. */
  readonly id: string | undefined;
  /** Returns a copy of the data, with the user's id under `user`. */
  read(): Record<string, unknown>;
  set(key: string, value: unknown): void;
  /** Deletes a key, and returns whether it existed. */
  delete(key: string): boolean;
  /** Adds 1, and returns the sum. */
  increment(key: string): Promise<number>;
  signIn(user: string): void;
  signOut(): void;
}

/** The error that a handler throws when a load makes it fail. */
export class HandlerFailure extends Error {
  override readonly name = "HandlerFailure";
}

/** A session library that serves the requests of a load. */
export interface SessionSystem<S extends BasicSession> {
  /** True if `increment` is stored when it returns, and not only when the session is saved. */
  readonly storesAtOnce: boolean;

  /**
   * Opens the session that a Cookie header names, lets a handler use it, and saves it.
   *
   * An error of the handler becomes an outcome. Every other error is a defect, and is thrown.
   */
  serve(cookie: string | undefined, handle: (session: S) => Promise<void>): Promise<Served>;
}
