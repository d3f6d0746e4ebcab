import { type FailureRecord, failureRecord, type LogRecord, writeLog } from "../log/write-log.ts";
import { parseJsonObject } from "./json-object.ts";
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
import { type Environment, RetryableError } from "./secrets-manager.ts";
import { SecretsManagerVersions } from "./secrets-manager-versions.ts";

/**
 * What Secrets Manager asks of a rotation function, once for each step.
 *
 * @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_lambda-functions.html
 */
export interface RotationRequest {
  readonly Step: string;
  /** The secret's ARN. */
  readonly SecretId: string;
  /** The id of the version that is to become current. */
  readonly ClientRequestToken: string;
}

/** How keys are rotated. */
export interface SecretRotationOptions extends Omit<RotationTimes, "now"> {
  /** Default: `process.env`. */
  readonly environment?: Environment;
  /** The time in milliseconds since the epoch. Default: `Date.now`. */
  readonly clock?: () => number;
  /** Makes a secret key. */
  readonly newKey?: () => string;
  /** Waits for some milliseconds before a further try. */
  readonly wait?: (milliseconds: number) => Promise<unknown>;
  /** Takes what happened. Default: one line of JSON. */
  readonly log?: (record: RotationRecord) => void;
}

/** A new list of keys is current. Keys are called by the beginning of their SHA-256. */
export interface KeysRotated extends LogRecord {
  readonly event: "keys_rotated";
  readonly current: string;
  readonly next?: string;
  /** How many previous keys still verify. */
  readonly previous: number;
}

/** Rotations do not do their work: there is no next key, or the current one has signed for two periods. */
export interface KeysRunOutSoon extends LogRecord {
  readonly event: "keys_run_out_soon";
  readonly reason: "no_next_key" | "overdue";
  readonly current: string;
}

/** What a rotation tells. No record holds a key. */
export type RotationRecord = KeysRotated | KeysRunOutSoon | FailureRecord<"rotation_failed">;

/** The pauses between the tries of one step, in milliseconds. */
const PAUSES = [200, 1000] as const;

/** A version under way, and the one that is current. */
interface Rotation {
  readonly versions: SecretsManagerVersions;
  readonly token: string;
  readonly current: string;
}

/**
 * The four steps in which Secrets Manager rotates a secret of keys. Each may be repeated, and interrupted anywhere:
 * the version that is `AWSCURRENT` changes in one call, to one that holds every key that living sessions need.
 *
 * A new version counts only as long as the one that it was made from is current, and for an hour. Else it is given up:
 * a change by hand, such as the end of a key, is never undone.
 */
export class SecretRotation {
  readonly #options: SecretRotationOptions;
  readonly #log: (record: RotationRecord) => void;
  /** The version that was told of last. */
  #told: string | undefined;

  constructor(options: SecretRotationOptions) {
    this.#options = options;
    this.#log = options.log ?? writeLog;
  }

  /** Does one step. @throws Error with its cause when it has to be repeated */
  async run(request: RotationRequest): Promise<void> {
    try {
      await this.#persist(() => this.#step(request));
    } catch (error) {
      this.#fail(error as Error);
      throw error;
    }
  }

