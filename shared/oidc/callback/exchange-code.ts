import { errors } from "jose";
import { authorizationCodeGrant } from "openid-client";
import { type RefusalReason, reasonOfProviderError } from "../refusals.ts";
import type { SignInContext } from "../sign-in-context.ts";
import type { ProviderClaims, ProviderTokens } from "../sign-in-options.ts";
import { redirectUri } from "../start/redirect-uri.ts";
import { hashProvider, type Transaction } from "../transaction/transaction.ts";
import type { CallbackResponse } from "./callback-response.ts";
import { reasonOfGrantError, reasonOfSignatureError } from "./token-refusals.ts";

/** The provider's tokens, with the verified claims of the ID token. */
export interface Exchanged {
  readonly tokens: ProviderTokens;
  readonly claims: ProviderClaims;
}

/**
 * Exchanges the code of the provider's response for tokens, and verifies the ID token: claims, nonce and
 * signature (OpenID Connect Core 1.0, section 3.1.3).
 *
 * @returns the reason of the refusal if the response or a token is not what it must be
 * @throws ProviderError if the provider fails
 */
export async function exchangeCode(
  context: SignInContext,
  origin: string,
  response: CallbackResponse,
  transaction: Transaction,
): Promise<Exchanged | RefusalReason> {
  const { parameters } = response;
  const refusal = await checkIssuer(context, parameters.get("iss"), transaction);
  if (refusal !== undefined) return refusal;
  const error = parameters.get("error");
  if (error !== undefined) return reasonOfProviderError(error);
  if (!parameters.has("code")) return "malformed_response";
  await context.client.prepare();
  const tokens = await requestTokens(context, origin, parameters, transaction);
  return typeof tokens === "string" ? tokens : verifyIdToken(context, tokens);
}

/** Refuses responses of other providers (RFC 9207; RFC 9700, section 4.4, mix-up). */
async function checkIssuer(
  { client }: SignInContext,
  iss: string | undefined,
  transaction: Transaction,
): Promise<RefusalReason | undefined> {
  const metadata = await client.metadata();
  if (transaction.provider !== hashProvider(metadata.issuer, client)) return "other_provider";
  if (iss !== undefined) return iss === metadata.issuer ? undefined : "wrong_issuer";
  return metadata.authorization_response_iss_parameter_supported === true ? "missing_issuer" : undefined;
}

async function requestTokens(
  { client }: SignInContext,
  origin: string,
  parameters: ReadonlyMap<string, string>,
  { verifier, nonce }: Transaction,
): Promise<ProviderTokens | RefusalReason> {
  const url = new URL(redirectUri(origin));
  url.search = new URLSearchParams([...parameters]).toString();
  const checks = {
    pkceCodeVerifier: verifier,
    expectedNonce: nonce,
    expectedState: parameters.get("state") ?? "",
    idTokenExpected: true,
  };
  try {
    return await client.request((configuration) => authorizationCodeGrant(configuration, url, checks));
  } catch (error) {
    return reasonOfGrantError(error);
  }
}

async function verifyIdToken(
  { client }: SignInContext,
  tokens: ProviderTokens,
): Promise<Exchanged | RefusalReason> {
  try {
    const { payload } = await client.verify<ProviderClaims>(tokens.id_token ?? "");
    return { tokens, claims: payload };
  } catch (error) {
    if (error instanceof errors.JOSEError) return reasonOfSignatureError(error);
    throw error;
  }
}
