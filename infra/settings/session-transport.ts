import { storageOf, toNeed, WITH_TABLE } from "./session-storage.ts";
import { createContradiction } from "./setting-error.ts";
import { type Settings, settingOf } from "./settings.ts";

/** Condition of package.json's `imports` that selects sessions in headers. */
export const HEADER_TRANSPORT = "header-transport";

/**
 * Returns the conditions of package.json's `imports` by which functions with a session are bundled: the
 * storage, and `header-transport` unless sessions are in cookies alone.
 */
export function conditionsOf(settings: Settings): readonly string[] {
  const storage = storageOf(settings);
  return settingOf(settings, "sessionTransport") === "cookie" ? [storage] : [storage, HEADER_TRANSPORT];
}

/** Headers that bring a session, by transport. */
const IDENTITY_SOURCES = {
  cookie: ["$request.header.cookie"],
  header: ["$request.header.authorization"],
  both: [],
};

/** Returns the headers without which a request brings no session, as expressions of API Gateway. */
export function identitySourceOf(settings: Settings): readonly string[] {
  return IDENTITY_SOURCES[settingOf(settings, "sessionTransport")];
}

/**
 * Rejects sessions in headers whose tokens nobody could revoke, and those that keep browsers out of a
 * sign-in.
 *
 * @throws SettingError that names both settings
 */
export function refuseBrokenTransport(settings: Settings): void {
  const transport = settingOf(settings, "sessionTransport");
  if (transport === "cookie") return;
  if (!WITH_TABLE.includes(storageOf(settings)))
    throw createContradiction(
      "sessionTransport",
      transport,
      `needs ${toNeed(WITH_TABLE)}, because applications keep tokens that must be revocable`,
    );
  if (transport === "header" && settingOf(settings, "signIn") === "oidc")
    throw createContradiction(
      "sessionTransport",
      transport,
      "would keep the session from the browsers that signIn=oidc redirects. Use both",
    );
}
