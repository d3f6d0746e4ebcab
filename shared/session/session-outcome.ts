import type { PlainObject } from "../values/plain-object.ts";
import { RESERVED } from "./reserved-keys.ts";
import { isUser, type User } from "./user.ts";

/**
 * What a request did with its session: the one answer that a session interface saves by.
 *
 * - `unused`: nobody looked at the session. The response does not depend on the cookie.
 * - `read`: the response depends on the cookie. Nothing is to be saved, but a refresh may be due.
 * - `changed`: there is something to save.
 * - `emptied`: the changes left no data behind.
 * - `destroyed`: the handler cleared the session or signed out, and stored nothing afterwards.
 */
export type SessionOutcome =
  | { readonly status: "unused" }
  | { readonly status: "read" }
  | ({ readonly status: "changed" | "emptied" | "destroyed" } & SessionChanges);

/** The changes of a request. */
export interface SessionChanges {
  /**
   * All data to save, reserved keys included. The object is the session's own and is not changed any more.
   */
  readonly values: PlainObject;
  /** The keys that were set, deleted or changed inside, reserved ones included. */
  readonly changedKeys: ReadonlySet<string>;
  /**
   * Whether the handler cleared the session that the request brought, so that `values` belong to a new one.
   */
  readonly cleared: boolean;
  /** Whether the session is to get a new token: at a sign-in, or when the handler called `renew`. */
  readonly renewed: boolean;
  /** The user who is signed in. */
  readonly user: User | undefined;
  /** Whether the handler signed the user in during this request. */
  readonly signedIn: boolean;
  /** Whether the handler took the flashed messages that waited. */
  readonly tookFlashes: boolean;
  /** Whether the cookie is to outlive the browser window. */
  readonly permanent: boolean;
}

/** What the response must carry after the session was saved. */
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
