import { createWithProviderTokens, OidcClient, TokenKeeper } from "lambda-sessions/oidc";
import { openItems } from "#session-interface";
import { keepsTokensFrom, keysFrom, oidcClientFrom, settingsFrom } from "./environment.ts";

/**
 * Client of the identity provider, for functions with `signIn=oidc`. It caches the provider's metadata and
 * keys.
 */
export const client = new OidcClient(oidcClientFrom(process.env));

/** Store of what the sign-in keeps in the table of the sessions; `undefined` with `storage=cookie`. */
export const items = openItems();

/** Keeps the provider's tokens with `keepTokens=true`; `undefined` without it. */
export const tokenKeeper = /* @__PURE__ */ openTokenKeeper();

/**
 * Wraps a handler that calls the provider's API: `await session.accessToken()` returns a valid access token.
 * It is the innermost wrapper, and the function's file belongs to `PROVIDER_CLIENTS` of `infra/routes.ts`.
 * See docs/sign-in.md.
 */
export const withProviderTokens = /* @__PURE__ */ createWithProviderTokens(tokenKeeper);

function openTokenKeeper(): TokenKeeper | undefined {
  if (items === undefined || !keepsTokensFrom(process.env)) return undefined;
  const [keys, settings] = [keysFrom(process.env) ?? [], settingsFrom(process.env)];
  return new TokenKeeper({ client, items, keys, settings });
}
