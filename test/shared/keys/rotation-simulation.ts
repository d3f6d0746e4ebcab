import { SecureCookieSessionInterface } from "../../../shared/cookie/secure-cookie-session-interface.ts";
import type { KeyProvider } from "../../../shared/crypto/secret-keys.ts";
import { TimestampSigner } from "../../../shared/crypto/timestamp-signer.ts";
import {
  endKey,
  formatKeyRing,
  keyId,
  LEAST_PUBLISHED,
  parseKeyRing,
  rotateKeys,
} from "../../../shared/keys/key-ring.ts";
import { SecretRotation } from "../../../shared/keys/secret-rotation.ts";
import { ServerSideSessionInterface } from "../../../shared/server-side/server-side-session-interface.ts";
import type { Session } from "../../../shared/session/session.ts";
import { SessionUnavailableError } from "../../../shared/session/session-errors.ts";
import type { SessionInterface } from "../../../shared/session/session-interface.ts";
import { resolveSettings, type SessionSettings } from "../../../shared/session/session-settings.ts";
import { MemoryStore } from "../../../shared/stores/memory-store.ts";
import { Random } from "../../../shared/testing/random.ts";
import { BARE_REQUEST } from "../../support/bare-request.ts";
import { type CallFault, FakeSecret } from "../../support/fake-secret.ts";
import { keysIn } from "./key-witness.ts";
import { CLOCK_SKEW, type ProviderKind, SimulatedFunction } from "./rotation-simulation-function.ts";
import { SimulatedVisitor } from "./rotation-simulation-visitor.ts";

/** Variant to simulate: the scheme of the rotation, and the key provider of the functions. */
export interface SimulationOptions {
  readonly seed: number;
  /** `naive`: a new key signs at once. */
  readonly scheme: "next, then current" | "naive";
  readonly provider: ProviderKind;
}

/** Results of the runs. Every property is a count. */
export interface Tally {
  /** Visits of sessions that had to be found. */
  visits: number;
  /** Lost sessions, although all rules were kept. */
  lost: number;
  /**
   * Sessions that were not found because Secrets Manager had failed this function from before the key was
   * published. They continue later.
   */
  blind: number;
  /** Sessions that a function signed after Secrets Manager had failed it for longer than a period. */
  overdue: number;
  /** Sessions whose key was ended by hand. */
  ended: number;
  /** Requests without a session, because a new function could not read the keys. */
  unavailable: number;
  /** New keys that became current. */
  promotions: number;
  /** Failed steps of rotations. */
  failedSteps: number;
  /** Keys that were removed from the secret. */
  retirements: number;
  /** Fresh cookies that were signed with a removed key. */
  replays: number;
  /** Such cookies that were accepted within the hard limit or while Secrets Manager failed. */
  acceptedInTime: number;
  /** Such cookies that were accepted later. */
  accepted: number;
  forged: number;
  acceptedForged: number;
  /** Calls of refreshKeys that read within 30 seconds of the one before. */
  hastyRefreshes: number;
  reads: number;
}

/** Maximum time for which a function accepts a removed key, in seconds: three times 300. */
const HARD_LIMIT = 900;
/** Maximum time for which a function uses older keys after Secrets Manager has failed it, in seconds. */
const COVERED = 30;
const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const EVENTS = 50;
const STEPS = ["createSecret", "setSecret", "testSecret", "finishSecret"] as const;
const FAULTS: readonly CallFault[] = ["throttled", "broken", "cut off", "answer lost"];
const STRANGE_KEY = "a secret key that was never in the secret";

/** Secrets of the current runs by name, which the fake Secrets Manager reads. */
export const SECRETS = new Map<string, FakeSecret>();

/** Counts before the first run. */
export function emptyTally(): Tally {
  const counts = { visits: 0, lost: 0, blind: 0, overdue: 0, ended: 0, unavailable: 0, promotions: 0 };
  const keys = { failedSteps: 0, retirements: 0, replays: 0, acceptedInTime: 0, accepted: 0 };
  return { ...counts, ...keys, forged: 0, acceptedForged: 0, hastyRefreshes: 0, reads: 0 };
}

