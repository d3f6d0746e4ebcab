import { type FailureRecord, failureRecord, type LogRecord, writeLog } from "../log/write-log.ts";
import {
  formatKeyRing,
  type KeyRing,
  keyId,
  keysOf,
  lostKeys,
  MOST_PENDING,
  parseKeyRing,
  type RotationTimes,
  rotateKeys,
} from "./key-ring.ts";
import { parseObjectOrEmpty } from "./parse-object-or-empty.ts";
import { retry, type Wait } from "./retry.ts";
import type { Environment } from "./secrets-manager.ts";
import { SecretsManagerVersions } from "./secrets-manager-versions.ts";

/**
 * Event that Secrets Manager sends to a rotation function, once for each step.
 *
 * @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_lambda-functions.html
 */
export interface RotationRequest {
  readonly Step: string;
  /** ARN of the secret. */
  readonly SecretId: string;
  /** Id of the version that becomes current. */
  readonly ClientRequestToken: string;
}

/** Options of a rotation. */
export interface SecretRotationOptions extends Omit<RotationTimes, "now"> {
  /** Environment variables. Default: `process.env`. */
  readonly environment?: Environment;
  /** Returns the time in milliseconds since the epoch. Default: `Date.now`. */
  readonly clock?: () => number;
  /** Returns a new secret key. */
  readonly newKey?: () => string;
  /** Waits for this many milliseconds before the next try. */
  readonly wait?: Wait;
  /** Receives log records. Default: writes one line of JSON. */
  readonly log?: (record: RotationRecord) => void;
}

/** Reports that a new list of keys is current. Each key is named by its id, the beginning of its SHA-256. */
export interface KeysRotated extends LogRecord {
  readonly event: "keys_rotated";
  readonly current: string;
  readonly next?: string;
  /** Number of previous keys that still verify. */
  readonly previous: number;
}

/**
 * Reports that rotations fail to work: there is no next key, or the current one has signed for two periods.
 */
export interface KeysRunOutSoon extends LogRecord {
  readonly event: "keys_run_out_soon";
  readonly reason: "no_next_key" | "overdue";
  readonly current: string;
}

/** Log record of a rotation. No record contains a key. */
export type RotationRecord = KeysRotated | KeysRunOutSoon | FailureRecord<"rotation_failed">;

/** Pauses between the tries of one step, in milliseconds. */
const PAUSES = [200, 1000] as const;

/** Version that is being created, and the current version. */
interface Rotation {
  readonly versions: SecretsManagerVersions;
  readonly token: string;
  readonly current: string;
}

/**
 * Implements the four steps in which Secrets Manager rotates a secret with keys. Each step may be repeated
 * and may be interrupted anywhere, because one call makes a version `AWSCURRENT` that contains every key of
 * living sessions.
 *
 * A new version is used only if the version that it was made from is still current, and for an hour.
 * Otherwise it is abandoned, so a change by hand, such as the end of a key, is never undone.
 */
export class SecretRotation {
  readonly #options: SecretRotationOptions;
  readonly #log: (record: RotationRecord) => void;
  /** Version whose end, a rotation or its failure, was logged last. */
  #logged: string | undefined;
  /** Version that was made current last. */
  #published: string | undefined;

  constructor(options: SecretRotationOptions) {
    this.#options = options;
    this.#log = options.log ?? writeLog;
  }