  async #persist(step: () => Promise<void>): Promise<void> {
    const { wait = sleep } = this.#options;
    for (const pause of PAUSES) {
      try {
        return await step();
      } catch (error) {
        if (!(error instanceof RetryableError)) throw error;
        await wait(pause);
      }
    }
    return step();
  }

  async #step({ Step, SecretId, ClientRequestToken: token }: RotationRequest): Promise<void> {
    const versions = new SecretsManagerVersions(SecretId, this.#options.environment ?? process.env);
    const stages = await versions.stages();
    const [current] = [...stages].find(([, labels]) => labels.includes("AWSCURRENT")) ?? [];
    const isPending = stages.get(token)?.includes("AWSPENDING") ?? false;
    if (current === undefined) throw new Error("no version of the secret is current");
    const rotation = { versions, token, current };
    if (Step === "createSecret") await this.#create(rotation, isPending);
    else if (Step === "testSecret" && isPending && current !== token) await this.#test(rotation);
    else if (Step === "finishSecret" && isPending) await this.#finish(rotation);
  }

  async #create(rotation: Rotation, isPending: boolean): Promise<void> {
    const { versions, token, current } = rotation;
    if (current === token) return;
    if (!isPending) throw new Error(`the version ${token} is not pending`);
    const text = await textOf(rotation);
    const ring = parseKeyRing(text);
    this.#warn(ring);
    if ((await versions.text(token)) !== undefined) return;
    const made = formatKeyRing(rotateKeys(ring, this.#times, this.#options.newKey), text);
    await versions.put(token, JSON.stringify({ ...parseJsonObject(made), SECRET_KEY_BASE: current }));
  }

  /** Secrets Manager also tries this step out, with a pending version that is the current one, or is empty. */
  async #test(rotation: Rotation): Promise<void> {
    const before = await textOf(rotation);
    const after = await rotation.versions.text(rotation.token);
    if (after === undefined || after === before) return;
    const problem = this.#problemOf(rotation, before, after);
    if (problem !== undefined) await this.#giveUp(rotation, problem);
  }

  async #finish(rotation: Rotation): Promise<void> {
    const { versions, token, current } = rotation;
    const after = await versions.text(token);
    if (after === undefined) throw new Error(`the version ${token} has no text`);
    if (current !== token) {
      const problem = this.#problemOf(rotation, await textOf(rotation), after);
      if (problem !== undefined) return this.#giveUp(rotation, problem);
      await versions.move("AWSCURRENT", current, token);
    }
    this.#tell(token, after);
    await versions.move("AWSPENDING", token);
  }

  /** Once, though the step be tried again. */
  #tell(token: string, text: string): void {
    if (this.#told !== token) this.#log(rotated(parseKeyRing(text)));
    this.#told = token;
  }

  /** Why a new version must not become current; `undefined` when nothing speaks against it. */
  #problemOf({ current }: Rotation, before: string, after: string): string | undefined {
    if (parseJsonObject(after).SECRET_KEY_BASE !== current)
      return "the keys were changed in the meantime, and that change stands";
    const [from, to, times] = [parseKeyRing(before), parseKeyRing(after), this.#times];
    if (times.now - madeAt(from, to, times.now) > MOST_PENDING) return "the new list is too old";
    const lost = lostKeys(from, to, times);
    return lost.length > 0 ? `sessions would be lost with the keys ${lost.join(", ")}` : undefined;
  }

  /** Ends the rotation without a failure, so that Secrets Manager begins a new one the next time. */
  async #giveUp({ versions, token }: Rotation, problem: string): Promise<void> {
    await versions.move("AWSPENDING", token);
    this.#fail(new Error(`the rotation was given up: ${problem}`));
  }

  /** Tells that rotations did not do their work, from what they left behind. */
  #warn({ current, next }: KeyRing): void {
    const { now, period } = this.#times;
    const signs = current.signs ?? now;
    const isOverdue = now - signs > 2 * period;
    if (!isOverdue && (next !== undefined || current.signs === undefined)) return;
    const reason = isOverdue ? "overdue" : "no_next_key";
    this.#log({ level: "WARN", event: "keys_run_out_soon", reason, current: keyId(current.key) });
  }

  #fail(error: Error): void {
    this.#log(failureRecord("rotation_failed", error));
  }

  get #times(): RotationTimes {
    const { clock = Date.now, period, longestLife } = this.#options;
    return { now: Math.floor(clock() / 1000), period, longestLife };
  }
}

async function textOf({ versions, current }: Rotation): Promise<string> {
  const text = await versions.text(current);
  if (text === undefined) throw new Error("the current version of the secret holds no text");
  return text;
}

/** When a list was made, as far as its newest key tells: one without a new key is as good at any time. */
function madeAt(before: KeyRing, { next }: KeyRing, now: number): number {
  const isNew = next !== undefined && keysOf(before).every(({ key }) => key !== next.key);
  return isNew ? (next.born ?? 0) : now;
}

function rotated({ current, next, previous }: KeyRing): KeysRotated {
  return {
    level: "INFO",
    event: "keys_rotated",
    current: keyId(current.key),
    ...(next && { next: keyId(next.key) }),
    previous: previous.length,
  };
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
