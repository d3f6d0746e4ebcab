import { OptionError } from "../options/option-error.ts";
import { isObject } from "../values/plain-object.ts";
import type { SessionRequest } from "./session-interface.ts";
import { type ResolvedSettings, resolveSettings, type SessionSettings } from "./session-settings.ts";

/** The settings of every request, or a function that returns those of one request, such as for its `host`. */
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
  if (typeof source !== "function") return resolveObject(source);
  const known = new WeakMap<SessionSettings, ResolvedSettings>();
  return (request) => {
    const given = source(request);
    const resolved = known.get(given) ?? resolveObject(given);
    known.set(given, resolved);
    return resolved;
  };
}

function resolveObject(settings: SessionSettings): ResolvedSettings {
  if (isObject(settings)) return resolveSettings(settings);
  throw new OptionError("settings", "must be an object, or a function that returns one");
}
