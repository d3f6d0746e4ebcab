import type { PlainObject } from "../values/plain-object.ts";
import { RESERVED } from "./reserved-keys.ts";
import { isUser, type User } from "./user.ts";

/**
 * The outcome of a request, by which a session interface saves the session.
 *
 * - `unused`: the session was not used. The response does not depend on the cookie.
 * - `read`: the response depends on the cookie. Nothing is saved, but a refresh may be due.
 * - `changed`: changes have to be saved.
 * - `emptied`: the changes left no data.
 * - `destroyed`: the handler cleared the session or signed out, and set nothing afterwards.
 */
export type SessionOutcome =
  | { readonly status: "unused" }
  | { readonly status: "read" }
  | ({ readonly status: "changed" | "emptied" | "destroyed" } & SessionChanges);

/** The changes of a request. */
export interface SessionChanges {
  /**
   * All data to save, with reserved keys. The session does not change the object any more.
   */
  readonly values: PlainObject;
  /** The keys that were set, deleted or changed inside, with reserved ones. */
  readonly changedKeys: ReadonlySet<string>;
  /**
   * Whether the handler cleared the session that the request brought, so that `values` belong to a new one.
   */
  readonly cleared: boolean;
  /** Whether the session gets a new token: at a sign-in, or after `renew`. */
  readonly renewed: boolean;
  /** The user who is signed in. */
  readonly user: User | undefined;
  /** Whether the handler signed the user in during this request. */
  readonly signedIn: boolean;
  /** Whether the handler took the flashed messages. */
  readonly tookFlashes: boolean;
  /** Whether the cookie outlives the browser window. */
  readonly permanent: boolean;
}

/** The headers that the response must carry after the session was saved. */
export interface SavedSession {
  /** The value of a Set-Cookie header. */
  readonly setCookie?: string;
  /** Whether the response depends on the cookie, so that it needs `Vary: Cookie`. */
  readonly vary: boolean;
}

const NO_KEYS: ReadonlySet<string> = new Set();

/** Returns the changes of a request that changed nothing. */
export function unchanged(values: PlainObject, settings: { readonly permanent: boolean }): SessionChanges {
  const { [RESERVED.permanent]: permanent, [RESERVED.user]: user } = values;
  return {
    values,
    changedKeys: NO_KEYS,
    cleared: false,
    renewed: false,
    user: isUser(user) ? user : undefined,
    signedIn: false,
    tookFlashes: false,
    permanent: typeof permanent === "boolean" ? permanent : settings.permanent,
  };
}