  /**
   * Runs one step.
   *
   * @throws Error with its cause if the step must be repeated
   */
  async run(request: RotationRequest): Promise<void> {
    try {
      await retry(() => this.#step(request), PAUSES, this.#options.wait);
    } catch (error) {
      this.#log(failureRecord("rotation_failed", error as Error));
      throw error;
    }
  }

  async #step({ Step, SecretId, ClientRequestToken: token }: RotationRequest): Promise<void> {
    const versions = new SecretsManagerVersions(SecretId, this.#options.environment ?? process.env);
    const stages = await versions.stages();
    const [current] = [...stages].find(([, labels]) => labels.includes("AWSCURRENT")) ?? [];
    const isPending = stages.get(token)?.includes("AWSPENDING") ?? false;
    if (current === undefined) throw new Error("the secret has no version AWSCURRENT; restore one");
    const rotation = { versions, token, current };
    if (Step === "createSecret") await this.#create(rotation, isPending);
    else if (Step === "testSecret" && isPending && current !== token) await this.#test(rotation);
    // A response may be lost that made the version current and removed AWSPENDING.
    else if (Step === "finishSecret" && (isPending || (current === token && this.#published === token)))
      await this.#finish(rotation);
  }

  async #create(rotation: Rotation, isPending: boolean): Promise<void> {
    const { versions, token, current } = rotation;
    if (current === token) return;
    if (!isPending) {
      if ((await versions.text(token)) !== undefined) return; // A repeated step of a rotation that has ended.
      throw new Error(`the version ${token} is not AWSPENDING; begin the rotation again`);
    }
    const text = await readCurrent(rotation);
    const ring = parseKeyRing(text);
    this.#warnIfOverdue(ring);
    if ((await versions.text(token)) !== undefined) return;
    const made = formatKeyRing(rotateKeys(ring, this.#times, this.#options.newKey), text);
    await versions.put(token, JSON.stringify({ ...parseObjectOrEmpty(made), SECRET_KEY_BASE: current }));
  }

  /**
   * Checks the pending version. Secrets Manager also calls this step for a test, with a pending version that
   * is empty or current.
   */
  async #test(rotation: Rotation): Promise<void> {
    const before = await readCurrent(rotation);
    const after = await rotation.versions.text(rotation.token);
    if (after === undefined || after === before) return;
    const problem = this.#findProblem(rotation, before, after);
    if (problem !== undefined) await this.#abandon(rotation, problem);
  }

  async #finish(rotation: Rotation): Promise<void> {
    const { versions, token, current } = rotation;
    const after = await versions.text(token);
    if (after === undefined)
      throw new Error(`the version ${token} has no SecretString; begin the rotation again`);
    if (current !== token) {
      const problem = this.#findProblem(rotation, await readCurrent(rotation), after);
      if (problem !== undefined) return this.#abandon(rotation, problem);
      this.#published = token;
      await versions.makeCurrent(current, token);
    }
    this.#logOnce(token, toRecord(parseKeyRing(after)));
    await versions.release(token);
  }

  /** Logs the end of a rotation once, even if the step is repeated. */
  #logOnce(token: string, record: RotationRecord): void {
    if (this.#logged !== token) this.#log(record);
    this.#logged = token;
  }

  /** Returns the reason for which a new version must not become current, or `undefined` if it may. */
  #findProblem({ current }: Rotation, before: string, after: string): string | undefined {
    if (parseObjectOrEmpty(after).SECRET_KEY_BASE !== current)
      return "the keys were changed in the meantime, and that change is kept";
    const [from, to, times] = [parseKeyRing(before), parseKeyRing(after), this.#times];
    if (times.now - creationTime(from, to, times.now) > MOST_PENDING)
      return "the new list is too old to be published";
    const lost = lostKeys(from, to, times);
    return lost.length > 0 ? `sessions would be lost with the keys ${lost.join(", ")}` : undefined;
  }

  /** Abandons the rotation without throwing, so that Secrets Manager begins a new one the next time. */
  async #abandon({ versions, token }: Rotation, problem: string): Promise<void> {
    const error = new Error(`the rotation was abandoned: ${problem}`);
    this.#logOnce(token, failureRecord("rotation_failed", error));
    await versions.release(token);
  }

  /** Logs a warning if the keys show that rotations fail to work. */
  #warnIfOverdue({ current, next }: KeyRing): void {
    const { now, period } = this.#times;
    const signsSince = current.signsSince ?? now;
    const isOverdue = now - signsSince > 2 * period;
    if (!isOverdue && (next !== undefined || current.signsSince === undefined)) return;
    const reason = isOverdue ? "overdue" : "no_next_key";
    this.#log({ level: "WARN", event: "keys_run_out_soon", reason, current: keyId(current.key) });
  }

  get #times(): RotationTimes {
    const { clock = Date.now, period, longestLife } = this.#options;
    return { now: Math.floor(clock() / 1000), period, longestLife };
  }
}

async function readCurrent({ versions, current }: Rotation): Promise<string> {
  const text = await versions.text(current);
  if (text === undefined)
    throw new Error("the current version of the secret has no SecretString; store the keys as JSON");
  return text;
}

/**
 * Returns the time at which a list was created, as far as its newest key shows. A list without a new key may
 * be used at any time.
 */
function creationTime(before: KeyRing, { next }: KeyRing, now: number): number {
  const isNew = next !== undefined && keysOf(before).every(({ key }) => key !== next.key);
  return isNew ? (next.createdAt ?? 0) : now;
}

function toRecord({ current, next, previous }: KeyRing): KeysRotated {
  return {
    level: "INFO",
    event: "keys_rotated",
    current: keyId(current.key),
    ...(next && { next: keyId(next.key) }),
    previous: previous.length,
  };
}
