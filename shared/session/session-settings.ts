import { DIGESTS } from "../crypto/hmac.ts";
import { KEY_DERIVATIONS } from "../crypto/key-derivation.ts";
import { OptionError } from "../options/option-error.ts";
import { boolean, integer, NEVER, nonEmptyString, object, oneOf } from "../options/option-kind.ts";
import {
  checkOptions,
  defaultsOf,
  type OptionsOf,
  type OptionTable,
  option,
} from "../options/option-table.ts";
import { type CookieSettings, type ResolvedCookie, resolveCookie } from "./cookie-settings.ts";

/** Up to ten years. Browsers keep cookies for 400 days at most. */
const duration = integer(1, 315_360_000, "seconds");

/**
 * Every setting of sessions: how long they live, and how their cookie is signed. The defaults are the safe
 * ones.
 */
export const SESSION_SETTINGS = {
  /**
   * Selects Flask's defaults, so that a Flask application with the same secret key shares the session:
   * a cookie named `session`, SHA-1 signatures, compression, and a refresh with each request. Other settings
   * override them.
   */
  flask: option(boolean, false),
  /** Name and attributes of the cookie. */
  cookie: option(object<CookieSettings>(), {}),
  /**
   * Idle lifetime in seconds: a session expires when it was last saved longer ago. Reading saves a permanent
   * session, or one that is kept in a store.
   */
  lifetime: option(duration, 2_678_400),
  /**
   * Absolute lifetime in seconds, counted from the creation of the session or its last sign-in. None with
   * `flask`.
   */
  absoluteLifetime: option(duration, 2_592_000),
  /**
   * Idle and absolute lifetime in seconds of a session that a user asked to be remembered
   * (`signIn(user, { remember: true })`). Such a session outlives the browser window. If it is not set, it is
   * at most `absoluteLifetime`, which visitors could exceed otherwise by asking.
   */
  rememberFor: option(duration, 2_592_000),
  /** Makes new sessions permanent, so that they outlive the browser window. */
  permanent: option(boolean, false),
  /**
   * Sends the cookie of a permanent session with every response, as Flask's SESSION_REFRESH_EACH_REQUEST
   * does; otherwise it is sent when a tenth of `lifetime` has passed. True with `flask`.
   */
  refreshEachRequest: option(boolean, false),
  /** Compresses payloads that become smaller, with zlib. True with `flask`. */
  compress: option(boolean, false),
  /**
   * Seals cookies, so that visitors cannot read their data. Signed cookies are still read, and
   * sealed when they are next written. Contradicts `flask`.
   */
  encrypt: option(boolean, false),
  /** Hash of the signature. `sha1` with `flask`. */
  digest: option(oneOf(DIGESTS), "sha256"),
  /**
   * Derivation of the signing key from a secret key and the salt, in the words of itsdangerous. With `none`,
   * tokens of server-side sessions are signed as with `hmac`.
   */
  keyDerivation: option(oneOf(KEY_DERIVATIONS), "hmac"),
  /** Separates these signatures from others made with the same keys, unless `keyDerivation` is `none`. */
  salt: option(nonEmptyString, "cookie-session"),
  /** Seconds that the clock of another machine may be ahead. */
  clockSkew: option(integer(0, 86_400, "seconds"), 60),
  /**
   * Age in seconds at which the token of a server-side session is replaced. The old token opens the session
   * until a few seconds after the new one was first used, so that parallel requests succeed.
   */
  renewAfter: option(duration, NEVER),
  /** Maximum number of sessions of one user, where sessions can be revoked. */
  maxSessionsPerUser: option(integer(1, 200), 50),
  /** Session that is evicted when a user exceeds that number: the least recently used, or the new one. */
  sessionLimitPolicy: option(oneOf(["end-oldest", "refuse-new"]), "end-oldest"),
} satisfies OptionTable;

/** Settings of sessions. All of them are optional. */
export type SessionSettings = OptionsOf<typeof SESSION_SETTINGS>;

/** Checked settings of sessions with all defaults. Infinity means none or never. */
export interface ResolvedSettings extends Required<Omit<SessionSettings, "cookie">> {
  readonly cookie: ResolvedCookie;
}

/** The defaults that `flask: true` changes, to those of Flask 3.1. */
const FLASK_SETTINGS = {
  absoluteLifetime: NEVER,
  digest: "sha1",
  refreshEachRequest: true,
  compress: true,
} as const satisfies SessionSettings;

/**
 * Returns whether cookies contain the time of creation. With `flask` only a setting adds a key, because Flask
 * shows it.
 */
export function storesCreated(settings: ResolvedSettings): boolean {
  return !settings.flask || settings.absoluteLifetime !== NEVER;
}

/**
 * Checks the settings of sessions, and adds the defaults.
 *
 * @throws OptionError that names the option: unknown, of the wrong type, or contradicting another
 */
export function resolveSettings(settings: SessionSettings = {}): ResolvedSettings {
  checkOptions(settings, SESSION_SETTINGS);
  const defaults = defaultsOf(SESSION_SETTINGS);
  const { cookie, ...resolved } = { ...defaults, ...(settings.flask && FLASK_SETTINGS), ...settings };
  const { flask, rememberFor, absoluteLifetime } = resolved;
  if (flask && resolved.encrypt)
    throw new OptionError("encrypt", "contradicts flask, which reads no sealed cookie");
  return {
    ...resolved,
    rememberFor: settings.rememberFor ?? Math.min(rememberFor, absoluteLifetime),
    cookie: resolveCookie(flask ? { name: "session", ...cookie } : cookie),
  };
}
