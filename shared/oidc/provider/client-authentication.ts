import {
  type ClientAuth,
  ClientSecretBasic,
  ClientSecretPost,
  None,
  ResponseBodyError,
  WWWAuthenticateChallengeError,
} from "openid-client";
import { ProviderError } from "./provider-error.ts";
import type { ProviderMetadata } from "./provider-metadata.ts";

/**
 * Returns how a client authenticates. `client_secret_post` comes first, because providers disagree on the
 * percent-encoding in `client_secret_basic`, which is the default without metadata (OpenID Connect Discovery
 * 1.0).
 */
export function toClientAuthentication(metadata: ProviderMetadata, secret: string | undefined): ClientAuth {
  if (secret === undefined) return None();
  const methods: unknown = metadata.token_endpoint_auth_methods_supported;
  const takesPost = Array.isArray(methods) && methods.includes("client_secret_post");
  return takesPost ? ClientSecretPost(secret) : ClientSecretBasic(secret);
}

/**
 * Returns whether the provider has not authenticated the client (RFC 6749, section 5.2, `invalid_client`).
 * With the header WWW-Authenticate, the body is not parsed.
 */
export function isClientRejected(error: unknown): boolean {
  if (error instanceof WWWAuthenticateChallengeError) return error.status === 401;
  return error instanceof ResponseBodyError && error.error === "invalid_client";
}

/** Returns the error for a client that the provider rejects with its newest secret too. */
export function clientRejected(): ProviderError {
  return new ProviderError(
    "client_rejected",
    "the provider rejects this client; check the client id, its secret and the client's type at the provider",
  );
}
