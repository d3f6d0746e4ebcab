/** A token as a cookie carried it: what it opens, and what tells it from others. */
export interface Token {
  /** Names the session. */
  readonly session: string;
  /** The same for all cookies that hold the same token, however often it was signed. */
  readonly token: string;
}

/**
 * How a request ended: `saved`; its session had `ended` or was `renewed` meanwhile, so that its changes are not saved;
 * the user has too many sessions (`limited`); or the handler `failed`, and nothing was to be saved.
 */
export type Outcome = "saved" | "ended" | "renewed" | "limited" | "failed";

/** What a client got. */
export interface Served {
  readonly outcome: Outcome;
  /** The Set-Cookie header. */
  readonly setCookie?: string | undefined;
  /** What it carries; `undefined` where there is none, or where it takes the cookie away. */
  readonly issued?: Token | undefined;
  /** The sessions that the system said to be over, and why. */
  readonly over: readonly { readonly session: string; readonly why: string }[];
}

/** What a handler must be able to do with a session of any library. */
export interface BasicSession {
  /** Names the session that was found; `undefined` where it begins now. */
  readonly name: string | undefined;
  /** The data and the user's id under `user`, copied. */
  read(): Record<string, unknown>;
  set(key: string, value: unknown): void;
  /** Whether there was such a key. */
  delete(key: string): boolean;
  /** Adds one and gives the sum. */
  increment(key: string): Promise<number>;
  signIn(user: string): void;
  signOut(): void;
}

/** The handler of a load cannot go on, as the load says. */
export class HandlerFailure extends Error {
  override readonly name = "HandlerFailure";
}

/** What serves the requests of a load: a session library and what it keeps sessions in. */
export interface SessionSystem<S extends BasicSession> {
  /** Whether `increment` is stored when it returns, and not only when the session is saved. */
  readonly storesAtOnce: boolean;

  /**
   * Opens the session that a Cookie header names, lets a handler use it, and saves it.
   *
   * What the handler throws becomes an outcome; what is thrown is a defect.
   */
  serve(cookie: string | undefined, handle: (session: S) => Promise<void>): Promise<Served>;
}
