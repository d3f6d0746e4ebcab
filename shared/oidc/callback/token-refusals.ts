import type { errors } from "jose";
import { ResponseBodyError } from "openid-client";
import { ProviderError, toProviderError } from "../provider/provider-error.ts";
import { type RefusalReason, reasonOfProviderError } from "../refusals.ts";

/** Reasons by the claim that `openid-client` or `jose` found to be wrong. */
const OF_CLAIMS: Readonly<Record<string, RefusalReason>> = {
  iss: "id_token_wrong_issuer",
  aud: "id_token_wrong_audience",
  azp: "id_token_wrong_audience",
  nonce: "id_token_wrong_nonce",
  exp: "id_token_expired",
  nbf: "id_token_not_yet_valid",
  iat: "id_token_not_yet_valid",
};

/**
 * Returns the reason for an error of `authorizationCodeGrant`. `openid-client` keeps the details in its
 * cause.
 *
 * @throws ProviderError if the provider fails, or its response is no response of a token endpoint
 */
export function reasonOfGrantError(error: unknown): RefusalReason {
  if (error instanceof ResponseBodyError) return reasonOfBodyError(error);
  const details = detailsOf(error);
  if (typeof details.claim === "string") return OF_CLAIMS[details.claim] ?? "id_token_malformed";
  const { alg } = (details.header ?? {}) as { readonly alg?: unknown };
  if (alg !== undefined) return alg === "none" ? "id_token_unsigned" : "id_token_wrong_algorithm";
  if (details.claims !== undefined || details.isToken) return "id_token_malformed";
  throw toProviderError(error);
}

/** Returns the reason for an error of the token endpoint (RFC 6749, section 5.2). */
function reasonOfBodyError({ error: code }: ResponseBodyError): RefusalReason {
  if (code === "invalid_grant") return "code_rejected";
  const reason = reasonOfProviderError(code);
  const name = reason === "unknown_provider_error" ? "an unknown error" : reason;
  throw new ProviderError("token_endpoint_error", `the token endpoint responded with ${name}`);
}

interface Details {
  readonly claim?: unknown;
  readonly claims?: unknown;
  readonly header?: unknown;
  /** True if the error is about the text of a JSON Web Token. */
  readonly isToken?: boolean;
}

/** The errors of `openid-client` wrap those of `oauth4webapi`, whose cause has the details. */
function detailsOf(error: unknown): Details {
  const { cause: inner } = error as Error;
  const { cause } = inner instanceof Error ? inner : (error as Error);
  if (typeof cause === "string") return { isToken: true };
  return typeof cause === "object" && cause !== null ? (cause as Details) : {};
}

/** Reasons by the code of an error of `jose`. */
const OF_CODES: Readonly<Record<string, RefusalReason>> = {
  ERR_JWT_EXPIRED: "id_token_expired",
  ERR_JOSE_ALG_NOT_ALLOWED: "id_token_wrong_algorithm",
  ERR_JWKS_NO_MATCHING_KEY: "id_token_unknown_key",
  ERR_JWKS_MULTIPLE_MATCHING_KEYS: "id_token_unknown_key",
  ERR_JWS_SIGNATURE_VERIFICATION_FAILED: "id_token_bad_signature",
};

/** Returns the reason for an error of `jose` about an ID token. */
export function reasonOfSignatureError(error: errors.JOSEError): RefusalReason {
  const { claim } = error as { readonly claim?: unknown };
  if (typeof claim === "string" && Object.hasOwn(OF_CLAIMS, claim))
    return OF_CLAIMS[claim] ?? "id_token_malformed";
  return OF_CODES[error.code] ?? "id_token_malformed";
}
