import type { PlainObject } from "../values/plain-object.ts";
import type { Update } from "../values/tracked-data.ts";
import type { SessionOptions } from "./opened-session.ts";
import { isPermanent, RESERVED, userOf } from "./reserved-keys.ts";
import { type Session, stateOf } from "./session.ts";
import type { Authentication } from "./sign-in/authentication.ts";
import type { User } from "./user.ts";

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
  /**
   * The keys that were set, deleted or changed inside, with reserved ones. At least one of their values
   * differs from before, unless the session was renewed or cleared.
   */
  readonly changedKeys: ReadonlySet<string>;
  /**
   * The functions that have computed some of the changed values. A storage that keeps parallel changes
   * applies them to the values which it has by now.
   */
  readonly updates: ReadonlyMap<string, Update>;
  /**
   * True if the handler cleared the session that the request brought, so that `values` belong to a new one.
   */
  readonly cleared: boolean;
  /** True if the session gets a new token: at a sign-in, or after `renew`. */
  readonly renewed: boolean;
  /** The user who is signed in. */
  readonly user: User | undefined;
  /** True if the handler signed the user in during this request. */
  readonly signedIn: boolean;
  /** Authentication of the user, if the sign-in of this request states it. */
  readonly authentication: Authentication | undefined;
  /** True if the handler took the flashed messages. */
  readonly tookFlashes: boolean;
  /** True if the cookie outlives the browser window. */
  readonly permanent: boolean;
}

/** The headers that the response must carry after the session was saved. */
export interface SavedSession {
  /** The value of a Set-Cookie header. */
  readonly setCookie?: string;
  /**
   * Values of the Set-Cookie headers that delete other cookies of the name, if the request brought several.
   * They are sent before `setCookie`.
   */
  readonly deletions?: readonly string[];
  /** True if the response depends on the cookie, so that it needs `Vary: Cookie`. */
  readonly vary: boolean;
}

/** Returns the changes of a request that changed nothing. */
export function unchanged(values: PlainObject, settings: { readonly permanent: boolean }): SessionChanges {
  return {
    values,
    changedKeys: new Set(),
    updates: new Map(),
    cleared: false,
    renewed: false,
    user: userOf(values),
    signedIn: false,
    authentication: undefined,
    tookFlashes: false,
    permanent: isPermanent(values, settings.permanent),
  };
}

/**
 * Waits for the changes that a handler did not await. For those who call a handler, before they save. Returns
 * the number of calls of `increment` and `update` since the last time.
 *
 * @throws the error of such a change, unless the handler catches it
 */
export function settleSession(session: Session): Promise<number> {
  return stateOf(session).settle();
}

/**
 * Waits for changes under way, and closes a session that is not saved. Later changes throw, because the
 * response has already been built.
 */
export async function closeSession(session: Session): Promise<void> {
  await settleSession(session).catch(() => {});
  stateOf(session).closed = true;
}

/**
 * Closes a session, and returns what the request did with it. For session interfaces.
 *
 * @throws UnstorableValueError when a value was changed inside to one that cannot be stored
 */
export function outcomeOf(session: Session): SessionOutcome {
  return stateOf(session).toOutcome();
}

/**
 * Returns the options with which a session interface opened a session; `undefined` for a locked one. For
 * session interfaces that pass an object of a class of their own as options.
 *
 * @throws TypeError when the options are not of this class, because another session interface opened the
 * session
 */
export function openedWith<Options extends SessionOptions>(
  session: Session,
  kind: abstract new (...parameters: never[]) => Options,
): Options | undefined {
  const { options } = stateOf(session);
  if (options.locked !== undefined) return undefined;
  if (options instanceof kind) return options;
  throw new TypeError("another session interface opened it");
}

/** Returns whether the request signs the user in, so that their list has the session once it is saved. */
export function isSigningIn(session: Session): boolean {
  return session.user !== undefined && stateOf(session).read().changedKeys().has(RESERVED.user);
}
