import type { KeyProvider, SecretKeys } from "../crypto/secret-keys.ts";
import { isAcr } from "../lambda/acr.ts";
import type { HttpEvent } from "../lambda/http-event.ts";
import { originOf } from "../lambda/origin.ts";
import { writeLog } from "../log/write-log.ts";
import { OptionError } from "../options/option-error.ts";
import { isNonEmptyString } from "../options/option-kind.ts";
import { isOrigin } from "../options/origin.ts";
import { resolveSettings } from "../session/session-settings.ts";
import type { User } from "../session/user.ts";
import { Remembering } from "./callback/remembering.ts";
import { assertClaimTypes, type ClaimTypes } from "./kept-claims.ts";
import { OidcClient } from "./provider/oidc-client.ts";
import { SealedJson } from "./sealed-json.ts";
import type { SignInLog } from "./sign-in-log.ts";
import type { ProviderClaims, SignInHooks, SignInRoutesOptions } from "./sign-in-options.ts";
import { IdTokenCookie } from "./sign-out/id-token-cookie.ts";
import { assertFurtherParameters, type FurtherParameters } from "./start/further-parameters.ts";
import type { SignInState } from "./transaction/transaction.ts";
import { TransactionCookies } from "./transaction/transaction-cookies.ts";

/** Checked options of the routes with all defaults, and the seals of their cookies and parameters. */
export interface SignInContext {
  readonly client: OidcClient;
  readonly transactions: TransactionCookies;
  readonly idTokens: IdTokenCookie;
  readonly states: SealedJson<SignInState>;
  /** The provider's response between the POST of a form and the GET that follows. */
  readonly responses: SealedJson<string>;
  /** The state of a sign-out at the provider. */
  readonly signOuts: SealedJson<true>;
  readonly scope: string;
  /** Authentication contexts of which each sign-in needs one. */
  readonly acr: string | undefined;
  readonly parameters: FurtherParameters;
  readonly responseMode: "query" | "form_post";
  readonly claims: ClaimTypes;
  readonly toUser: (claims: ProviderClaims) => User;
  readonly signOutUrl: string | undefined;
  readonly hooks: SignInHooks;
  readonly log: SignInLog;
  /** Name of the session's cookie. */
  readonly sessionCookie: string;
  /** True if the session's cookie is SameSite=Strict, so that no redirect of the provider brings it. */
  readonly isStrict: boolean;
  readonly remembering: Remembering;
  /** Returns the origin of the application for its visitors. */
  readonly originOf: (event: HttpEvent) => string;
}

/**
 * Checks the options of the routes, and adds the defaults.
 *
 * @throws OptionError that names the option
 */
export function createSignInContext<D extends object>(options: SignInRoutesOptions<D>): SignInContext {
  const { client, keys, publicOrigin, scope = "openid profile email", responseMode = "query" } = options;
  const { acr, parameters = {}, signOutUrl, hooks = {}, toUser = toDefaultUser, log = writeLog } = options;
  checkOptions({ ...options, scope, responseMode });
  assertFurtherParameters(parameters);
  const claims = options.claims ?? {};
  assertClaimTypes(claims);
  const settings = resolveSettings(options.settings);
  const { cookie } = settings;
  if (cookie.path !== "/") throw new OptionError("settings.cookie.path", 'must be "/" for a sign-in');
  return {
    ...{ client, scope, acr, parameters, responseMode, claims, toUser, signOutUrl, hooks, log },
    ...createSeals(keys, cookie.secure),
    sessionCookie: cookie.name,
    isStrict: cookie.sameSite === "strict",
    remembering: new Remembering(settings),
    originOf: (event) => originOf(event, { PUBLIC_ORIGIN: publicOrigin }),
  };
}

type Options = Omit<SignInRoutesOptions<object>, "withSession" | "toUser" | "claims">;

function checkOptions({ client, publicOrigin, scope = "", acr, responseMode, signOutUrl }: Options): void {
  if (!(client instanceof OidcClient)) throw new OptionError("client", "must be an OidcClient");
  if (publicOrigin !== undefined && !isOrigin(publicOrigin))
    throw new OptionError("publicOrigin", "must be an origin such as https://app.example.com");
  if (!scope.split(" ").includes("openid")) throw new OptionError("scope", 'must contain "openid"');
  if (acr !== undefined && !isAcr(acr))
    throw new OptionError("acr", "must be authentication contexts such as mfa, with spaces between them");
  if (responseMode !== "query" && responseMode !== "form_post")
    throw new OptionError("responseMode", 'must be "query" or "form_post"');
  if (signOutUrl !== undefined && URL.parse(signOutUrl)?.protocol !== "https:")
    throw new OptionError("signOutUrl", "must be a URL with HTTPS");
}

function createSeals(keys: SecretKeys | KeyProvider, secure: boolean) {
  return {
    transactions: new TransactionCookies(keys, secure),
    idTokens: new IdTokenCookie(keys, secure),
    states: new SealedJson<SignInState>(keys, "state"),
    responses: new SealedJson<string>(keys, "response"),
    signOuts: new SealedJson<true>(keys, "sign-out"),
  };
}

/** Returns the user for the claims of an ID token: `sub`, and the first claim that names the user. */
function toDefaultUser(claims: ProviderClaims): User {
  const { sub, name, preferred_username, email } = claims;
  return { id: sub, name: [name, preferred_username, email].find(isNonEmptyString) ?? sub };
}
