import { type HttpEvent, HttpRequest } from "../../lambda/http-event.ts";
import type { SignInContext } from "../sign-in-context.ts";

/** Path to which the provider returns after its sign-out. */
export const SIGNED_OUT_PATH = "/signed-out";

/**
 * Returns the address of the provider's sign-out (OpenID Connect RP-Initiated Logout 1.0, section 2), or
 * `undefined` if the provider has none.
 *
 * @throws ProviderError if the metadata cannot be read
 */
export async function providerSignOutUrl(context: SignInContext, event: HttpEvent): Promise<URL | undefined> {
  const { client, idTokens, signOuts, signOutUrl } = context;
  const returnTo = `${context.originOf(event)}${SIGNED_OUT_PATH}`;
  if (signOutUrl !== undefined)
    return withParameters(new URL(signOutUrl), { client_id: client.clientId, logout_uri: returnTo });
  const { end_session_endpoint: endpoint } = await client.metadata();
  const url = typeof endpoint === "string" ? URL.parse(endpoint) : null;
  if (url === null || !client.allows(url)) return undefined;
  const now = client.nowSeconds;
  const idToken = await idTokens.read(new HttpRequest(event).cookies, now);
  return withParameters(url, {
    ...(idToken !== undefined && { id_token_hint: idToken }),
    client_id: client.clientId,
    post_logout_redirect_uri: returnTo,
    state: await signOuts.seal(true, now),
  });
}

function withParameters(url: URL, parameters: Readonly<Record<string, string>>): URL {
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return url;
}
