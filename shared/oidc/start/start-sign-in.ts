import {
  buildAuthorizationUrl,
  calculatePKCECodeChallenge,
  randomNonce,
  randomPKCECodeVerifier,
} from "openid-client";
import { createIdentifier } from "../../crypto/identifiers.ts";
import { type HttpEvent, HttpRequest } from "../../lambda/http-event.ts";
import type { HttpResult } from "../../lambda/http-result.ts";
import { ResponseHeaders } from "../../lambda/response-headers.ts";
import type { SignInContext } from "../sign-in-context.ts";
import { hashProvider, type Transaction } from "../transaction/transaction.ts";
import { redirectUri } from "./redirect-uri.ts";
import { isStepUp, type SignInRequest } from "./sign-in-request.ts";

/**
 * Begins a sign-in: stores its transaction in a cookie, and sends the browser to the provider (authorization
 * code flow with PKCE, OAuth 2.0 Security Best Current Practice, RFC 9700).
 *
 * @throws ProviderError if the metadata or the client's secret cannot be read
 * @throws SessionUnavailableError if the secret keys cannot be read
 */
export async function startSignIn(
  context: SignInContext,
  event: HttpEvent,
  request: SignInRequest,
  isRestart = false,
): Promise<HttpResult> {
  const { client, transactions, states } = context;
  const now = client.nowSeconds;
  const configuration = await client.configuration();
  const metadata = configuration.serverMetadata();
  const transaction: Transaction = {
    id: createIdentifier(),
    verifier: randomPKCECodeVerifier(),
    nonce: randomNonce(),
    provider: hashProvider(metadata.issuer, client),
    startedAt: client.now(),
    isRestart,
  };
  const state = await states.seal({ id: transaction.id, request, isRestart }, now);
  const location = buildAuthorizationUrl(configuration, {
    ...context.parameters,
    redirect_uri: redirectUri(context.originOf(event)),
    scope: context.scope,
    state,
    nonce: transaction.nonce,
    code_challenge: await calculatePKCECodeChallenge(transaction.verifier),
    code_challenge_method: "S256",
    ...(context.responseMode === "form_post" && { response_mode: "form_post" }),
    ...toWishes(request, metadata, context.acr),
  });
  const cookies = await transactions.add(transaction, new HttpRequest(event).cookies, now);
  const headers = { location: location.href, "cache-control": "no-store" };
  return new ResponseHeaders(event, { statusCode: 303, headers }).toResult(cookies);
}

/**
 * A maximum age in seconds that hardly any authentication exceeds: a year. Keycloak adds it to the time of
 * the authentication in 32 bits, so that with ten years each sign-in would ask for a password from 2028 on.
 */
const ANY_AGE = 31_536_000;

/**
 * Returns the parameters of a step-up, or of an ordinary sign-in. An ordinary one sends a large `max_age`, so
 * that the ID token has `auth_time`, if the metadata names that claim; others might reject the parameter.
 *
 * @param required the contexts of which each sign-in needs one
 */
function toWishes(
  request: SignInRequest,
  metadata: { readonly claims_supported?: unknown; readonly prompt_values_supported?: unknown },
  required: string | undefined,
): Record<string, string> {
  const { maxAge, select } = request;
  const acr = narrowContexts(request.acr ?? required, required);
  const contexts = acr !== undefined && { acr_values: acr };
  if (isStepUp(request))
    return {
      prompt: "login",
      ...(maxAge !== undefined && { max_age: `${maxAge}` }),
      ...contexts,
    };
  const { claims_supported: claims, prompt_values_supported: prompts } = metadata;
  const allowsSelection = !Array.isArray(prompts) || prompts.includes("select_account");
  return {
    ...(Array.isArray(claims) && claims.includes("auth_time") && { max_age: `${ANY_AGE}` }),
    ...contexts,
    ...(select && allowsSelection && { prompt: "select_account" }),
  };
}

/**
 * Returns those of the contexts that each sign-in needs too, because the provider may choose any of them.
 * Returns all of them if there are none: then the sign-in is refused, whatever the provider chooses.
 */
function narrowContexts(acr: string | undefined, required: string | undefined): string | undefined {
  const needed = acr?.split(" ").filter((context) => required?.split(" ").includes(context));
  return needed?.join(" ") || acr;
}
