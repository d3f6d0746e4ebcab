import { OptionError, type SessionSettings } from "lambda-sessions";
import {
  assertSecretKeys,
  type Environment,
  type KeyProvider,
  secretsManagerKeys,
} from "lambda-sessions/keys";

/**
 * Returns the secret keys: those of SESSION_SECRET_KEYS, a JSON array with the newest first; else those of the secret
 * SESSION_SECRET_ARN. Without both there are no keys, and sessions can be read but not written.
 *
 * @throws OptionError that names the variable
 */
export function keysFrom(environment: Environment): KeyProvider {
  const { SESSION_SECRET_KEYS, SESSION_SECRET_ARN } = environment;
  if (SESSION_SECRET_KEYS === undefined && SESSION_SECRET_ARN !== undefined)
    return secretsManagerKeys({ secretId: SESSION_SECRET_ARN, environment });
  const keys = parse("SESSION_SECRET_KEYS", SESSION_SECRET_KEYS, []);
  assertSecretKeys(keys, "SESSION_SECRET_KEYS");
  return async () => keys;
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

/** Returns further origins whose unsafe requests are answered: SESSION_TRUSTED_ORIGINS, a JSON array. `withSession` checks it. */
export function trustedOriginsFrom({ SESSION_TRUSTED_ORIGINS }: Environment): readonly string[] {
  return parse("SESSION_TRUSTED_ORIGINS", SESSION_TRUSTED_ORIGINS, []);
}

/**
 * Returns whether unsafe requests from other sites are refused: SESSION_CROSS_ORIGIN_PROTECTION, `true` or `false`.
 *
 * @throws OptionError that names the variable
 */
export function crossOriginProtectionFrom({ SESSION_CROSS_ORIGIN_PROTECTION }: Environment): boolean {
  const protection: unknown = parse("SESSION_CROSS_ORIGIN_PROTECTION", SESSION_CROSS_ORIGIN_PROTECTION, true);
  if (typeof protection === "boolean") return protection;
  throw new OptionError("SESSION_CROSS_ORIGIN_PROTECTION", "must be true or false");
}

function parse<T>(name: string, text: string | undefined, absent: T): T {
  if (text === undefined) return absent;
  try {
    return JSON.parse(text);
  } catch {
    throw new OptionError(name, "must be JSON");
  }
}
