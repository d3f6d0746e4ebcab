import { errors } from "jose";

/** Sentences for the provider, by the reason for which a logout token was refused. */
export const LOGOUT_REFUSALS = {
  malformed_request: "The request must be a form with one logout_token.",
  token_too_large: "The logout token is too large.",
  token_malformed: "The logout token is not a signed JSON Web Token.",
  token_wrong_type: "The logout token has another type than logout+jwt.",
  token_wrong_algorithm: "The logout token is not signed with an algorithm of the provider's metadata.",
  token_bad_signature: "The signature of the logout token is invalid.",
  token_unknown_key: "No known key made the signature of the logout token. Please send it again later.",
  token_wrong_issuer: "The logout token is of another issuer.",
  token_wrong_audience: "The logout token is for another client.",
  token_missing_claim: "The logout token lacks one of the claims iat, exp and jti, or it has another type.",
  token_expired: "The logout token has expired.",
  token_not_yet_valid: "The logout token is not valid yet.",
  token_lives_too_long: "The logout token expires more than a day from now.",
  token_wrong_events: "The logout token lacks the event of a back-channel logout.",
  token_has_nonce: "The logout token has a nonce, which only ID tokens may have.",
  token_names_nobody: "The logout token has neither a valid sub nor a valid sid.",
  token_replayed: "The logout token was already used.",
} as const;

/** Reason for which a logout token was refused. */
export type LogoutRefusal = keyof typeof LOGOUT_REFUSALS;

/** Reasons by the code of an error of `jose`. All other errors mean that the token is malformed. */
const OF_CODES: Readonly<Record<string, LogoutRefusal>> = {
  ERR_JOSE_ALG_NOT_ALLOWED: "token_wrong_algorithm",
  ERR_JWS_SIGNATURE_VERIFICATION_FAILED: "token_bad_signature",
  ERR_JWKS_NO_MATCHING_KEY: "token_unknown_key",
  ERR_JWKS_MULTIPLE_MATCHING_KEYS: "token_unknown_key",
};

/** Reasons by the claim that is wrong. */
const OF_CLAIMS: Readonly<Record<string, LogoutRefusal>> = {
  iss: "token_wrong_issuer",
  aud: "token_wrong_audience",
  iat: "token_not_yet_valid",
  nbf: "token_not_yet_valid",
};

/** Returns the reason for an error of `jose` about a logout token. */
export function reasonOfTokenError(error: errors.JOSEError): LogoutRefusal {
  if (error instanceof errors.JWTExpired) return "token_expired";
  if (!(error instanceof errors.JWTClaimValidationFailed)) return OF_CODES[error.code] ?? "token_malformed";
  const { claim, reason } = error;
  if (reason === "check_failed" || claim === "iss" || claim === "aud")
    return OF_CLAIMS[claim] ?? "token_malformed";
  return "token_missing_claim";
}
