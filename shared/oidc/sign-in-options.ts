import type { IDToken, TokenEndpointResponse, TokenEndpointResponseHelpers } from "openid-client";
import type { KeyProvider, SecretKeys } from "../crypto/secret-keys.ts";
import type { WithSession } from "../lambda/with-session.ts";
import type { Session } from "../session/session.ts";
import type { SessionSettings } from "../session/session-settings.ts";
import type { User } from "../session/user.ts";
import type { ClaimTypesOf } from "./kept-claims.ts";
import type { OidcClient } from "./provider/oidc-client.ts";
import type { SignInLog } from "./sign-in-log.ts";
import type { FurtherParameters } from "./start/further-parameters.ts";

/** The verified claims of an ID token. */
export type ProviderClaims = IDToken;

/**
 * The response of the token endpoint: access token, its type and lifetime, and a refresh token if there is
 * one.
 */
export type ProviderTokens = TokenEndpointResponse & TokenEndpointResponseHelpers;

/** A sign-in whose ID token was verified. */
export interface SignedIn {
  readonly user: User;
  readonly claims: ProviderClaims;
  readonly tokens: ProviderTokens;
}

/** Functions that the routes call at a sign-in and a sign-out. All are optional. */
export interface SignInHooks {
  /**
   * Called in the callback after `session.signIn`, before the session is saved: it may store the provider's
   * tokens or link the provider's session. If it throws, the sign-in is refused.
   */
  readonly onSignIn?: (session: Session, signedIn: SignedIn) => Promise<void>;
  /**
   * Called after the session was saved. Returns false if the provider has ended its session meanwhile: then
   * the new session is ended, and the sign-in is refused.
   */
  readonly afterSave?: (signedIn: SignedIn) => Promise<boolean>;
  /**
   * Called before a user's session ends: by a sign-out, by a sign-in as another user, or because `afterSave`
   * has refused it. It may remove kept tokens. If it throws, the error is logged and the session ends all the
   * same.
   */
  readonly onSignOut?: (session: Session) => Promise<void>;
}

/** Options of the routes of a sign-in. `D` is the data of the application's sessions. */
export interface SignInRoutesOptions<D extends object> {
  readonly client: OidcClient;
  readonly withSession: WithSession<D>;
  /** The secret keys of the sessions, which seal the cookies of a sign-in too. */
  readonly keys: SecretKeys | KeyProvider;
  /**
   * The settings of the sessions, as the session interface has them. The sign-in's cookies have their
   * `secure`, and `rememberFor` and `sameSite` decide how a sign-in ends. Default: the defaults.
   */
  readonly settings?: SessionSettings;
  /** Origin of the application for its visitors. Default: the one by which AWS routed the request. */
  readonly publicOrigin?: string | undefined;
  /** Scope, separated by spaces; `openid` is needed. Default: `openid profile email`. */
  readonly scope?: string;
  /**
   * Authentication contexts (`acr`) of which each sign-in needs one, separated by spaces, such as `mfa`.
   * Their names are the provider's. Default: none is needed.
   */
  readonly acr?: string | undefined;
  /**
   * Further parameters of the authorization request that a provider needs, such as
   * `{ access_type: "offline" }`. Those of the sign-in itself cannot be replaced. Default: none.
   */
  readonly parameters?: FurtherParameters;
  /** Mode of the provider's response: in the query of a redirect, or in a form. Default: `query`. */
  readonly responseMode?: "query" | "form_post";
  /** Claims of the ID token that the session keeps under `claims`. Default: none. */
  readonly claims?: ClaimTypesOf<D>;
  /**
   * Returns the user for the verified claims. Throws to refuse the sign-in. Default: `sub` as the id, and the
   * first of `name`, `preferred_username`, `email` and `sub` as the name.
   */
  readonly toUser?: (claims: ProviderClaims) => User;
  /**
   * Address of the provider's sign-out, for providers whose metadata has no `end_session_endpoint`. It gets
   * `client_id` and `logout_uri`, as Cognito's `/logout` needs them.
   */
  readonly signOutUrl?: string | undefined;
  readonly hooks?: SignInHooks;
  /** Receives the records of sign-ins. Default: one line of JSON for each record. */
  readonly log?: SignInLog;
}
