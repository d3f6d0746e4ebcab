import { refreshTokenGrant } from "openid-client";
import type { OidcClient } from "../provider/oidc-client.ts";
import { type ProviderError, toProviderError } from "../provider/provider-error.ts";
import type { Subject, TokenResponse } from "./kept-tokens.ts";
import { type RefreshFailure, toRefreshFailure } from "./refresh-failure.ts";

/** The part of `OidcClient` that a refresh needs. */
export type RefreshClient = Pick<OidcClient, "issuer" | "configuration" | "request">;

/** Response to a refresh that succeeded. */
export interface Refreshed {
  readonly response: TokenResponse;
  /** Claims of the ID token, if the provider returned one. */
  readonly subject: Subject | undefined;
}

/** Sends a refresh token. Never throws. */
export type Refresh = (refreshToken: string) => Promise<Refreshed | RefreshFailure>;

/**
 * Returns the refresh of a client (RFC 6749, section 6), or the error if the provider's metadata or the
 * client's secret cannot be read. Nothing is sent to the token endpoint before it is called.
 */
export async function prepareRefresh(client: RefreshClient): Promise<Refresh | ProviderError> {
  const problem = await client.configuration().then(() => undefined, toProviderError);
  if (problem !== undefined) return problem;
  return (refreshToken) =>
    client
      .request((configuration) => refreshTokenGrant(configuration, refreshToken))
      .then((response) => ({ response, subject: response.claims() }), toRefreshFailure);
}
