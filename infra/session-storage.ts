import { SettingError } from "./setting-error.ts";
import { type SettingName, type Settings, settingOf } from "./settings.ts";

/**
 * Where the sessions of a deployment are: in signed cookies, in signed cookies beside a table that lists each user's
 * sessions, or in a table.
 */
export type SessionStorage = "cookie" | "revocable-cookie" | "dynamodb";

/** What the settings `store` and `revocation` choose. */
export function storageOf(settings: Settings): SessionStorage {
  if (settingOf(settings, "store") === "dynamodb") return "dynamodb";
  return settingOf(settings, "revocation") ? "revocable-cookie" : "cookie";
}

/**
 * The condition of package.json's `imports` under which functions get the modules for these settings: the one for the
 * storage, with what seals cookies or without.
 */
export function conditionOf(settings: Settings): string | undefined {
  const [signed, sealed] = CONDITIONS[storageOf(settings)];
  return settingOf(settings, "encrypt") ? sealed : signed;
}

const CONDITIONS = {
  cookie: [undefined, "encrypt"],
  "revocable-cookie": ["revocation", "revocation-encrypt"],
  dynamodb: ["dynamodb", "dynamodb"],
} as const satisfies Record<SessionStorage, readonly [string | undefined, string]>;

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

const IN_COOKIES: Need = { storages: ["cookie", "revocable-cookie"], choice: "store=cookie" };
const IN_TABLE: Need = { storages: IN_A_STORE, choice: "store=dynamodb" };
const WITH_TABLE: Need = {
  storages: [...IN_A_STORE, "revocable-cookie"],
  choice: "store=dynamodb or revocation=true",
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
