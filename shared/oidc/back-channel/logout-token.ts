import { errors, type JWTPayload, type JWTVerifyResult } from "jose";
import type { OidcClient } from "../provider/oidc-client.ts";
import { type LogoutRefusal, reasonOfTokenError } from "./logout-refusals.ts";

/** Verified logout token. Times are seconds since the epoch. */
export interface LogoutToken {
  readonly issuer: string;
  /** Id of the token. */
  readonly id: string;
  readonly issuedAt: number;
  readonly expiresAt: number;
  /** The user at the provider. */
  readonly subject: string | undefined;
  /** The provider's session. Without it, all sessions of the user are meant. */
  readonly sessionId: string | undefined;
}

const EVENT = "http://schemas.openid.net/event/backchannel-logout";

/** Maximum size of a token, in characters. Those of known providers have less than a tenth. */
const MOST_CHARACTERS = 16 * 1024;

/** Maximum age of a token, and maximum time until it expires, in seconds. Providers use minutes. */
const LONGEST = 24 * 60 * 60;

/** Types of the header that are accepted. Providers from before the specification was final write JWT. */
const TYPES = new Set(["logout+jwt", "application/logout+jwt", "jwt"]);

/** Algorithm of ID tokens without metadata (OpenID Connect Discovery 1.0, section 3). */
const DEFAULT_ALGORITHMS = ["RS256"];

/**
 * Verifies a logout token (OpenID Connect Back-Channel Logout 1.0, section 2.6), except that its id must not
 * have been seen before.
 *
 * @returns the token, or the reason for which it is refused
 * @throws ProviderError if the provider's metadata or keys were never read and cannot be read
 */
export async function verifyLogoutToken(
  client: OidcClient,
  jwt: string,
): Promise<LogoutToken | LogoutRefusal> {
  if (jwt.length > MOST_CHARACTERS) return "token_too_large";
  const options = { requiredClaims: ["exp", "jti"], maxTokenAge: LONGEST };
  try {
    const { id_token_signing_alg_values_supported: named } = await client.metadata();
    const algorithms: readonly unknown[] = Array.isArray(named) ? named : DEFAULT_ALGORITHMS;
    const verified = await client.verify(jwt, options);
    if (!algorithms.includes(verified.protectedHeader.alg)) return "token_wrong_algorithm";
    return readToken(verified, client.nowSeconds);
  } catch (error) {
    if (error instanceof errors.JOSEError) return reasonOfTokenError(error);
    throw error;
  }
}

function readToken({ payload, protectedHeader }: JWTVerifyResult, now: number): LogoutToken | LogoutRefusal {
  const { typ } = protectedHeader;
  const { iss: issuer = "", jti: id, iat: issuedAt = 0, exp = 0, sub: subject, sid: sessionId } = payload;
  if (typ !== undefined && !isAcceptedType(typ)) return "token_wrong_type";
  if (!isName(id)) return "token_missing_claim";
  if (exp > now + LONGEST) return "token_lives_too_long";
  if (!hasLogoutEvent(payload)) return "token_wrong_events";
  if (Object.hasOwn(payload, "nonce")) return "token_has_nonce";
  if (!isNameOrAbsent(subject) || !isNameOrAbsent(sessionId)) return "token_names_nobody";
  if (subject === undefined && sessionId === undefined) return "token_names_nobody";
  return { issuer, id, issuedAt, expiresAt: Math.ceil(exp), subject, sessionId };
}

function isAcceptedType(typ: unknown): boolean {
  return typeof typ === "string" && TYPES.has(typ.toLowerCase());
}

/**
 * Returns whether the claim `events` is an object whose member for the event is an object too (section 2.4).
 */
function hasLogoutEvent({ events }: JWTPayload): boolean {
  return (
    isObject(events) && Object.hasOwn(events, EVENT) && isObject((events as Record<string, unknown>)[EVENT])
  );
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isName(value: unknown): value is string {
  return typeof value === "string" && value !== "" && value.isWellFormed();
}

function isNameOrAbsent(value: unknown): value is string | undefined {
  return value === undefined || isName(value);
}
