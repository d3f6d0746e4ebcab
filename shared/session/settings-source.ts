import { OptionError } from "../options/option-error.ts";
import type { SessionRequest } from "./session-interface.ts";
import { type ResolvedSettings, resolveSettings, type SessionSettings } from "./session-settings.ts";

/** The settings of every request, or a function that returns those of one request, such as for its host. */
export type SettingsSource = SessionSettings | ((request: SessionRequest) => SessionSettings);

/**
 * Returns a function that returns the resolved settings of a request. Each object of settings is resolved
 * once.
 *
 * @throws OptionError that names the option; settings that depend on the request are checked with the request
 */
export function settingsFor(source: SettingsSource): (request: SessionRequest) => ResolvedSettings {
  if (typeof source === "function") return resolveEach(source);
  const resolved = resolveSettings(source);
  return () => resolved;
}

function resolveEach(source: (request: SessionRequest) => SessionSettings) {
  const known = new WeakMap<SessionSettings, ResolvedSettings>();
  return (request: SessionRequest): ResolvedSettings => {
    const given = source(request);
    if (typeof given !== "object") throw new OptionError("settings", "must be an object for each request");
    const resolved = known.get(given) ?? resolveSettings(given);
    known.set(given, resolved);
    return resolved;
  };
}
