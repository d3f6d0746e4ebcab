import { isNonEmptyString } from "../../options/option-kind.ts";
import type { Authentication } from "../../session/sign-in/authentication.ts";
import type { RefusalReason } from "../refusals.ts";
import type { ProviderClaims } from "../sign-in-options.ts";
import type { SignInRequest } from "../start/sign-in-request.ts";

/** Seconds that the provider's clock may differ from ours. */
const TOLERANCE = 60;

/**
 * Maximum age in seconds for `maxAge=0`, which asks for a new authentication: the time that a sign-in takes.
 */
const NEW = 60;

/**
 * Checks whether the authentication of an ID token is as new and as strong as the sign-in asked for. A
 * provider may ignore `max_age` and `acr_values`, so both claims are compared (OpenID Connect Core 1.0,
 * section 3.1.2.1). The comparison is that of `requireFresh`: a page that found too old what the sign-in has
 * accepted would send the visitor back at once, again and again.
 *
 * @param required the contexts of which each sign-in needs one; those of the request cannot replace them
 * @param now the time in seconds since the epoch
 */
export function checkAuthentication(
  claims: ProviderClaims,
  { maxAge, acr }: SignInRequest,
  now: number,
  required?: string,
): RefusalReason | undefined {
  const { auth_time: time, iat } = claims;
  if (iat > now + TOLERANCE || Number(time ?? 0) > now + TOLERANCE) return "id_token_not_yet_valid";
  if (time !== undefined && !(Number.isFinite(time) && time >= 0)) return "id_token_malformed";
  if (maxAge !== undefined && time === undefined) return "authentication_time_missing";
  if (maxAge !== undefined && Number(time) + (maxAge || NEW) < now) return "authentication_too_old";
  const isMissing = [acr, required].some(
    (contexts) => contexts !== undefined && !isOneOf(claims.acr, contexts),
  );
  return isMissing ? "wrong_acr" : undefined;
}

function isOneOf(acr: unknown, contexts: string): boolean {
  return typeof acr === "string" && contexts.split(" ").includes(acr);
}

/**
 * Returns how the user authenticated, for `session.signIn`. Optional claims of another type than the
 * standard's are left out.
 */
export function toAuthentication({ auth_time: time, iss, acr, amr, sid }: ProviderClaims): Authentication {
  return {
    at: time === undefined ? undefined : new Date(time * 1000),
    issuer: iss,
    ...(isNonEmptyString(acr) && { acr }),
    ...(Array.isArray(amr) && amr.every(isNonEmptyString) && { amr }),
    ...(isNonEmptyString(sid) && { providerSessionId: sid }),
  };
}
