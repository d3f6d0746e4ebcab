import { NEVER } from "../options/option-kind.ts";
import type { PlainObject } from "../values/plain-object.ts";
import type { SessionSettings } from "./session-settings.ts";
import { isUser, type User } from "./user.ts";

/**
 * The keys under which a session stores its own values, by the properties of `Session` that have them. The
 * first two are Flask's.
 */
export const RESERVED = {
  /** True if the cookie outlives the browser window. */
  permanent: "_permanent",
  /** The messages for the next page: an array of tuples of category and message. */
  flashes: "_flashes",
  /** The user who is signed in: `{ id, name }`. */
  user: "_user",
  /**
   * Authentication of the user: `{ at, issuer, acr, amr }`. Absent after a plain sign-in, if `_created` is
   * stored.
   */
  authentication: "_auth",
  /** Time of the session's creation, in seconds since the epoch, if the session stores that. */
  createdAt: "_created",
  /** The lifetime of the session in seconds, if it has one of its own. */
  lifetime: "_lifetime",
  /** The id of a cookie session in its user's list. Only sessions that can be revoked reserve this key. */
  id: "_sid",
} as const;

/** The properties of `Session` by the reserved keys that have their values. */
export const NAMES: ReadonlyMap<string, string> = new Map(
  Object.entries(RESERVED).map(([name, key]) => [key, name]),
);

/**
 * Returns whether a key is reserved.
 *
 * @param storesId whether the session stores its id. Default: any session counts
 */
export function isReserved(key: string, storesId = true): boolean {
  return NAMES.has(key) && (storesId || key !== RESERVED.id);
}

const METADATA: readonly string[] = [RESERVED.createdAt, RESERVED.permanent, RESERVED.lifetime];

/** Returns whether a key holds metadata, which does not count as data of the session. */
export function isMetadata(key: string): boolean {
  return METADATA.includes(key);
}

/** Returns the user who is signed in to the session with these values. */
export function userOf({ [RESERVED.user]: user }: PlainObject): User | undefined {
  return user && isUser(user) ? user : undefined;
}

/** Returns whether a session is permanent: its own value, or that of the settings. */
export function isPermanent({ [RESERVED.permanent]: own }: PlainObject, setting = false): boolean {
  return typeof own === "boolean" ? own : setting;
}

/** The own lifetime that a remembered session stores: the setting `rememberFor` is both of its lifetimes. */
export const REMEMBERED = 0;

/** Returns what the session stores as its own lifetime, or `undefined` if the settings apply. */
export function ownLifetime({ [RESERVED.lifetime]: own }: PlainObject): number | undefined {
  return Number.isSafeInteger(own) && (own as number) >= 0 ? (own as number) : undefined;
}

type Lifetimes = Pick<SessionSettings, "lifetime" | "absoluteLifetime" | "rememberFor">;

/** Returns the settings with the lifetimes that apply to a session with these values. */
export function lifetimesOf<Settings extends Lifetimes>(values: PlainObject, settings: Settings): Settings {
  const { lifetime = NEVER, rememberFor = lifetime } = settings;
  const own = ownLifetime(values);
  if (own === REMEMBERED) return { ...settings, lifetime: rememberFor, absoluteLifetime: rememberFor };
  return own === undefined ? settings : { ...settings, lifetime: Math.min(own, lifetime) };
}

/**
 * Returns a lifetime in seconds that a session may have of its own.
 *
 * @param most the setting `lifetime`
 * @throws RangeError that names the bound
 */
export function checkLifetime(seconds: number, most = NEVER): number {
  if (Number.isSafeInteger(seconds) && seconds > 0 && seconds <= most) return seconds;
  throw new RangeError(`session.lifetime must be an integer from 1 to ${most} seconds`);
}