/** Simulates one application: functions, visitors, a secret that rotates, and failures. */
export class RotationSimulation {
  readonly #options: SimulationOptions;
  readonly #random: Random;
  readonly #tally: Tally;
  readonly #secret: FakeSecret;
  readonly #isStored: boolean;
  readonly #settings: SessionSettings;
  readonly #lifetime: number;
  readonly #period: number;
  readonly #store = new MemoryStore();
  readonly #functions: SimulatedFunction[];
  readonly #visitors: SimulatedVisitor[];
  readonly #publishedAt = new Map<string, number>();
  readonly #leftAt = new Map<string, number>();
  readonly #endedByHand = new Set<string>();
  readonly #signers = new Map<string, TimestampSigner>();
  readonly #rotationSkew: number;
  #now = 1_800_000_000;
  #outageUntil = 0;
  #rotatedAt = 0;
  #changedAt = 0;
  #step: { token: string; index: number } | undefined;
  #known: readonly string[] = [];
  #numbers = 0;

  constructor(options: SimulationOptions, tally: Tally) {
    const random = new Random(options.seed);
    this.#options = options;
    this.#tally = tally;
    this.#random = random;
    this.#isStored = random.chance(0.5);
    this.#lifetime = random.pick([HOUR, 12 * HOUR, 3 * DAY]);
    this.#period = random.pick([DAY, 3 * DAY, 30 * DAY]);
    this.#settings = {
      lifetime: this.#lifetime,
      permanent: random.chance(0.5),
      refreshEachRequest: random.chance(0.2),
    };
    this.#rotationSkew = random.between(-CLOCK_SKEW / 2, CLOCK_SKEW / 2);
    this.#secret = new FakeSecret(JSON.stringify({ SECRET_KEY: this.#newKey() }));
    this.#secret.onChange = (text) => this.#seeKeys(text);
    this.#secret.faultOf = () => this.#faultOf();
    this.#seeKeys(this.#secret.text);
    this.#functions = Array.from({ length: random.between(2, 6) }, () => this.#makeFunction());
    const visitors = random.between(2, 6);
    this.#visitors = Array.from({ length: visitors }, () => new SimulatedVisitor(this.#lifetime));
  }

  /** Adds to a count. */
  async run(): Promise<void> {
    const name = `${this.#options.seed}`;
    SECRETS.set(name, this.#secret);
    for (let event = 0; event < EVENTS; event++) {
      this.#now += this.#pause();
      await this.#rotate(name);
      await this.#happen();
    }
    for (const one of this.#functions) this.#count(one);
    SECRETS.delete(name);
  }

  /** Returns the next pause. Many events follow a change of the keys, then none for hours and days. */
  #pause(): number {
    const chance = this.#random.next();
    if (this.#now - this.#changedAt < HARD_LIMIT && chance < 0.85) return this.#random.between(0, 2 * MINUTE);
    if (chance < 0.35) return this.#random.between(0, 30);
    if (chance < 0.65) return this.#random.between(0, 20 * MINUTE);
    if (chance < 0.88) return this.#random.between(0, 6 * HOUR);
    return this.#random.between(0, Math.min(this.#period, 5 * DAY));
  }

  async #happen(): Promise<void> {
    const chance = this.#random.next();
    if (chance < 0.72) return this.#visit();
    if (chance < 0.8) return this.#replay();
    if (chance < 0.87) return this.#forge();
    if (chance < 0.92) return this.#replaceFunction();
    if (chance < 0.95) this.#outageUntil = this.#now + this.#random.between(1, 4 * HOUR);
    else if (chance < 0.98)
      this.#random.pick(this.#functions).cutOffUntil = this.#now + this.#random.between(1, 4 * HOUR);
    else this.#endKey();
  }

  // Events of the keys.

  async #rotate(name: string): Promise<void> {
    const isDue = this.#now - this.#rotatedAt >= this.#period;
    const isImpatient = this.#now - this.#changedAt < 2 * HOUR;
    if (this.#step === undefined && !isDue && !this.#random.chance(isImpatient ? 0.12 : 0.03)) return;
    if (this.#now < this.#outageUntil && this.#random.chance(0.7)) return;
    if (this.#options.scheme === "naive") return this.#rotateNaively();
    this.#rotatedAt = this.#now;
    this.#step ??= { token: this.#secret.beginRotation(), index: 0 };
    do {
      await this.#runStep(name, this.#step);
      if (this.#step.index === STEPS.length) this.#step = undefined;
    } while (this.#step !== undefined && this.#random.chance(0.7));
  }

  /** Runs a rotation whose steps fail, are repeated, and begin again. */
  async #runStep(name: string, step: { token: string; index: number }): Promise<void> {
    const rotation = new SecretRotation({
      environment: {},
      period: this.#period,
      longestLife: Math.ceil(this.#lifetime * 1.1),
      clock: () => (this.#now + this.#rotationSkew) * 1000,
      newKey: () => this.#newKey(),
      wait: async () => {},
      log: () => {},
    });
    const Step = STEPS[step.index] ?? "finishSecret";
    try {
      await rotation.run({ Step, SecretId: name, ClientRequestToken: step.token });
      if (!this.#random.chance(0.1)) step.index++;
    } catch {
      this.#tally.failedSteps++;
      if (this.#random.chance(0.5)) this.#step = { token: this.#secret.beginRotation(), index: 0 };
    }
  }

  #rotateNaively(): void {
    if (this.#now < this.#outageUntil) return;
    const { current, previous } = parseKeyRing(this.#secret.text);
    const key = { key: this.#newKey(), createdAt: this.#now, signsSince: this.#now };
    const ring = { current: key, previous: [{ ...current, retiredAt: this.#now }, ...previous] };
    const next = { key: STRANGE_KEY, createdAt: this.#now };
    const times = { now: this.#now, period: this.#period, longestLife: this.#lifetime * 1.1 };
    const kept = rotateKeys({ ...ring, next }, times);
    this.#rotatedAt = this.#now;
    this.#secret.change(formatKeyRing({ ...ring, previous: kept.previous }));
  }

  /**
   * Ends a key by hand: the current one only if every function knows the next one, as the runbook demands.
   */
  #endKey(): void {
    const ring = parseKeyRing(this.#secret.text);
    const { next } = ring;
    if (this.#now < this.#outageUntil || next === undefined) return;
    if (this.#now - (this.#publishedAt.get(next.key) ?? this.#now) < LEAST_PUBLISHED) return;
    const { key } = this.#random.pick([ring.current, ...ring.previous]);
    this.#endedByHand.add(key);
    const ended = endKey(ring, keyId(key), this.#now, () => this.#newKey());
    this.#secret.change(formatKeyRing(ended, this.#secret.text));
  }

  #seeKeys(text: string): void {
    const keys = keysIn(text);
    this.#changedAt = this.#now;
    if (this.#known[0] !== undefined && keys[0] !== this.#known[0]) this.#tally.promotions++;
    for (const key of keys) if (!this.#publishedAt.has(key)) this.#publishedAt.set(key, this.#now);
    for (const key of this.#known) if (!keys.includes(key)) this.#leftAt.set(key, this.#now);
    this.#tally.retirements += this.#known.filter((key) => !keys.includes(key)).length;
    this.#known = keys;
  }

  #newKey(): string {
    this.#numbers++;
    return `secret key number ${this.#numbers} of at least 32 bytes`;
  }

  #faultOf(): CallFault | undefined {
    if (this.#now < this.#outageUntil) return "broken";
    return this.#random.chance(0.08) ? this.#random.pick(FAULTS) : undefined;
  }

  // Events of the functions and the visitors.

  #makeFunction(): SimulatedFunction {
    const made: SimulatedFunction = new SimulatedFunction({
      random: this.#random,
      provider: this.#options.provider,
      now: () => this.#now,
      readSecret: () => this.#readSecret(made),
      makeSessions: (keys, clock) => this.#makeSessions(keys, clock),
    });
    return made;
  }

  #makeSessions(keys: KeyProvider, clock: () => number): SessionInterface {
    const options = { keys, clock, settings: this.#settings, log: () => {} };
    return this.#isStored
      ? new ServerSideSessionInterface({ ...options, store: this.#store })
      : new SecureCookieSessionInterface(options);
  }

  #readSecret({ cutOffUntil }: SimulatedFunction): string | Error {
    const fails = this.#now < this.#outageUntil || this.#now < cutOffUntil || this.#random.chance(0.03);
    return fails ? new Error("Secrets Manager fails") : this.#secret.text;
  }

  #replaceFunction(): void {
    const index = this.#random.between(0, this.#functions.length - 1);
    const gone = this.#functions.splice(index, 1, this.#makeFunction());
    for (const one of gone) this.#count(one);
  }

  #count({ reads, hastyRefreshes }: SimulatedFunction): void {
    this.#tally.reads += reads;
    this.#tally.hastyRefreshes += hastyRefreshes;
  }

  /** Returns a function. The first ones are busy; the last ones are frozen for days. */
  #pickFunction(): SimulatedFunction {
    return this.#random.pick(this.#functions, 2);
  }

  async #visit(): Promise<void> {
    const visitor = this.#random.pick(this.#visitors);
    const called = this.#pickFunction();
    await this.#request(called, visitor.cookie(this.#now), (session) => this.#use(session, visitor, called));
  }

  /** Runs one request; `use` returns whether the session is saved. */
  async #request(
    called: SimulatedFunction,
    cookie: string | undefined,
    use: (session: Session) => ((saved: Awaited<ReturnType<SessionInterface["save"]>>) => void) | undefined,
  ): Promise<void> {
    await called.thaw();
    const cookies = cookie === undefined ? [] : [`__Host-session=${cookie}`];
    const request = { cookies, ...BARE_REQUEST };
    try {
      const session = await called.sessions.open(request);
      const take = use(session);
      if (take !== undefined) take(await called.sessions.save(session, request));
    } catch (error) {
      if (!(error instanceof SessionUnavailableError)) throw error;
      this.#tally.unavailable++;
    }
    await called.freeze();
  }

  #use(session: Session, visitor: SimulatedVisitor, called: SimulatedFunction) {
    const found = session.get("number");
    const mustLive = visitor.mustLive(this.#now);
    if (mustLive) this.#tally.visits++;
    if (mustLive && found !== visitor.number && !this.#mayBeMissing(visitor, called)) return undefined;
    const writes = found !== visitor.number || this.#random.chance(0.4);
    if (writes) {
      visitor.number = ++this.#numbers;
      session.set("number", visitor.number);
    }
    const isOverdue = this.#now - called.lastRead > this.#period;
    return (saved: Awaited<ReturnType<SessionInterface["save"]>>) => {
      if (saved.setCookie !== undefined) visitor.isOverdue = isOverdue;
      visitor.take(saved, this.#now, writes);
    };
  }

  /**
   * Counts the reason for which a required session was not found. Returns whether the visitor begins again.
   */
  #mayBeMissing(visitor: SimulatedVisitor, called: SimulatedFunction): boolean {
    const key = this.#keyOf(visitor.cookie(this.#now) ?? "");
    if (key !== undefined && this.#isBlindTo(key, called)) {
      this.#tally.blind++;
      return false;
    }
    if (key !== undefined && this.#endedByHand.has(key)) this.#tally.ended++;
    else if (visitor.isOverdue) this.#tally.overdue++;
    else this.#tally.lost++;
    return true;
  }

  /**
   * Returns whether the key was published after the function's last successful read, and its last read failed
   * just now.
   */
  #isBlindTo(key: string, { lastText, lastRead, lastFailed }: SimulatedFunction): boolean {
    return !lastText.includes(key) && lastFailed > lastRead && this.#now - lastFailed <= COVERED;
  }

  // Attacks.

  /** Sends many forged cookies at once. */
  async #forge(): Promise<void> {
    const called = this.#pickFunction();
    const value = this.#signedWith(STRANGE_KEY, "e30");
    for (let count = 0; count < 3; count++)
      await this.#request(called, value, (session) => {
        this.#tally.forged++;
        if (!session.isNew) this.#tally.acceptedForged++;
        return undefined;
      });
  }

  /** Sends a fresh cookie that is signed with a removed key. */
  async #replay(): Promise<void> {
    const gone = [...this.#leftAt].slice(-3);
    const shown = this.#random.pick(this.#visitors).cookie(this.#now);
    if (gone.length === 0 || shown === undefined) return;
    const [key, leftAt] = this.#random.pick(gone);
    const called = this.#pickFunction();
    const cookie = this.#signedWith(key, shown.split(".").slice(0, -2).join("."));
    await this.#request(called, cookie, (session) => {
      this.#tally.replays++;
      if (session.isNew) return undefined;
      const isLate = this.#now - leftAt > HARD_LIMIT && this.#now - called.lastFailed > COVERED;
      this.#tally[isLate ? "accepted" : "acceptedInTime"]++;
      return undefined;
    });
  }

  #signedWith(key: string, payload: string): string {
    return this.#signer(key).sign(payload, this.#now);
  }

  #signer(key: string): TimestampSigner {
    const { salt, digest, keyDerivation } = resolveSettings();
    const whole = this.#isStored ? `${salt}.server-side` : salt;
    const signer =
      this.#signers.get(key) ?? new TimestampSigner({ keys: [key], salt: whole, digest, keyDerivation });
    this.#signers.set(key, signer);
    return signer;
  }

  #keyOf(cookie: string): string | undefined {
    const age = { now: this.#now, maxAge: Number.POSITIVE_INFINITY, clockSkew: DAY };
    return [...this.#publishedAt.keys()].find((key) => !this.#signer(key).unsign(cookie, age).refusal);
  }
}
