import {
  allowInsecureRequests,
  type CustomFetch,
  customFetch,
  discovery,
  type ServerMetadata,
} from "openid-client";
import { ProviderError, toProviderError } from "./provider-error.ts";

/** Metadata with the endpoints that a sign-in needs (OpenID Connect Discovery 1.0, section 3). */
export interface ProviderMetadata extends ServerMetadata {
  readonly authorization_endpoint: string;
  readonly token_endpoint: string;
  readonly jwks_uri: string;
}

const ENDPOINTS = ["authorization_endpoint", "token_endpoint", "jwks_uri"] as const;

/**
 * Reads the provider's metadata from `/.well-known/openid-configuration` below the issuer.
 *
 * @throws ProviderError if it cannot be read, is of another issuer, or lacks an endpoint
 */
export async function readMetadata(issuer: URL, fetch: CustomFetch): Promise<ProviderMetadata> {
  const isInsecure = issuer.protocol === "http:";
  const execute = isInsecure ? [allowInsecureRequests] : [];
  const options = { [customFetch]: fetch, execute };
  const metadata = await discovery(issuer, "discovery", undefined, undefined, options).then(
    (configuration) => ({ ...configuration.serverMetadata() }),
    (error) => {
      throw isOfAnotherIssuer(error) ? wrongIssuer(issuer) : toProviderError(error);
    },
  );
  if (URL.parse(metadata.issuer)?.href !== issuer.href) throw wrongIssuer(issuer);
  for (const name of ENDPOINTS) assertEndpoint(metadata[name], name, isInsecure);
  return metadata as ProviderMetadata;
}

function isOfAnotherIssuer(error: unknown): boolean {
  return (error as { readonly code?: unknown }).code === "OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED";
}

/**
 * Metadata that is valid for several issuers, as of Entra ID's `common`, is refused too: anybody could sign
 * in.
 */
function wrongIssuer({ href }: URL): ProviderError {
  return new ProviderError(
    "provider_wrong_issuer",
    `the metadata below ${href} is of another issuer; set the issuer exactly as the metadata names it`,
  );
}

function assertEndpoint(value: unknown, name: string, isInsecure: boolean): void {
  const protocol = typeof value === "string" ? URL.parse(value)?.protocol : undefined;
  if (protocol === "https:" || (isInsecure && protocol === "http:")) return;
  throw new ProviderError("provider_invalid_response", `the metadata has no ${name} with HTTPS`);
}
