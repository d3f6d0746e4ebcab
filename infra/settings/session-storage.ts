import type { ValueOf } from "lambda-sessions/settings";
import { createContradiction } from "./setting-error.ts";
import { type SETTINGS, type SettingName, type Settings, settingOf } from "./settings.ts";

/** Value of the setting `storage`, which is also a condition of package.json's `imports`. */
export type SessionStorage = ValueOf<(typeof SETTINGS)["storage"]["kind"]>;

/** Returns the storage that the settings choose. */
export function storageOf(settings: Settings): SessionStorage {
  return settingOf(settings, "storage");
}

/** Storages that keep sessions as records of a store, and only tokens in cookies. */
const IN_A_STORE: readonly SessionStorage[] = ["dynamodb"];

/** Returns whether the settings keep sessions as records of a store, and only their tokens in cookies. */
export function isInStore(settings: Settings): boolean {
  return IN_A_STORE.includes(storageOf(settings));
}

/** Storages that keep the data of sessions in cookies. */
export const IN_COOKIES: readonly SessionStorage[] = ["cookie", "revocable-cookie"];

/** Storages that keep a list of the sessions of each user in a table. */
export const WITH_TABLE: readonly SessionStorage[] = [...IN_A_STORE, "revocable-cookie"];

/** Storages with a table of DynamoDB, in which the sign-in at an identity provider keeps what it needs. */
export const WITH_ITEMS: readonly SessionStorage[] = ["dynamodb", "revocable-cookie"];

/** Storages that each setting needs, for settings that do not work with all of them. */
export const STORAGE_NEEDS: Partial<Record<SettingName, readonly SessionStorage[]>> = {
  flask: IN_COOKIES,
  compress: IN_COOKIES,
  encrypt: IN_COOKIES,
  renewAfter: IN_A_STORE,
  maxSessionsPerUser: WITH_TABLE,
  sessionLimitPolicy: WITH_TABLE,
  backChannelLogout: WITH_ITEMS,
  keepTokens: WITH_ITEMS,
};

/**
 * Rejects settings that have no effect with the chosen storage, such as `renewAfter` with `storage=cookie`.
 *
 * @throws SettingError that names both settings
 */
export function refuseIdleSettings(settings: Settings): void {
  const storage = storageOf(settings);
  for (const [name, storages] of Object.entries(STORAGE_NEEDS)) {
    const value = settings[name as SettingName];
    if (value === undefined || value === false || storages.includes(storage)) continue;
    throw createContradiction(name, value, `needs ${toNeed(storages)}`);
  }
}

/** Returns storages as the settings that choose them. */
export function toNeed(storages: readonly SessionStorage[]): string {
  return storages.map((one) => `storage=${one}`).join(" or ");
}
