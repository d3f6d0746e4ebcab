import { assertFunctions } from "../../options/assert-functions.ts";
import { OptionError } from "../../options/option-error.ts";
import type { SessionInterface } from "../../session/session-interface.ts";
import {
  type ResolvedSettings,
  resolveSettings,
  type SessionSettings,
} from "../../session/session-settings.ts";
import { isObject } from "../../values/plain-object.ts";

/** Session interfaces by the name of their session, each with a cookie and a salt of its own. */
export type NamedSessionInterfaces<Name extends string = string> = Readonly<Record<Name, SessionInterface>>;

/** A session by its name. */
export interface NamedSession<Name extends string = string> {
  readonly name: Name;
  /** The name of its cookie. */
  readonly cookieName: string;
  readonly sessionInterface: SessionInterface;
}

/** Settings of a named session. They state the cookie's name and the salt. */
export type NamedSettings = SessionSettings & {
  readonly salt: string;
  readonly cookie: { readonly name: string };
};

/** Makes the session interface of one name. It must use these settings. */
export type MakeSessionInterface<Name extends string> = (
  settings: NamedSettings,
  name: Name,
) => SessionInterface;

/**
 * Makes session interfaces that can serve the same request. No two of them have the same cookie or the same
 * salt, so the cookie of one is never accepted as that of another.
 *
 * By default, the session `cart` has the cookie `__Host-cart` (`cart` with `flask`, or if domain, path or
 * secure forbid the prefix) and the salt `cookie-session.cart`: the name of the session takes the place of
 * `session` in a shared name of the cookie, or follows it, and follows a shared salt.
 *
 * @param settings of each session, by its name. They override the shared ones
 * @param make called once for each name
 * @param shared settings of all of them. Default: none
 * @throws OptionError that names the option, such as `cart.cookie.name`
 */
export function nameSessions<Name extends string>(
  settings: Readonly<Record<Name, SessionSettings>>,
  make: MakeSessionInterface<Name>,
  shared: SessionSettings = {},
): NamedSessionInterfaces<Name> {
  if (!isObject(settings)) throw new OptionError("sessions", "must be an object of settings by name");
  const names = Object.keys(settings) as Name[];
  if (names.length === 0) throw new OptionError("sessions", "must name at least one session");
  const named = names.map((name) => [name, nameSession(name, settings[name], shared)] as const);
  for (const [index, one] of named.entries())
    for (const other of named.slice(0, index)) assertDistinct(one, other);
  const made = named.map(([name, own]): NamedSession<Name> => {
    const sessionInterface = make(own, name);
    assertFunctions({ [name]: sessionInterface?.open }, "a session interface");
    return { name, cookieName: own.cookie.name, sessionInterface };
  });
  const interfaces = Object.fromEntries(made.map(({ name, sessionInterface }) => [name, sessionInterface]));
  namedSessions.set(interfaces, made);
  return interfaces as NamedSessionInterfaces<Name>;
}

/** The sessions of each result of `nameSessions`. */
const namedSessions = new WeakMap<object, readonly NamedSession[]>();

/**
 * Returns the sessions that `nameSessions` has named.
 *
 * @throws OptionError when the session interfaces are of another origin
 */
export function namedSessionsOf(interfaces: NamedSessionInterfaces): readonly NamedSession[] {
  const sessions = namedSessions.get(interfaces);
  if (sessions !== undefined) return sessions;
  throw new OptionError("sessions", "must be the result of nameSessions");
}

/** Adds the shared settings, the name of the cookie and the salt, and checks all of them. */
function nameSession(name: string, given: SessionSettings, shared: SessionSettings): NamedSettings {
  if (!isObject(given)) throw new OptionError(name, "must be an object of settings");
  const merged = { ...shared, ...given, cookie: { ...shared.cookie, ...given.cookie } };
  const { cookie, salt } = resolve(name, merged);
  const named = {
    ...merged,
    cookie: { ...merged.cookie, name: given.cookie?.name ?? cookieNameFor(name, cookie.name) },
    salt: given.salt ?? `${salt}.${name}`,
  };
  resolve(name, named);
  return named;
}

function cookieNameFor(name: string, sharedName: string): string {
  return sharedName.includes("session") ? sharedName.replace("session", () => name) : `${sharedName}-${name}`;
}

/** Checks settings. An error names the session too. */
function resolve(name: string, settings: SessionSettings): ResolvedSettings {
  try {
    return resolveSettings(settings);
  } catch (error) {
    if (!(error instanceof OptionError)) throw error;
    throw new OptionError(`${name}.${error.option}`, error.message.slice(error.option.length + 2));
  }
}

type Named = readonly [name: string, settings: NamedSettings];

/** @throws OptionError when the cookie of one session might be accepted as that of another */
function assertDistinct([name, settings]: Named, [otherName, other]: Named): void {
  const salts = saltsOf(other);
  const shared =
    settings.cookie.name === other.cookie.name
      ? "cookie.name"
      : saltsOf(settings).some((salt) => salts.includes(salt)) && "salt";
  if (shared) throw new OptionError(`${name}.${shared}`, `must differ from that of ${otherName}`);
  for (const [own, { keyDerivation }] of [[name, settings] as const, [otherName, other] as const])
    if (keyDerivation === "none")
      throw new OptionError(`${own}.keyDerivation`, "must not be none, which ignores the salt");
}

/**
 * Returns the salts from which session interfaces derive keys: that of cookies, and those of tokens. With
 * `django-concat`, the key is the one that `concat` derives from a salt with a suffix.
 */
function saltsOf({ salt, keyDerivation }: NamedSettings): string[] {
  const own = [salt, `${salt}.server-side`, `${salt}.server-side.renewal`];
  return keyDerivation === "django-concat" ? own.flatMap((each) => [each, `${each}signer`]) : own;
}
