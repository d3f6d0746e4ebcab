/** Application that signs people in at the local provider. */
export interface ProviderClient {
  readonly clientId: string;
  /**
   * Secret, sent as HTTP Basic or in the body. Default: none; then the client is public and uses PKCE alone.
   */
  readonly clientSecret?: string;
  /**
   * Origins of the application, such as `http://localhost:3000`. Each registers the redirect URI
   * `/sign-in/callback` and the post-logout redirect URI `/signed-out`.
   */
  readonly origins: readonly string[];
  /** Further redirect URIs. Default: none. */
  readonly redirectUris?: readonly string[];
  /** Further post-logout redirect URIs. Default: none. */
  readonly postLogoutRedirectUris?: readonly string[];
  /** URI that receives logout tokens (OpenID Connect Back-Channel Logout 1.0). Default: none. */
  readonly backChannelLogoutUri?: string;
  /**
   * True if ID tokens and logout tokens have the claim `sid`. Needs a `backChannelLogoutUri`. Default: true.
   */
  readonly backChannelLogoutSessionRequired?: boolean;
}
