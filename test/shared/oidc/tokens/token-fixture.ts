import type { ProviderTokensRecord } from "../../../../shared/oidc/tokens/provider-tokens-log.ts";
import { TokenKeeper } from "../../../../shared/oidc/tokens/token-keeper.ts";
import type { TokenKeeperOptions } from "../../../../shared/oidc/tokens/token-keeper-options.ts";
import { Session } from "../../../../shared/session/session.ts";
import { Clock } from "../../../../shared/testing/clock.ts";
import { LogCollector } from "../../../../shared/testing/log-collector.ts";
import { TaggedJSON } from "../../../../shared/values/tagged-json.ts";
import { SteeredItems } from "./steered-items.ts";
import { ISSUER, TokenProvider, type TokenProviderOptions } from "./token-provider.ts";

export const KEY = "a secret key of at least 32 bytes, for tests";
export const ADA = { id: "ada@example.org", name: "Ada" };
export const CLAIMS = { iss: ISSUER, sub: ADA.id };

/** Result of `accessToken`: the token, or the name of the error with its reason. */
export type Outcome = string;

/** A clock, a provider, a store and a log, and instances of a function that share them. */
export class TokenFixture {
  readonly clock = new Clock();
  readonly steered = new SteeredItems(this.clock.now);
  readonly log = new LogCollector<ProviderTokensRecord>();
  readonly waits: number[] = [];
  readonly provider: TokenProvider;
  /** Runs when an instance waits for another one. */
  onWait: () => unknown = () => {};

  constructor(options: Omit<TokenProviderOptions, "now"> = {}) {
    this.provider = new TokenProvider({ now: () => this.clock.seconds, ...options });
  }

  /** Returns another instance of the function. */
  makeKeeper(options: Partial<TokenKeeperOptions> = {}): TokenKeeper {
    return new TokenKeeper({
      client: this.provider,
      items: this.steered.store,
      keys: [KEY],
      clock: this.clock.now,
      wait: async (milliseconds) => {
        this.waits.push(milliseconds);
        await this.onWait();
      },
      log: this.log.log,
      ...options,
    });
  }

  /** Signs a user in, and returns the data of the session. */
  async signIn(keeper = this.makeKeeper(), session = this.makeSession({})): Promise<Record<string, unknown>> {
    session.signIn(ADA);
    const user = ADA;
    await keeper.onSignIn(session, { user, tokens: this.provider.issue(), claims: CLAIMS } as never);
    return { ...session.toJSON() };
  }

  /** Returns a session with this data, in which a user is signed in. */
  openSession(data: Record<string, unknown>): Session {
    return this.makeSession({ ...data, _user: { ...ADA } });
  }

  makeSession(values: Record<string, unknown>): Session {
    return new Session({
      open: () => ({ values, isNew: false, id: "session-id" }),
      json: new TaggedJSON(),
      nowSeconds: () => this.clock.seconds,
      settings: { permanent: false },
    });
  }

  /** Calls `accessToken` in another request, by default of another instance. */
  ask(data: Record<string, unknown>, keeper = this.makeKeeper()): Promise<Outcome> {
    return outcomeOf(keeper.accessToken(this.openSession(data)));
  }

  /**
   * Freezes an instance while the provider has its refresh token: returns its call, which goes on after
   * `thaw`.
   */
  async freeze(
    data: Record<string, unknown>,
    keeper = this.makeKeeper(),
  ): Promise<{ readonly frozen: Promise<Outcome>; readonly thaw: () => void }> {
    const { promise: isThawed, resolve: thaw } = Promise.withResolvers<void>();
    const { promise: isFrozen, resolve: onFrozen } = Promise.withResolvers<void>();
    this.provider.answer(async (next) => {
      onFrozen();
      await isThawed;
      return next();
    });
    const frozen = this.ask(data, keeper);
    await isFrozen;
    return { frozen, thaw };
  }

  /** Removes all kept tokens. */
  async removeAll(): Promise<void> {
    for (const key of this.steered.keys) await this.steered.inner.remove(key);
  }

  /** Events of the log with their reasons. */
  get events(): string[] {
    return this.log.records.map((record) =>
      "reason" in record ? `${record.event}: ${record.reason}` : record.event,
    );
  }
}

/** Returns the token, or the name of the error with its reason. */
export function outcomeOf(token: Promise<string>): Promise<Outcome> {
  return token.catch((error) => (error.reason === undefined ? error.name : `${error.name}: ${error.reason}`));
}
