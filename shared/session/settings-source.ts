import { OptionError } from "../options/option-error.ts";
import type { SessionRequest } from "./session-interface.ts";
import { type ResolvedSettings, resolveSettings, type SessionSettings } from "./session-settings.ts";

/** The settings of every request, or a function that returns those of one request, such as for its host. */
export type SettingsSource = SessionSettings | ((request: SessionRequest) => SessionSettings);

/** Resolved settings: of every request, or a function that returns those of one request. */
export type ResolvedSource = ResolvedSettings | ((request: SessionRequest) => ResolvedSettings);

/**
 * Resolves settings. A function that returns settings is called for each request; each object is resolved
 * once.
 *
 * @throws OptionError that names the option; settings that depend on the request are checked with the request
 */
export function resolveSource(source: SettingsSource): ResolvedSource {
  if (typeof source !== "function") return resolveSettings(source);
  const known = new WeakMap<SessionSettings, ResolvedSettings>();
  return (request) => {
    const given = source(request);
    if (typeof given !== "object") throw new OptionError("settings", "must be an object for each request");
    const resolved = known.get(given) ?? resolveSettings(given);
    known.set(given, resolved);
    return resolved;
  };
}
