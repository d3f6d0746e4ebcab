import type { KeyProvider, SecretKeys } from "../../../shared/crypto/secret-keys.ts";
import { parseSecretKeys, secretsManagerKeys } from "../../../shared/keys/secrets-manager-keys.ts";
import type { SessionInterface } from "../../../shared/session/session-interface.ts";
import type { Random } from "../../../shared/testing/random.ts";

/** Key provider of a function: as deployed, or without one of the limits that the simulation proves. */
export type ProviderKind = "deployed" | "no refreshKeys" | "no hard limit";

/** Environment of a function. Times are in seconds. */
export interface FunctionWorld {
  readonly random: Random;
  readonly provider: ProviderKind;
  readonly now: () => number;
  /** Returns the secret's string, or throws while Secrets Manager fails. */
  readonly readSecret: () => string | Error;
  readonly makeSessions: (keys: KeyProvider, clock: () => number) => SessionInterface;
}

/** Read that Lambda may have frozen. Its result was decided when it began. */
interface PendingRead {
  readonly startedAt: number;
  readonly result: string | Error;
  readonly resolve: (text: string) => void;
  readonly reject: (error: Error) => void;
}

/** Maximum difference of two clocks in seconds: the default of the setting `clockSkew`. */
export const CLOCK_SKEW = 60;

/**
 * Simulates one execution environment with its own clock, keys and sessions. Between requests it may be
 * frozen.
 */
export class SimulatedFunction {
  readonly sessions: SessionInterface;
  /** Time at which the read of its keys began. */
  lastRead = Number.NEGATIVE_INFINITY;
  /** String of the secret that it read last. */
  lastText = "";
  /** Time at which its last failed read began. */
  lastFailed = Number.NEGATIVE_INFINITY;
  /** Time until which this environment alone cannot reach Secrets Manager. */
  cutOffUntil = Number.NEGATIVE_INFINITY;
  /** Number of calls of refreshKeys that read too soon after the one before. */
  hastyRefreshes = 0;
  reads = 0;
  readonly #world: FunctionWorld;
  #pending: PendingRead[] = [];
  #lookedAt = Number.NEGATIVE_INFINITY;

  constructor(world: FunctionWorld) {
    this.#world = world;
    const skew = world.random.between(-CLOCK_SKEW / 2, CLOCK_SKEW / 2);
    const clock = () => (world.now() + skew) * 1000;
    this.sessions = world.makeSessions(this.#keys(clock), clock);
  }

  /** Continues the process. Frozen reads succeed, fail, or never end. */
  async thaw(): Promise<void> {
    const frozen = this.#pending.splice(0);
    for (const read of frozen) {
      const fate = this.#world.random.between(1, 3);
      if (fate === 1) this.#answer(read);
      if (fate === 2) read.reject(new Error("the connection is gone"));
    }
    if (frozen.length > 0) await settled();
  }

  /** Ends the request. Its background reads may still receive their responses. */
  async freeze(): Promise<void> {
    if (this.#pending.length === 0 || !this.#world.random.chance(0.6)) return;
    for (const read of this.#pending.splice(0)) this.#answer(read);
    await settled();
  }

  #keys(clock: () => number): KeyProvider {
    const { provider } = this.#world;
    const read = () => this.#read();
    if (provider === "no hard limit") {
      const keys = unlimited(read, clock);
      return () => this.#awaited(keys());
    }
    const options = {
      secretId: "keys",
      environment: {},
      clock,
      read,
      wait: async () => {},
      onError: () => {},
    };
    const keys = secretsManagerKeys(options);
    const give = () => this.#awaited(keys());
    if (provider === "no refreshKeys") return give;
    return Object.assign(give, { refreshKeys: () => this.#refreshKeys(keys) });
  }

  async #refreshKeys(keys: KeyProvider): Promise<SecretKeys> {
    const { reads } = this;
    const list = keys.refreshKeys?.() ?? keys();
    const now = this.#world.now();
    if (this.reads > reads && (await isWaiting(list))) {
      if (now - this.#lookedAt < 30) this.hastyRefreshes++;
      this.#lookedAt = now;
    }
    return this.#awaited(list);
  }

  /** Completes the reads that a request waits for, because a waiting process is not frozen. */
  async #awaited<T>(list: Promise<T>): Promise<T> {
    if (await isWaiting(list)) for (const read of this.#pending.splice(0)) this.#answer(read);
    return list;
  }

  #read(): Promise<string> {
    const result = this.#world.readSecret();
    const startedAt = this.#world.now();
    this.reads++;
    if (result instanceof Error) this.lastFailed = startedAt;
    return new Promise((resolve, reject) => this.#pending.push({ startedAt, result, resolve, reject }));
  }

  #answer({ startedAt, result, resolve, reject }: PendingRead): void {
    if (result instanceof Error) reject(result);
    else {
      if (startedAt >= this.lastRead) this.lastText = result;
      this.lastRead = Math.max(this.lastRead, startedAt);
      resolve(result);
    }
  }
}

/** Key provider without a hard limit: it always uses the cached keys and reads in the background. */
function unlimited(read: () => Promise<string>, clock: () => number): KeyProvider {
  let list: SecretKeys | undefined;
  let staleAt = 0;
  return async () => {
    if (list !== undefined && clock() < staleAt) return list;
    const reading = read().then((text) => {
      list = parseSecretKeys(text);
      staleAt = clock() + 300_000;
      return list;
    });
    reading.catch(() => {});
    return list ?? reading;
  };
}

/** Returns whether a promise waits for more than microtasks. */
async function isWaiting(promise: Promise<unknown>): Promise<boolean> {
  let isSettled = false;
  const settle = () => {
    isSettled = true;
  };
  promise.then(settle, settle);
  for (let ticks = 0; ticks < 12 && !isSettled; ticks++) await undefined;
  return !isSettled;
}

/** Resolves when all microtasks that follow responses have run. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
