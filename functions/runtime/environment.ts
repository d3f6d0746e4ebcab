import { OptionError, type SessionSettings } from "lambda-sessions";
import {
  assertSecretKeys,
  type Environment,
  type KeyProvider,
  readSecretString,
  type SecretKeys,
  secretsManagerKeys,
} from "lambda-sessions/keys";
import type { OidcClientOptions } from "lambda-sessions/oidc";

/**
 * Returns the secret keys: those of SESSION_SECRET_KEYS, a JSON array with the newest first; else those of
 * the secret SESSION_SECRET_ARN. Without both the result is `undefined`: sessions read as empty, and a change
 * throws.
 *
 * @throws OptionError that names the variable
 */
export function keysFrom(environment: Environment): SecretKeys | KeyProvider | undefined {
  const { SESSION_SECRET_KEYS, SESSION_SECRET_ARN } = environment;
  if (SESSION_SECRET_KEYS !== undefined) {
    const keys: unknown = parse("SESSION_SECRET_KEYS", SESSION_SECRET_KEYS, undefined);
    assertSecretKeys(keys, "SESSION_SECRET_KEYS");
    return keys;
  }
  if (SESSION_SECRET_ARN === undefined) return undefined;
  if (SESSION_SECRET_ARN) return secretsManagerKeys({ secretId: SESSION_SECRET_ARN, environment });
  throw new OptionError("SESSION_SECRET_ARN", "must be the ARN of the secret with the keys");
}

/**
 * Returns the session settings: SESSION_SETTINGS, a JSON object.
 *
 * @throws OptionError that names the variable
 */
export function settingsFrom({ SESSION_SETTINGS }: Environment): SessionSettings {
  const settings: unknown = parse("SESSION_SETTINGS", SESSION_SETTINGS, {});
  if (typeof settings === "object" && settings !== null && !Array.isArray(settings)) return settings;
  throw new OptionError("SESSION_SETTINGS", "must be a JSON object");
}

/**
 * Returns the name of the sessions' table: SESSION_TABLE_NAME.
 *
 * @throws OptionError that names the variable
 */
export function tableNameFrom({ SESSION_TABLE_NAME }: Environment): string {
  if (SESSION_TABLE_NAME) return SESSION_TABLE_NAME;
  throw new OptionError("SESSION_TABLE_NAME", "must be the name of the sessions' table");
}

/**
 * Returns further origins whose unsafe requests are answered: SESSION_TRUSTED_ORIGINS, a JSON array.
 * `withSession` checks it.
 */
export function trustedOriginsFrom({ SESSION_TRUSTED_ORIGINS }: Environment): readonly string[] {
  return parse("SESSION_TRUSTED_ORIGINS", SESSION_TRUSTED_ORIGINS, []);
}

/**
 * Returns whether unsafe requests from other sites are refused: SESSION_CROSS_ORIGIN_PROTECTION, `true` or
 * `false`.
 *
 * @throws OptionError that names the variable
 */
export function crossOriginProtectionFrom({ SESSION_CROSS_ORIGIN_PROTECTION }: Environment): boolean {
  const protection: unknown = parse("SESSION_CROSS_ORIGIN_PROTECTION", SESSION_CROSS_ORIGIN_PROTECTION, true);
  if (typeof protection === "boolean") return protection;
  throw new OptionError("SESSION_CROSS_ORIGIN_PROTECTION", "must be true or false");
}

/**
 * Returns the seconds for which an authentication is fresh, for `requireFresh`: SESSION_FRESH_FOR, an hour by
 * default.
 *
 * @throws OptionError that names the variable
 */
export function freshForFrom({ SESSION_FRESH_FOR = "3600" }: Environment): number {
  if (/^[1-9]\d{0,8}$/.test(SESSION_FRESH_FOR)) return Number(SESSION_FRESH_FOR);
  throw new OptionError("SESSION_FRESH_FOR", "must be an integer number of seconds, 1 or more");
}

/**
 * Returns whether visitors sign in at an identity provider, with the routes of `signIn=oidc`: SIGN_IN, `oidc`
 * or absent.
 *
 * @throws OptionError that names the variable
 */
