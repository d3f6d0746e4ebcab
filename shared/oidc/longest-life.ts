import { type ResolvedSettings, resolveSettings, type SessionSettings } from "../session/session-settings.ts";

/** Seconds for which browsers keep a cookie at most: 400 days. */
const LONGEST_COOKIE = 400 * 86_400;

/** Lifetimes in seconds: overall, idle, and of a session that its user asked to be remembered. */
type Lifetimes = Pick<ResolvedSettings, "absoluteLifetime" | "lifetime"> & { readonly rememberFor?: number };

/**
 * Returns the longest life of a session in seconds, counted from its sign-in, for what is kept beside the
 * session. Without an absolute lifetime it is 400 days, or `lifetime` if that is longer.
 *
 * @throws OptionError that names the setting
 */
export function longestLifeOf(settings: SessionSettings | undefined): number {
  const { absoluteLifetime, lifetime, rememberFor = 0 }: Lifetimes = resolveSettings(settings);
  const longest = Math.max(absoluteLifetime, rememberFor);
  return Number.isFinite(longest) ? longest : Math.max(lifetime, LONGEST_COOKIE);
}
