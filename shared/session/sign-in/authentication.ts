import { isNonEmptyString } from "../../options/option-kind.ts";
import type { PlainObject } from "../../values/plain-object.ts";
import { toDate } from "../../values/to-date.ts";
import { RESERVED, userOf } from "../reserved-keys.ts";

/** The event by which a user proved their identity, in the words of OpenID Connect Core 1.0, section 2. */
export interface Authentication {
  /**
   * Time of the authentication (`auth_time`). A time in the future counts as the time of the sign-in. Absent
   * if that is not known: then the user never counts as freshly authenticated.
   */
  readonly at?: Date | undefined;
  /** The provider that authenticated the user (`iss`). Absent for the application itself. */
  readonly issuer?: string | undefined;
  /** The authentication context that the provider states (`acr`), such as `mfa`. */
  readonly acr?: string | undefined;
  /** The methods of authentication (`amr`), such as `pwd` and `otp` (RFC 8176). */
  readonly amr?: readonly string[] | undefined;
  /**
   * The provider's id of its own session with the user (`sid`), which needs `issuer`. Only its hash is kept,
   * in the list of the user's sessions.
   */
  readonly providerSessionId?: string | undefined;
}

/** The parts of an authentication that the session keeps. */
export type KnownAuthentication = Omit<Authentication, "providerSessionId">;

/** Options of `Session.signIn`. */
export interface SignInOptions {
  /**
   * True if the session outlives the browser window and lasts as long as the setting `rememberFor`. Default:
   * false, which ends the remembering of a session.
   */
  readonly remember?: boolean | undefined;
  /** Authentication of the user. Default: just now, in the application itself. */
  readonly authentication?: Authentication | undefined;
}

const PARTS = ["at", "issuer", "acr", "amr"] as const;

/**
 * Returns an authentication in the form in which the session keeps it: with its time in seconds since the
 * epoch, and without the id of the provider's session, which the list of the user's sessions checks.
 *
 * @param now the time of the sign-in, in seconds since the epoch
 * @throws TypeError that names the part that is wrong
 */
export function encodeAuthentication(authentication: Authentication, now: number): PlainObject {
  const kept: PlainObject = {};
  for (const part of PARTS) {
    const value: unknown = authentication[part];
    if (value === undefined) continue;
    if (!isValid(part, value)) throw new TypeError(`signIn: authentication.${part} is invalid`);
    kept[part] = part === "at" ? Math.min(Math.floor(Number(value) / 1000), now) : value;
  }
  return kept;
}

function isValid(part: (typeof PARTS)[number], value: unknown): boolean {
  if (part === "at") return value instanceof Date && Number.isFinite(+value);
  return part === "amr" ? Array.isArray(value) && value.every(isNonEmptyString) : isNonEmptyString(value);
}

/**
 * Returns how the user of a session authenticated, or `undefined` if no user is signed in.
 *
 * @param storesCreated whether the time of creation is stored, which is that of a plain sign-in
 */
export function authenticationOf(
  values: PlainObject,
  storesCreated: boolean,
): KnownAuthentication | undefined {
  if (userOf(values) === undefined) return undefined;
  const kept = values[RESERVED.authentication] ?? {
    at: storesCreated ? values[RESERVED.createdAt] : undefined,
  };
  const { at, ...others } = kept as StoredAuthentication;
  return { ...others, at: toDate(at) };
}

/** An authentication as the session keeps it. */
type StoredAuthentication = Omit<KnownAuthentication, "at"> & {
  /** Seconds since the epoch. */
  readonly at?: number;
};