export function hasOidcFrom({ SIGN_IN }: Environment): boolean {
  if (SIGN_IN === undefined || SIGN_IN === "oidc") return SIGN_IN === "oidc";
  throw new OptionError("SIGN_IN", "must be oidc, or absent");
}

/**
 * Returns the options of the client of the identity provider: OIDC_ISSUER, OIDC_CLIENT_ID and its secret,
 * which is that of OIDC_CLIENT_SECRET, or of the secret OIDC_CLIENT_SECRET_ARN. Without both it is a public
 * client, which PKCE protects.
 *
 * @throws OptionError that names the variable
 */
export function oidcClientFrom(environment: Environment): OidcClientOptions {
  const { OIDC_ISSUER, OIDC_CLIENT_ID, OIDC_CLIENT_SECRET, OIDC_CLIENT_SECRET_ARN } = environment;
  if (!OIDC_ISSUER) throw new OptionError("OIDC_ISSUER", "must be the issuer of the identity provider");
  if (!OIDC_CLIENT_ID)
    throw new OptionError("OIDC_CLIENT_ID", "must be this application's id at the provider");
  const options = { issuer: OIDC_ISSUER, clientId: OIDC_CLIENT_ID };
  if (OIDC_CLIENT_SECRET !== undefined) return { ...options, clientSecret: async () => OIDC_CLIENT_SECRET };
  if (OIDC_CLIENT_SECRET_ARN === undefined) return options;
  if (OIDC_CLIENT_SECRET_ARN === "")
    throw new OptionError("OIDC_CLIENT_SECRET_ARN", "must be the ARN of the secret with the client secret");
  return {
    ...options,
    clientSecret: () => readSecretString({ secretId: OIDC_CLIENT_SECRET_ARN, environment }),
  };
}

/**
 * Returns whether the provider's tokens are kept: OIDC_KEEP_TOKENS, `true` or absent.
 *
 * @throws OptionError that names the variable
 */
export function keepsTokensFrom({ OIDC_KEEP_TOKENS }: Environment): boolean {
  if (OIDC_KEEP_TOKENS === undefined || OIDC_KEEP_TOKENS === "true") return OIDC_KEEP_TOKENS === "true";
  throw new OptionError("OIDC_KEEP_TOKENS", "must be true, or absent");
}

/** Further options of the routes of a sign-in. */
export interface SignInEnvironment {
  readonly scope?: string;
  readonly acr?: string;
  readonly responseMode?: "query" | "form_post";
  readonly publicOrigin?: string;
  readonly signOutUrl?: string;
}

/**
 * Returns further options of the routes of a sign-in: OIDC_SCOPE, OIDC_ACR, OIDC_RESPONSE_MODE,
 * OIDC_SIGN_OUT_URL and PUBLIC_ORIGIN.
 *
 * @throws OptionError that names the variable
 */
export function signInFrom(environment: Environment): SignInEnvironment {
  const { OIDC_SCOPE, OIDC_ACR, OIDC_RESPONSE_MODE, OIDC_SIGN_OUT_URL, PUBLIC_ORIGIN } = environment;
  const isMode = OIDC_RESPONSE_MODE === "query" || OIDC_RESPONSE_MODE === "form_post";
  if (OIDC_RESPONSE_MODE !== undefined && !isMode)
    throw new OptionError("OIDC_RESPONSE_MODE", "must be query or form_post");
  return {
    ...(OIDC_SCOPE !== undefined && { scope: OIDC_SCOPE }),
    ...(OIDC_ACR !== undefined && { acr: OIDC_ACR }),
    ...(OIDC_RESPONSE_MODE !== undefined && { responseMode: OIDC_RESPONSE_MODE }),
    ...(OIDC_SIGN_OUT_URL !== undefined && { signOutUrl: OIDC_SIGN_OUT_URL }),
    ...(PUBLIC_ORIGIN !== undefined && { publicOrigin: PUBLIC_ORIGIN }),
  };
}

function parse<T>(name: string, text: string | undefined, absent: T): T {
  if (text === undefined) return absent;
  try {
    return JSON.parse(text);
  } catch {
    throw new OptionError(name, "must be JSON");
  }
}
