import type { UserSession } from "./session-record.ts";

/** Returns the ids of the sessions whose `providerSession` begins with a hash. */
export function idsOfProvider(sessions: ReadonlyMap<string, UserSession>, providerSession: string): string[] {
  return [...sessions]
    .filter(([, entry]) => entry.providerSession?.startsWith(providerSession))
    .map(([id]) => id);
}
