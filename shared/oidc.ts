/** Sign-in with OpenID Connect. */
export type {
  BackChannelLog,
  BackChannelOptions,
  ProviderSignedOut,
  ProviderSignOutFailed,
  ProviderSignOutRefused,
} from "./oidc/back-channel/back-channel-options.ts";
export { createBackChannelRoute } from "./oidc/back-channel/back-channel-route.ts";
export type { LogoutRefusal } from "./oidc/back-channel/logout-refusals.ts";
export {
  type ProviderSessionLinksOptions,
  providerSessionLinks,
} from "./oidc/back-channel/provider-session-links.ts";
export { joinHooks } from "./oidc/join-hooks.ts";
export type { ClaimType, ClaimTypes, ClaimTypesOf, KeptClaims } from "./oidc/kept-claims.ts";
export { OidcClient } from "./oidc/provider/oidc-client.ts";
export type {
  OidcClientOptions,
  ProviderLog,
  ProviderNotRefreshed,
} from "./oidc/provider/oidc-client-options.ts";
export { ProviderError, type ProviderFailure } from "./oidc/provider/provider-error.ts";
export type { ProviderMetadata } from "./oidc/provider/provider-metadata.ts";
export type { RefusalReason } from "./oidc/refusals.ts";
export type {
  ClaimNotKept,
  SignInLog,
  SignInRecord,
  SignInRefused,
  SignOutIncomplete,
} from "./oidc/sign-in-log.ts";
export type {
  ProviderClaims,
  ProviderTokens,
  SignedIn,
  SignInHooks,
  SignInRoutesOptions,
} from "./oidc/sign-in-options.ts";
export { createSignInRoutes } from "./oidc/sign-in-routes.ts";
export {
  NoProviderTokensError,
  ProviderTokensEndedError,
} from "./oidc/tokens/provider-tokens-errors.ts";
export type {
  ProviderTokensLog,
  ProviderTokensRecord,
  RefreshFailureReason,
  TokensEndReason,
} from "./oidc/tokens/provider-tokens-log.ts";
export { TokenKeeper } from "./oidc/tokens/token-keeper.ts";
export type { TokenKeeperOptions } from "./oidc/tokens/token-keeper-options.ts";
export {
  createWithProviderTokens,
  type HasAccessToken,
  type WithProviderTokens,
} from "./oidc/tokens/with-provider-tokens.ts";
