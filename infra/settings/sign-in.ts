import { storageOf, WITH_ITEMS } from "./session-storage.ts";
import { createContradiction } from "./setting-error.ts";
import { type SettingName, type Settings, settingOf } from "./settings.ts";

/** Client of an application at an identity provider. */
export interface ProviderClient {
  readonly issuer: string;
  readonly clientId: string;
  /** Page that ends the visitor's session at a provider without OpenID Connect's own sign-out. */
  readonly signOutUrl?: string;
}

/** Returns whether an identity provider signs visitors in. */
export function hasOidc(settings: Settings): boolean {
  return settingOf(settings, "signIn") === "oidc";
}

/** Returns whether the stack has the route by which the identity provider ends sessions. */
export function hasBackChannelLogout(settings: Settings): boolean {
  const isPossible = WITH_ITEMS.includes(storageOf(settings)) && !settingOf(settings, "cognito");
  return hasOidc(settings) && (settings.backChannelLogout ?? isPossible);
}

/**
 * Returns the client that the settings name, or `undefined` with `cognito`, whose client is a part of the
 * stack.
 *
 * @throws SettingError if the settings name none
 */
export function readProviderClient(settings: Settings): ProviderClient | undefined {
  const { oidcIssuer, oidcClientId } = settings;
  if (settingOf(settings, "cognito")) return undefined;
  if (oidcIssuer !== undefined && oidcClientId !== undefined)
    return { issuer: oidcIssuer, clientId: oidcClientId };
  throw createContradiction("signIn", "oidc", "needs oidcIssuer and oidcClientId, or cognito=true");
}

/** Returns the environment variables of the functions that call the identity provider. */
export function toProviderEnvironment(settings: Settings, client: ProviderClient): Record<string, string> {
  const { issuer, clientId, signOutUrl } = client;
  const { oidcScope, oidcAcr, oidcResponseMode } = settings;
  return {
    OIDC_ISSUER: issuer,
    OIDC_CLIENT_ID: clientId,
    ...(oidcScope !== undefined && { OIDC_SCOPE: oidcScope }),
    ...(oidcAcr !== undefined && { OIDC_ACR: oidcAcr }),
    ...(oidcResponseMode !== undefined && { OIDC_RESPONSE_MODE: oidcResponseMode }),
    ...(signOutUrl !== undefined && { OIDC_SIGN_OUT_URL: signOutUrl }),
    ...(settingOf(settings, "keepTokens") && { OIDC_KEEP_TOKENS: "true" }),
  };
}

/**
 * Seconds for a refresh of provider tokens: 5 for the provider's response, and the rest for the writes. The
 * provider has replaced the refresh token once it has responded.
 */
const LEAST_TO_REFRESH = 7;

/** Settings that have no effect without an identity provider. */
const NEEDS_OIDC = [
  "oidcIssuer",
  "oidcClientId",
  "oidcScope",
  "oidcAcr",
  "oidcResponseMode",
  "cognito",
  "backChannelLogout",
  "keepTokens",
] as const satisfies readonly SettingName[];

/**
 * Rejects settings with which nobody could sign in at the identity provider, or which have no effect.
 *
 * @throws SettingError that names the setting and the remedy
 */
export function refuseBrokenSignIn(settings: Settings): void {
  if (!hasOidc(settings)) {
    for (const name of NEEDS_OIDC) refuse(settings, name, "needs signIn=oidc");
    return;
  }
  if (settingOf(settings, "cognito")) refuseBesideCognito(settings);
  else readProviderClient(settings);
  if (settingOf(settings, "stage") === "prod" && settings.oidcIssuer?.startsWith("http:"))
    refuse(settings, "oidcIssuer", "must begin with https: in the stage prod");
  if (settingOf(settings, "cookieSameSite") === "strict")
    refuse(
      settings,
      "cookieSameSite",
      "would keep the session from visitors whom the provider of signIn=oidc sends back. Use lax",
    );
  if (settingOf(settings, "timeout") === 1)
    refuse(settings, "timeout", "leaves no time for the provider of signIn=oidc. Use 2 or more");
  if (settingOf(settings, "keepTokens") && settingOf(settings, "timeout") < LEAST_TO_REFRESH)
    refuse(
      settings,
      "timeout",
      "leaves too little time to refresh a token of keepTokens=true, which is lost if Lambda ends the function. " +
        `Use ${LEAST_TO_REFRESH} or more`,
    );
  if (settingOf(settings, "cookiePath") !== "/")
    refuse(
      settings,
      "cookiePath",
      "would keep the session from /sign-in and /sign-out of signIn=oidc. Leave it out",
    );
}

/** Scopes of a user pool without resource servers. */
const COGNITO_SCOPES = ["openid", "profile", "email", "phone", "aws.cognito.signin.user.admin"];

/** Rejects settings of another provider, and those that ask for what Cognito does not have. */
function refuseBesideCognito(settings: Settings): void {
  for (const name of ["oidcIssuer", "oidcClientId"] as const)
    refuse(settings, name, "contradicts cognito=true, which adds a provider of its own");
  refuse(
    settings,
    "backChannelLogout",
    "contradicts cognito=true, because Cognito sends no back-channel logout",
  );
  refuse(settings, "oidcAcr", "contradicts cognito=true, because Cognito's tokens name no context");
  const unknown = settings.oidcScope?.split(" ").find((scope) => !COGNITO_SCOPES.includes(scope));
  if (unknown !== undefined)
    refuse(
      settings,
      "oidcScope",
      `contradicts cognito=true, because the user pool has no scope ${unknown}. ` +
        `Use some of ${COGNITO_SCOPES.join(", ").replace(/, (?=[^ ]+$)/, " and ")}`,
    );
  if (settings.oidcResponseMode === "form_post")
    refuse(
      settings,
      "oidcResponseMode",
      "contradicts cognito=true, because Cognito responds in the address only",
    );
}

function refuse(settings: Settings, name: SettingName, problem: string): void {
  const value = settings[name];
  if (value !== undefined && value !== false) throw createContradiction(name, value, problem);
}
