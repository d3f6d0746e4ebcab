import type { ClientMetadata } from "oidc-provider";
import { OptionError } from "../options/option-error.ts";
import { isOrigin } from "../options/origin.ts";
import { isLoopbackUrl } from "./loopback-request.ts";
import type { ProviderClient } from "./provider-client.ts";
import type { SigningAlgorithm } from "./signing-keys.ts";

/**
 * Returns oidc-provider's metadata of a client.
 *
 * @param reachesAll whether logout tokens are delivered by the caller, which may reach other machines
 * @throws OptionError for an invalid client
 */
export function toMetadata(
  client: ProviderClient,
  algorithm: SigningAlgorithm,
  reachesAll: boolean,
): ClientMetadata {
  checkClient(client, reachesAll);
  const { clientId, clientSecret, origins, backChannelLogoutUri } = client;
  const { redirectUris = [], postLogoutRedirectUris = [], backChannelLogoutSessionRequired = true } = client;
  return {
    client_id: clientId,
    ...(clientSecret === undefined
      ? { token_endpoint_auth_method: "none" }
      : { client_secret: clientSecret, token_endpoint_auth_method: "client_secret_basic" }),
    grant_types: ["authorization_code", "refresh_token"],
    response_types: ["code"],
    id_token_signed_response_alg: algorithm,
    redirect_uris: [...origins.map((origin) => `${origin}/sign-in/callback`), ...redirectUris],
    post_logout_redirect_uris: [
      ...origins.map((origin) => `${origin}/signed-out`),
      ...postLogoutRedirectUris,
    ],
    ...(backChannelLogoutUri !== undefined && {
      backchannel_logout_uri: backChannelLogoutUri,
      backchannel_logout_session_required: backChannelLogoutSessionRequired,
    }),
  };
}

function checkClient(client: ProviderClient, reachesAll: boolean): void {
  const { clientId, clientSecret, origins, backChannelLogoutUri } = client;
  if (typeof clientId !== "string" || clientId === "")
    throw new OptionError("clients.clientId", "must be a non-empty string");
  if (clientSecret !== undefined && (typeof clientSecret !== "string" || clientSecret === ""))
    throw new OptionError(
      "clients.clientSecret",
      "must be a non-empty string, or absent for a public client",
    );
  if (!Array.isArray(origins) || !origins.every(isOrigin))
    throw new OptionError("clients.origins", "must be an array of origins, such as http://localhost:3000");
  if (backChannelLogoutUri !== undefined && !reachesAll && !isLoopbackUrl(backChannelLogoutUri))
    throw new OptionError(
      "clients.backChannelLogoutUri",
      "must be a URL of http:// on this machine, because the local provider sends nothing elsewhere",
    );
}
