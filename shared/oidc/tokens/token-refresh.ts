import { setTimeout as sleep } from "node:timers/promises";
import { SessionUnavailableError } from "../../session/session-errors.ts";
import { messageOf, ProviderError } from "../provider/provider-error.ts";
import {
  isLost,
  isRefreshDue,
  isValid,
  type KeptTokens,
  markSpent,
  takeMarkBack,
  toRefreshed,
} from "./kept-tokens.ts";
import type { ProviderTokensLog, RefreshFailureReason, TokensEndReason } from "./provider-tokens-log.ts";
import type { RefreshFailure } from "./refresh-failure.ts";
import { prepareRefresh, type Refresh } from "./refresh-grant.ts";
import type { TokenKeeperOptions } from "./token-keeper-options.ts";
import { type TokenOutcome, toOutcome } from "./token-outcome.ts";
import type { FoundEntry, TokenPlace, TokenVault, VaultEntry } from "./token-vault.ts";

/** Options of `TokenRefresh`. */
export type TokenRefreshOptions = Pick<TokenKeeperOptions, "client" | "wait"> & {
  readonly vault: TokenVault;
  /** Returns the time in seconds since the epoch. */
  readonly nowSeconds: () => number;
  readonly log: ProviderTokensLog;
};

/** Milliseconds for which an instance waits, once, for another one that is refreshing an expired token. */
const WAIT_FOR_OTHER = 1000;

/**
 * Returns access tokens, and refreshes them once across any number of instances.
 *
 * One conditional write marks the refresh token as spent before it is sent. Only the instance whose write
 * succeeded sends it. A crash leaves a spent token, but no lock. All others use the valid access token.
 */
export class TokenRefresh {
  readonly #options: TokenRefreshOptions;

  constructor(options: TokenRefreshOptions) {
    this.#options = options;
  }

  /** Returns the access token of a session, refreshed if that is due. */
  async accessToken(place: TokenPlace): Promise<TokenOutcome> {
    const { client, vault } = this.#options;
    const entry = await vault.read(place);
    if (typeof entry === "string") return { ended: entry };
    const { tokens } = entry;
    if (tokens.issuer !== client.issuer) return this.#end(place, entry, "other_issuer");
    if (!isRefreshDue(tokens, this.#now)) return this.#withoutRefresh(place, entry);
    const refresh = await prepareRefresh(client);
    if (refresh instanceof ProviderError) {
      this.#logFailure(place, "unreachable", messageOf(refresh));
      return toOutcome(entry, this.#now, "the provider cannot be reached");
    }
    const marked = await vault.write(place, markSpent(tokens, this.#now), entry);
    return marked === undefined
      ? this.#withoutRefresh(place, await vault.read(place))
      : this.#send(place, marked, refresh);
  }

  get #now(): number {
    return this.#options.nowSeconds();
  }

  /** Sends a refresh token that this instance has marked. */
  async #send(place: TokenPlace, marked: VaultEntry, refresh: Refresh): Promise<TokenOutcome> {
    const { tokens } = marked;
    const requestedAt = this.#now;
    const result = await refresh(tokens.refreshToken ?? "");
    if ("reason" in result) return this.#afterFailure(place, marked, result);
    const { iss, sub } = result.subject ?? tokens.subject;
    if (iss !== tokens.subject.iss || sub !== tokens.subject.sub)
      return this.#end(place, marked, "other_subject");
    return this.#store(place, marked, toRefreshed(tokens, result.response, requestedAt));
  }

  /**
   * Stores refreshed tokens. If they cannot be stored, this request still uses the access token; the next
   * ones use the previous one until it expires.
   */
  async #store(place: TokenPlace, marked: VaultEntry, refreshed: KeptTokens): Promise<TokenOutcome> {
    const { vault, log } = this.#options;
    try {
      const stored = await vault.write(place, refreshed, marked);
      if (stored === undefined) return await this.#withoutRefresh(place, await vault.read(place));
      log({ level: "INFO", event: "provider_tokens_refreshed", session: place.session });
    } catch (error) {
      const failure =
        error instanceof SessionUnavailableError ? error : new Error("the store failed", { cause: error });
      const { session } = place;
      log({ level: "ERROR", event: "provider_tokens_not_stored", session, message: messageOf(failure) });
    }
    return { accessToken: refreshed.accessToken };
  }

  /** A refresh token that was certainly not used loses its mark, so that it can be sent later. */
  async #afterFailure(place: TokenPlace, marked: VaultEntry, failure: RefreshFailure): Promise<TokenOutcome> {
    const { reason, retryAfter } = failure;
    if (reason === "rejected") return this.#end(place, marked, "rejected");
    this.#logFailure(place, reason);
    if (retryAfter === undefined)
      return isValid(marked.tokens, this.#now)
        ? { accessToken: marked.tokens.accessToken }
        : this.#end(place, marked, "lost");
    const free = takeMarkBack(marked.tokens, this.#now + retryAfter);
    // Without this write the token stays spent, which is safe.
    await this.#options.vault.write(place, free, marked).catch(() => undefined);
    return toOutcome(marked, this.#now, "the provider could not refresh it");
  }

  /** Returns an access token without a refresh by this instance. Waits at most once. */
  async #withoutRefresh(place: TokenPlace, found: FoundEntry): Promise<TokenOutcome> {
    const { vault, wait = sleep } = this.#options;
    if (typeof found === "string" || isValid(found.tokens, this.#now)) return toOutcome(found, this.#now, "");
    const { refreshToken, spentAt } = found.tokens;
    if (refreshToken === undefined) return this.#end(place, found, "expired");
    if (spentAt === undefined) return { unavailable: "the provider asked to wait" };
    if (isLost(found.tokens, this.#now)) return this.#end(place, found, "lost");
    await wait(WAIT_FOR_OTHER);
    return toOutcome(await vault.read(place), this.#now, "another instance refreshes it");
  }

  /** Removes the tokens, unless a new sign-in of the same session has replaced them. */
  async #end(place: TokenPlace, entry: VaultEntry, ended: TokensEndReason): Promise<TokenOutcome> {
    const { vault } = this.#options;
    if (await vault.remove(place, entry)) return { ended };
    return toOutcome(await vault.read(place), this.#now, "a new sign-in has replaced it");
  }

  #logFailure({ session }: TokenPlace, reason: RefreshFailureReason, message?: string): void {
    const record = { level: "WARN", event: "provider_tokens_not_refreshed", reason, session } as const;
    this.#options.log({ ...record, ...(message && { message }) });
  }
}
