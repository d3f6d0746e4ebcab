import { deleteCookie } from "../cookie/session-cookie.ts";
import type { LiveWrites } from "../session/opened-session.ts";
import { SessionConflictError } from "../session/session-errors.ts";
import { lifeOf, settingsFor } from "../stores/session-life.ts";
import type {
  ChangeCondition,
  Found,
  FoundSession,
  RecordChange,
  SessionRecord,
  StoredValue,
  UserSession,
} from "../stores/session-record.ts";
import { isAddable, updateValue } from "../stores/stored-value.ts";
import { tryUntilDone } from "../stores/try-until-done.ts";
import { addTo } from "../values/add-to.ts";
import type { ServerSideContext } from "./server-side-session.ts";
import type { SessionToken } from "./session-token.ts";

/** The part of the context that a stored session needs. */
type StoreContext = Pick<ServerSideContext, "store" | "settings" | "json" | "nowSeconds" | "log">;

/** A session that a request found in the store. */
export interface OpenRecord {
  readonly id: string;
  readonly token: SessionToken;
  /** Time at which the cookie was signed, in seconds since the epoch. */
  readonly signedAt: number;
  /** True if the token is the current one, and not the previous one. */
  readonly isCurrent: boolean;
  readonly record: FoundSession;
  /** Its entry in its user's list. */
  readonly userSession?: UserSession | undefined;
}

/** A change to write, without the parts that all writes have in common. */
export type Write = Pick<RecordChange, "set" | "remove" | "add" | "record"> & {
  readonly condition?: Omit<ChangeCondition, "epoch">;
};

/** The result of a write: done, the session had ended or was renewed, or another condition failed. */
export type Written =
  | { readonly outcome: "done"; readonly sum?: number | undefined }
  | { readonly outcome: "ended" | "renewed"; readonly found?: Found["session"] }
  | { readonly outcome: "refused"; readonly found?: Found["session"] };

/**
 * One session in the store, as one request knows it. Each write is conditional: it is made only while the
 * session exists, is not over, and has the same privilege as when the request began.
 */
export class StoredSession implements LiveWrites {
  readonly id: string;
  readonly token: SessionToken;
  /** Time at which the cookie was signed, in seconds since the epoch. */
  readonly signedAt: number;
  /** True if the token is the current one, and not the previous one. */
  readonly isCurrent: boolean;
  /** Its entry in its user's list. */
  readonly userSession: UserSession | undefined;
  /** The record as it was when the request began. */
  readonly opened: FoundSession;
  readonly #context: StoreContext;
  #record: FoundSession;

  constructor(context: StoreContext, { id, token, signedAt, isCurrent, record, userSession }: OpenRecord) {
    this.#context = context;
    this.id = id;
    this.token = token;
    this.signedAt = signedAt;
    this.isCurrent = isCurrent;
    this.userSession = userSession;
    this.opened = record;
    this.#record = record;
  }

  /** The record as it was last read, with the writes of this request since. */
  get record(): FoundSession {
    return this.#record;
  }

  /** Writes a change, and the time of this use. */
  async write({ condition, record, ...change }: Write): Promise<Written> {
    const { store, nowSeconds } = this.#context;
    const whole: RecordChange = {
      ...change,
      now: nowSeconds(),
      condition: { ...condition, epoch: this.#record.epoch },
      record: { ...this.#seen(record), ...record },
    };
    const result = await store.change(this.id, whole, this.#record);
    if (!result.done) return { outcome: this.#refusal(result.found), found: result.found };
    this.#record = changed(this.#record, whole, result.sum);
    return { outcome: "done", sum: result.sum };
  }

  /**
   * Stores the result of `change` for the current value, and returns it.
   *
   * @throws SessionConflictError when the session has ended for this request
   */
  update(key: string, change: (value: unknown) => unknown): Promise<unknown> {
    const { json } = this.#context;
    return tryUntilDone(async () => {
      const before = this.#record.values.get(key);
      const { value, stored } = updateValue(before, change, json, key);
      const set = new Map([[key, stored]]);
      const written = await this.write({ set, condition: { values: new Map([[key, before]]) } });
      return this.#isDone(written) ? { value } : undefined;
    }).then(({ value }) => value);
  }

  /**
   * Adds to a number in one step, and returns the sum.
   *
   * @throws TypeError when the value is not a number
   * @throws SessionConflictError when the session has ended for this request
   */
  async increment(key: string, by: number): Promise<number> {
    const written = isAddable(by) ? await this.write({ add: { key, by } }) : undefined;
    if (written !== undefined && this.#isDone(written) && written.sum !== undefined) return written.sum;
    return this.update(key, (value) => addTo(key, value, by)) as Promise<number>;
  }

  /** Logs that changes are lost because the session has ended for this request, and returns the error. */
  conflict(outcome: "ended" | "renewed"): SessionConflictError {
    const { log, settings } = this.#context;
    const event = outcome === "ended" ? "session_gone" : "session_conflict";
    log({ level: "WARN", event, session: this.id, reason: outcome });
    const setCookie = outcome === "ended" ? { setCookie: deleteCookie(settings.cookie) } : {};
    return new SessionConflictError(outcome, { ...setCookie, vary: true });
  }

  #isDone(written: Written): written is Written & { outcome: "done" } {
    if (written.outcome === "ended" || written.outcome === "renewed") throw this.conflict(written.outcome);
    return written.outcome === "done";
  }

  #refusal(found: Found["session"]): "ended" | "renewed" | "refused" {
    if (!isRecord(found) || found.expiresAt < this.#context.nowSeconds()) return "ended";
    if (found.epoch !== this.#record.epoch) return "renewed";
    this.#record = found;
    return "refused";
  }

  /**
   * Both times only increase, so a slow clock cannot shorten the session, unless the lifetime changes.
   */
  #seen(change: Write["record"]): Pick<SessionRecord, "lastSeenAt" | "expiresAt"> {
    const { nowSeconds, settings } = this.#context;
    const { createdAt, lifetime } = { ...this.#record, ...change };
    const { lastSeenAt, expiresAt } = lifeOf(settingsFor(settings, lifetime), createdAt, nowSeconds());
    const isKept = lifetime === this.#record.lifetime;
    return {
      lastSeenAt: Math.max(this.#record.lastSeenAt, lastSeenAt),
      expiresAt: isKept ? Math.max(this.#record.expiresAt, expiresAt) : expiresAt,
    };
  }
}

function isRecord(found: Found["session"]): found is FoundSession {
  return typeof found === "object";
}

function changed(record: FoundSession, change: RecordChange, sum: number | undefined): FoundSession {
  const values = new Map<string, StoredValue>(record.values);
  for (const [key, value] of change.set ?? []) values.set(key, value);
  for (const key of change.remove ?? []) values.delete(key);
  if (change.add !== undefined && sum !== undefined) values.set(change.add.key, sum);
  return { ...record, ...change.record, values };
}
