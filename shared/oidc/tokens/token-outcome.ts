import { isValid } from "./kept-tokens.ts";
import type { TokensEndReason } from "./provider-tokens-log.ts";
import type { FoundEntry } from "./token-vault.ts";

/** Access token for a handler, or why there is none: the session ends, or another try may succeed soon. */
export type TokenOutcome =
  | { readonly accessToken: string; readonly ended?: never; readonly unavailable?: never }
  | { readonly ended: TokensEndReason; readonly accessToken?: never; readonly unavailable?: never }
  | { readonly unavailable: string; readonly accessToken?: never; readonly ended?: never };

/**
 * Returns the access token of an entry if it has not expired, and otherwise why there is none at the moment.
 */
export function toOutcome(found: FoundEntry, now: number, unavailable: string): TokenOutcome {
  if (typeof found === "string") return { ended: found };
  return isValid(found.tokens, now) ? { accessToken: found.tokens.accessToken } : { unavailable };
}
