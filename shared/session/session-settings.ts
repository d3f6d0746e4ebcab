import { DIGESTS, type Digest } from "../crypto/hmac.ts";
import { KEY_DERIVATIONS, type KeyDerivation } from "../crypto/key-derivation.ts";
import {
  checkOptions,
  isFlag,
  isOneOf,
  isSeconds,
  isText,
  isWhole,
  type OptionCheck,
} from "../options/option-checks.ts";
import { OptionError } from "../options/option-error.ts";
import { type CookieSettings, type ResolvedCookie, resolveCookie } from "./cookie-settings.ts";

/** How sessions live and how their cookie is signed. Everything is optional; the defaults are the safe ones. */
export interface SessionSettings {
  /**
   * Flask's own defaults, so that a Flask application with the same secret key shares the session: SHA-1
   * signatures, a cookie named `session`, compression, and a refresh with each request. A setting given
   * beside it still wins. Default: false.
   */
  readonly flask?: boolean;
  /** Name and attributes of the cookie. */
  readonly cookie?: CookieSettings;
  /**
   * Idle lifetime in seconds: a session ends when it was last saved longer ago. Reading saves a permanent one
   * only, or any that is in a store. Default: 2,678,400 (31 days).
   */
  readonly lifetime?: number;
  /** Absolute lifetime in seconds, counted from the session's beginning or its last sign-in. Default: none. */
  readonly absoluteLifetime?: number;
  /** Whether a new session is permanent, that is, outlives the browser window. Default: false. */
  readonly permanent?: boolean;
  /**
   * Whether the cookie of a permanent session is sent with every response (Flask's
   * SESSION_REFRESH_EACH_REQUEST). Default: false, which sends it when a tenth of `lifetime` has passed.
   */
  readonly refreshEachRequest?: boolean;
  /** Whether payloads that gain from it are compressed with zlib. Default: false; see docs/concepts.md. */
  readonly compress?: boolean;
  /**
   * Whether cookies are sealed, so that the visitor cannot read what is in them; see docs/concepts.md. Signed ones are
   * still read, by `digest` and `keyDerivation`, and sealed when they are next written. Default: false.
   */
  readonly encrypt?: boolean;
  /** Hash of the signature. Default: `sha256`. */
  readonly digest?: Digest;
  /** How the signing key comes from a secret key and the salt, as itsdangerous names it. Default: `hmac`. */
  readonly keyDerivation?: KeyDerivation;
  /** Sets these signatures apart from others made with the same keys. Default: `cookie-session`, Flask's. */
  readonly salt?: string;
  /** Seconds that another machine's clock may be ahead of this one. Default: 60. */
  readonly clockSkew?: number;
  /**
   * Server-side sessions: the age in seconds at which a token is replaced by a new one. The old one opens the session
   * until a few seconds after the new one was first used, so that parallel requests survive. Default: never.
   */
  readonly renewAfter?: number;
  /** Sessions that can be revoked: how many one user may have at a time. Default: 50. */
  readonly maxSessionsPerUser?: number;
  /** What happens at a sign-in beyond `maxSessionsPerUser`. Default: `end-oldest`. */
  readonly sessionLimitPolicy?: SessionLimitPolicy;
}

/** What gives way when a user has too many sessions: the one that was not seen for longest, or the new one. */
export const SESSION_LIMIT_POLICIES = ["end-oldest", "refuse-new"] as const;

/** One of `SESSION_LIMIT_POLICIES`. */
export type SessionLimitPolicy = (typeof SESSION_LIMIT_POLICIES)[number];

/** Settings with every default filled in and every contradiction refused. */
export interface ResolvedSettings {
  readonly cookie: ResolvedCookie;
  readonly lifetime: number;
  readonly absoluteLifetime: number;
  readonly permanent: boolean;
  readonly refreshEachRequest: boolean;
  readonly compress: boolean;
  readonly encrypt: boolean;
  readonly digest: Digest;
  readonly keyDerivation: KeyDerivation;
  readonly salt: string;
  readonly clockSkew: number;
  readonly renewAfter: number;
  readonly maxSessionsPerUser: number;
  readonly sessionLimitPolicy: SessionLimitPolicy;
}

/** The most that a lifetime may be, in seconds: ten years. Browsers keep cookies for 400 days at most. */
export const LONGEST_LIFETIME = 10 * 365 * 24 * 60 * 60;

/** The most that `clockSkew` may be, in seconds: a day. */
export const MOST_CLOCK_SKEW = 24 * 60 * 60;

/** The most that `maxSessionsPerUser` may be: a list of as many stays small enough to be read with each request. */
export const MOST_SESSIONS_PER_USER = 200;

/** What a deployment without settings gets. Infinity means none, or never. */
export const DEFAULT_SETTINGS = {
  lifetime: 31 * 24 * 60 * 60,
  absoluteLifetime: Number.POSITIVE_INFINITY,
  permanent: false,
  refreshEachRequest: false,
  compress: false,
  encrypt: false,
  digest: "sha256",
  keyDerivation: "hmac",
  salt: "cookie-session",
  clockSkew: 60,
  renewAfter: Number.POSITIVE_INFINITY,
  maxSessionsPerUser: 50,
  sessionLimitPolicy: "end-oldest",
} as const satisfies Omit<ResolvedSettings, "cookie">;

/** What `flask: true` changes: the values that Flask 3.1 has without configuration. */
export const FLASK_SETTINGS = {
  cookie: { name: "session" },
  digest: "sha1",
  refreshEachRequest: true,
  compress: true,
} as const satisfies SessionSettings;

/**
 * Fills in the defaults.
 *
 * @throws OptionError that names the option: unknown, of the wrong type, or contradicting another.
 */
export function resolveSettings(settings: SessionSettings = {}): ResolvedSettings {
  checkOptions(settings, CHECKS);
  const { flask = false, cookie = {}, ...given } = settings;
  if (flask && given.encrypt)
    throw new OptionError("encrypt", "contradicts flask, which reads no sealed cookie");
  const base = flask ? { ...DEFAULT_SETTINGS, ...FLASK_SETTINGS } : DEFAULT_SETTINGS;
  return {
    ...base,
    ...given,
    cookie: resolveCookie(flask ? { ...FLASK_SETTINGS.cookie, ...cookie } : cookie),
  };
}

const CHECKS = {
  flask: isFlag,
  cookie: (value) => (isObject(value) ? undefined : "must be an object"),
  lifetime: isSeconds(1, LONGEST_LIFETIME),
  absoluteLifetime: isSeconds(1, LONGEST_LIFETIME),
  permanent: isFlag,
  refreshEachRequest: isFlag,
  compress: isFlag,
  encrypt: isFlag,
  digest: isOneOf(DIGESTS),
  keyDerivation: isOneOf(KEY_DERIVATIONS),
  salt: isText,
  clockSkew: isSeconds(0, MOST_CLOCK_SKEW),
  renewAfter: isSeconds(1, LONGEST_LIFETIME),
  maxSessionsPerUser: isWhole(1, MOST_SESSIONS_PER_USER),
  sessionLimitPolicy: isOneOf(SESSION_LIMIT_POLICIES),
} satisfies Record<keyof SessionSettings, OptionCheck>;

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null;
}
