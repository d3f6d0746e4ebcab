import type { KeyProvider, SecretKeys } from "../../crypto/secret-keys.ts";
import type { SessionSettings } from "../../session/session-settings.ts";
import type { ConditionalStore } from "../../stores/conditional-store.ts";
import type { ProviderTokensLog } from "./provider-tokens-log.ts";
import type { RefreshClient } from "./refresh-grant.ts";

/** Options of `TokenKeeper`. */
export interface TokenKeeperOptions {
  /** The client with which visitors sign in. */
  readonly client: RefreshClient;
  /** Stores the sealed tokens. */
  readonly items: ConditionalStore;
  /** The secret keys of the sessions, newest first. The first one seals, all open. */
  readonly keys: SecretKeys | KeyProvider;
  /** The settings of the sessions. Tokens are kept for the longest life that a session can have. */
  readonly settings?: SessionSettings;
  /** Returns the time in milliseconds since the epoch. Default: `Date.now`. */
  readonly clock?: () => number;
  /** Waits for this many milliseconds. Default: a timer. */
  readonly wait?: ((milliseconds: number) => Promise<unknown>) | undefined;
  /** Receives what happens to tokens. Default: one line of JSON for each record. */
  readonly log?: ProviderTokensLog;
}
