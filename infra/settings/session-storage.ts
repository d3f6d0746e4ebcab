import { SettingError } from "./setting-error.ts";
import { type SettingName, type Settings, settingOf } from "./settings.ts";

/** Where sessions are kept: the values of the setting `storage`, and the conditions of package.json's `imports`. */
export const SESSION_STORAGES = ["cookie", "revocable-cookie", "dynamodb"] as const;

/** One of `SESSION_STORAGES`. */
export type SessionStorage = (typeof SESSION_STORAGES)[number];

/** Returns the storage that the settings choose. */
export function storageOf(settings: Settings): SessionStorage {
  return settingOf(settings, "storage");
}

/** Where a session is the record of a store, and the cookie holds a token only. */
const IN_A_STORE: readonly SessionStorage[] = ["dynamodb"];

/** Whether the settings keep each session as the record of a store, and in the cookie a token only. */
export function isInStore(settings: Settings): boolean {
  return IN_A_STORE.includes(storageOf(settings));
}

/** Where a setting means something, and what chooses that. */
interface Need {
  readonly storages: readonly SessionStorage[];
  readonly choice: string;
}

const IN_COOKIES: Need = { storages: ["cookie", "revocable-cookie"], choice: "storage=cookie" };
const IN_TABLE: Need = { storages: IN_A_STORE, choice: "storage=dynamodb" };
const WITH_TABLE: Need = {
  storages: [...IN_A_STORE, "revocable-cookie"],
  choice: "storage=dynamodb or storage=revocable-cookie",
};

/** Settings that mean something in some storages only. */
const NEEDS: Partial<Record<SettingName, Need>> = {
  flask: IN_COOKIES,
  compress: IN_COOKIES,
  encrypt: IN_COOKIES,
  renewAfter: IN_TABLE,
  maxSessionsPerUser: WITH_TABLE,
  sessionLimitPolicy: WITH_TABLE,
};

/**
 * Refuses settings that would do nothing where the sessions are kept, such as `renewAfter` for sessions in a cookie.
 *
 * @throws SettingError with one sentence that names both settings
 */
export function refuseIdleSettings(settings: Settings): void {
  const storage = storageOf(settings);
  for (const [name, { storages, choice }] of Object.entries(NEEDS)) {
    const value = settings[name as SettingName];
    if (value === undefined || value === false || storages.includes(storage)) continue;
    throw new SettingError(`The setting ${name} cannot be ${JSON.stringify(value)}: it needs ${choice}.`);
  }
}
