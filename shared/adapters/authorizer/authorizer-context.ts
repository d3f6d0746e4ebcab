import type { SignedInSession } from "../../lambda/guards/require-user.ts";
import { assertFunctions } from "../../options/assert-functions.ts";
import { OptionError } from "../../options/option-error.ts";

/** The values that API Gateway accepts in the context of an authorizer. */
export type ClaimValue = string | number | boolean;

/** Returns the value of a claim; `undefined` omits the claim. */
export type Claim<D extends object> = (session: SignedInSession<D>) => ClaimValue | undefined;

/** Context that the integration behind an authorizer receives: these members and the claims. */
export interface AuthorizerContext {
  readonly userId: string;
  /** The id of the session, which is no secret. Absent for a session that is stored in its cookie alone. */
  readonly sessionId?: string;
  /**
   * The user's id for a header: all but printable ASCII and the percent sign are percent-encoded, so
   * `decodeURIComponent` decodes it.
   */
  readonly encodedUserId: string;
  /** The claims for a header: an object of JSON, encoded in the same way. */
  readonly encodedClaims: string;
  readonly [claim: string]: ClaimValue | undefined;
}

/** Names that the context has itself, or that API Gateway adds to it. */
const RESERVED = /^(userId|sessionId|encodedUserId|encodedClaims|principalId|integrationLatency|error)$/;

/**
 * Checks the names of claims. `$context.authorizer.NAME` selects a claim, so a name is a letter, followed by
 * letters, digits and underscores.
 *
 * @throws OptionError that names the claim
 */
export function checkClaims<D extends object>(claims: Readonly<Record<string, Claim<D>>>): void {
  for (const [name, claim] of Object.entries(claims)) {
    if (!/^[a-z]\w*$/i.test(name))
      throw new OptionError(
        `claims.${name}`,
        "must be a letter, followed by letters, digits and underscores",
      );
    if (RESERVED.test(name)) throw new OptionError(`claims.${name}`, "is a reserved name; rename it");
    assertFunctions({ [`claims.${name}`]: claim });
  }
}

/**
 * Returns the context for a session.
 *
 * @throws TypeError that names a claim whose value API Gateway does not accept
 */
export function toContext<D extends object>(
  session: SignedInSession<D>,
  claims: Readonly<Record<string, Claim<D>>>,
): AuthorizerContext {
  const values: Record<string, ClaimValue> = {};
  for (const [name, claim] of Object.entries(claims)) {
    const value: unknown = claim(session);
    if (value === undefined) continue;
    if (!isClaimValue(value))
      throw new TypeError(`claims.${name} must return a string, a finite number, a boolean or undefined`);
    values[name] = value;
  }
  const { id: sessionId, user } = session;
  return {
    ...values,
    userId: user.id,
    ...(sessionId !== undefined && { sessionId }),
    encodedUserId: encodeForHeader(user.id),
    encodedClaims: encodeForHeader(JSON.stringify(values)),
  };
}

/** Strings have no lone surrogates, which JSON cannot carry to every reader. */
function isClaimValue(value: unknown): value is ClaimValue {
  if (typeof value === "string") return value.isWellFormed();
  return typeof value === "boolean" || Number.isFinite(value);
}

/**
 * Encodes a string for a header. Two strings never have the same encoding, and no header's value can be
 * ended or folded by what it contains.
 */
function encodeForHeader(text: string): string {
  return text.replace(/[^!-$&-~]/gu, encodeURIComponent);
}
