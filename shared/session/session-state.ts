import { TrackedData } from "../values/tracked-data.ts";
import type { Flash } from "./flash.ts";
import type { LiveWrites, OpenedSession, SessionOptions } from "./opened-session.ts";
import { assertPublic, isMetadata, RESERVED } from "./reserved-keys.ts";
import type { SessionOutcome } from "./session-outcome.ts";
import { isUser, type User } from "./user.ts";

/** The state behind a `Session`: what the request brought, and what the handler has done with it so far. */
export class SessionState {
  readonly options: SessionOptions;
  /** The flashed messages that the handler has taken. */
  flashes: readonly Flash[] | undefined;
  /** Whether the session gets a new token. */
  renewed = false;
  /** Whether the handler cleared the session that the request brought. */
  cleared = false;
  #opened: OpenedSession | undefined;
  #data: TrackedData | undefined;
  #wroteLive = false;
  #closed = false;

  constructor(options: SessionOptions) {
    this.options = options;
  }

  /** Returns the data. Opens the session at the first use. */
  read(): TrackedData {
    if (this.#data === undefined) {
      this.#opened = this.options.open();
      this.#data = new TrackedData(this.#opened.values, this.options.json);
    }
    return this.#data;
  }

  /**
   * Returns the data for a change.
   *
   * @throws Error when the session is locked or closed
   */
  write(): TrackedData {
    if (this.options.locked !== undefined) throw new Error(this.options.locked);
    if (this.#closed)
      throw new Error(
        "the session was saved before this change: await every change before the handler returns",
      );
    return this.read();
  }

  /** Removes everything, with the metadata. Later changes belong to a new session. */
  clear(): void {
    const data = this.write();
    for (const key of data.keys()) data.delete(key);
    this.flashes = undefined;
    this.cleared = true;
  }

  /** Requests a new token, which the session gets when it is saved. */
  renew(): void {
    this.write();
    this.renewed = true;
  }

  /** Binds the session to a user, and renews it. The data of another user is removed. */
  signIn({ id, name }: User): void {
    if ((this.user?.id ?? id) !== id) this.clear();
    const data = this.write();
    data.set(RESERVED.user, { id, name });
    data.set(RESERVED.created, this.options.nowSeconds());
    this.renewed = true;
  }

  /** Whether the session was opened. */
  get accessed(): boolean {
    return this.#data !== undefined;
  }

  /** Whether the session was changed. Live writes count, although they are stored already. */
  get modified(): boolean {
    if (this.#wroteLive || this.renewed || this.cleared) return true;
    return this.#data !== undefined && this.#data.changedKeys().size > 0;
  }

  /** Opens the session, and returns what the request brought. */
  get opened(): OpenedSession | undefined {
    this.read();
    return this.#opened;
  }

  /** Opens the session, and returns what the request brought, unless the handler cleared it. */
  get current(): OpenedSession | undefined {
    this.read();
    return this.cleared ? undefined : this.#opened;
  }

  /** Whether the cookie outlives the browser window. */
  get permanent(): boolean {
    const stored = this.read().get(RESERVED.permanent);
    return typeof stored === "boolean" ? stored : this.options.permanent;
  }

  /**
   * When the session was created, in seconds since the epoch. A cookie of Flask's is as old as its signature.
   */
  get createdAt(): number | undefined {
    const created = this.read().get(RESERVED.created);
    return typeof created === "number" ? created : this.current?.lastSeenAt;
  }

  /** The user who is signed in. */
  get user(): User | undefined {
    const user = this.read().get(RESERVED.user);
    return isUser(user) ? Object.freeze({ id: user.id, name: user.name }) : undefined;
  }

  /** Stores the result of `change` for the current value, and returns it. */
  async update(key: string, change: (value: unknown) => unknown): Promise<unknown> {
    const live = this.#liveWrites(key);
    if (live !== undefined) return this.#settle(key, await live.update(key, change));
    const value = change(this.read().get(key));
    this.write().set(key, value);
    return value;
  }

  /** Adds to a number, and returns the sum. */
  async increment(key: string, by: number): Promise<number> {
    const live = this.#liveWrites(key);
    if (live !== undefined) return this.#settle(key, await live.increment(key, by)) as number;
    return this.update(key, (value) => addTo(key, value, by)) as Promise<number>;
  }

  /**
   * Returns the live writes of a key; `undefined` if the request changed it, so that it is saved with the
   * session.
   */
  #liveWrites(key: string): LiveWrites | undefined {
    assertPublic(key);
    const { live } = this.options;
    return this.write().changedKeys().has(key) || this.cleared ? undefined : live;
  }

  /** Takes over a stored value. It is returned by `get`, so that later changes inside it are noticed. */
  #settle(key: string, value: unknown): unknown {
    this.#wroteLive = true;
    const data = this.write();
    if (!data.changedKeys().has(key)) data.settle(key, value);
    return data.get(key);
  }

  /** Makes later changes throw, because the response has already been built. */
  close(): void {
    this.#closed = true;
  }

  /**
   * Closes the session, and returns what the request did with it.
   *
   * @throws UnstorableValueError when a value was changed inside to one that cannot be stored
   */
  toOutcome(): SessionOutcome {
    this.#closed = true;
    if (this.#data === undefined) return { status: "unused" };
    const changedKeys = this.#data.changedKeys();
    if (!this.renewed && !this.cleared && changedKeys.size === 0) return { status: "read" };
    const { values } = this.#data;
    const { json, nowSeconds } = this.options;
    for (const key of changedKeys) {
      const value = Object.hasOwn(values, key) ? values[key] : undefined;
      // `set` has checked the value, but an object may have been changed since.
      if (typeof value === "object" && value !== null) json.check(value, key);
    }
    const isEmpty = !Object.keys(values).some(isData);
    const { [RESERVED.user]: user, [RESERVED.permanent]: stored } = values;
    const permanent = typeof stored === "boolean" ? stored : this.options.permanent;
    values[RESERVED.created] ??= this.current?.lastSeenAt ?? nowSeconds();
    if (permanent) values[RESERVED.permanent] = true;
    const signedInUser = user !== undefined && isUser(user) ? user : undefined;
    return {
      status: !isEmpty ? "changed" : this.cleared ? "destroyed" : "emptied",
      values,
      changedKeys,
      cleared: this.cleared,
      renewed: this.renewed,
      user: signedInUser,
      signedIn: signedInUser !== undefined && changedKeys.has(RESERVED.user),
      tookFlashes: this.flashes !== undefined,
      permanent,
    };
  }
}

/** Returns whether a key holds data and no metadata. */
function isData(key: string): boolean {
  return key[0] !== "_" || !isMetadata(key);
}

/**
 * Returns the sum of a value and a number; a missing value counts as 0.
 *
 * @throws TypeError when the value is not a number
 */
export function addTo(key: string, value: unknown, by: number): number {
  if (value === undefined) return by;
  if (typeof value !== "number") throw new TypeError(`session value at ${key} is not a number`);
  return value + by;
}
