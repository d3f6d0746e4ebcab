import { PendingWrites } from "../values/pending-writes.ts";
import { TrackedData } from "../values/tracked-data.ts";
import type { Flash } from "./flash.ts";
import type { LiveWrites, OpenedSession, SessionOptions } from "./opened-session.ts";
import {
  isMetadata,
  isPermanent,
  isReserved,
  NAMES,
  ownLifetime,
  REMEMBERED,
  RESERVED,
  userOf,
} from "./reserved-keys.ts";
import type { SessionOutcome } from "./session-outcome.ts";
import { type Authentication, encodeAuthentication, type SignInOptions } from "./sign-in/authentication.ts";
import type { User } from "./user.ts";

/** The state behind a `Session`: what the request brought, and what the handler has done with it so far. */
export class SessionState {
  readonly options: SessionOptions;
  /** The flashed messages that the handler has taken. */
  flashes: readonly Flash[] | undefined;
  /** True if the session gets a new token. */
  renewed = false;
  /** True if the handler cleared the session that the request brought. */
  cleared = false;
  /** The authentication of a sign-in during this request. */
  signedInBy: Authentication | undefined;
  /** True if the time of creation is stored with the data. */
  readonly storesCreated: boolean;
  #opened: OpenedSession | undefined;
  /** The data, once the session was opened. */
  data: TrackedData | undefined;
  #writes: PendingWrites | undefined;
  #wroteLive = false;
  /** True if later changes throw, because the response has already been built. */
  closed = false;

  constructor(options: SessionOptions) {
    this.options = options;
    this.storesCreated = options.storesCreated !== false;
  }

  /** Returns the data. Opens the session at the first use. */
  read(): TrackedData {
    if (this.data === undefined) {
      this.#opened = this.options.open();
      this.data = new TrackedData(this.#opened.values, this.options.json);
    }
    return this.data;
  }

  /**
   * Returns the data for a change.
   *
   * @throws Error when the session is locked or closed
   */
  write(): TrackedData {
    if (this.options.locked !== undefined) throw new Error(this.options.locked);
    if (this.closed) throw new Error("the session was saved before this change: await every change");
    return this.read();
  }

  /** Returns whether the session keeps something of its own under a key. */
  isReserved(key: string): boolean {
    return isReserved(key, this.options.storesId === true);
  }

  /** @throws TypeError for a reserved key, with the property that has its value */
  assertPublic(key: string): void {
    if (this.isReserved(key))
      throw new TypeError(`session key ${key} is reserved: use session.${NAMES.get(key)}`);
  }

  /** Removes everything, with the metadata. Later changes belong to a new session. */
  clear(): void {
    const data = this.write();
    for (const key of data.keys()) data.delete(key);
    this.flashes = undefined;
    this.signedInBy = undefined;
    this.cleared = true;
  }

  /** Binds the session to a user, and renews it. The data of another user is removed. */
  signIn({ id, name }: User, { authentication, remember }: SignInOptions): void {
    const now = this.options.nowSeconds();
    if (remember && (remember !== true || !this.storesCreated))
      throw new TypeError("signIn: remember must be a boolean; with flask it needs absoluteLifetime");
    const stored = authentication && encodeAuthentication(authentication, now);
    if ((userOf(this.read().values)?.id ?? id) !== id) this.clear();
    const data = this.write();
    data.set(RESERVED.user, { id, name });
    data.put(RESERVED.authentication, stored ?? (this.storesCreated ? undefined : { at: now }));
    if (this.storesCreated) data.set(RESERVED.createdAt, now);
    if (remember || ownLifetime(data.values) === REMEMBERED) {
      data.put(RESERVED.lifetime, remember ? REMEMBERED : undefined);
      data.put(RESERVED.permanent, remember || undefined);
    }
    this.signedInBy = authentication;
    this.renewed = true;
  }

  /** True if the session was changed. Live writes count, although they are stored already. */
  get modified(): boolean {
    return this.#wroteLive || this.#isModified();
  }

  /** Messages that were taken and flashed again are new ones, even if they are equal. */
  #isModified(): boolean {
    if (this.renewed || this.cleared || this.data === undefined) return this.data !== undefined;
    const flashedAgain = this.flashes !== undefined && this.data.has(RESERVED.flashes);
    return flashedAgain || this.data.isModified();
  }

  /** Opens the session, and returns what the request brought. */
  get opened(): OpenedSession | undefined {
    this.read();
    return this.#opened;
  }

  /** Opens the session, and returns what the request brought, unless the handler cleared it. */
  get current(): OpenedSession | undefined {
    return this.cleared ? undefined : this.opened;
  }

  /** Stores the result of `change` for the current value as `#write` does, and returns it. */
  writeLive<T>(
    key: string,
    change: (value: unknown) => unknown,
    writeLive: (live: LiveWrites) => Promise<unknown>,
  ): Promise<T> {
    this.#writes ??= new PendingWrites();
    return this.#writes.add(this.#write(key, change, writeLive) as Promise<T>);
  }

  /**
   * Waits for the writes that the handler did not await. Returns their number. Throws the error of such a
   * write.
   */
  async settle(): Promise<number> {
    return (await this.#writes?.settle()) ?? 0;
  }

  /**
   * Changes a value: at once in a storage with live writes, unless the request has changed it or has begun
   * another session. After a renewal it is saved with the session, because the old token still opens it.
   */
  async #write(
    key: string,
    change: (value: unknown) => unknown,
    writeLive: (live: LiveWrites) => Promise<unknown>,
  ): Promise<unknown> {
    this.assertPublic(key);
    const { live } = this.options;
    const data = this.write();
    const isLive = live !== undefined && !this.cleared && !data.changedKeys().has(key);
    if (isLive && !this.renewed) return this.#adopt(key, await writeLive(live));
    if (isLive) return data.update(key, change);
    const value = change(data.get(key));
    data.set(key, value);
    return value;
  }

  /** Takes over a stored value. It is returned by `get`, so that later changes inside it are noticed. */
  #adopt(key: string, value: unknown): unknown {
    this.#wroteLive = true;
    const data = this.write();
    if (this.cleared || data.updates().has(key) || data.changedKeys().has(key)) return value;
    data.adopt(key, value);
    return data.get(key);
  }

  /**
   * Closes the session, and returns what the request did with it.
   *
   * @throws UnstorableValueError when a value was changed inside to one that cannot be stored
   */
  toOutcome(): SessionOutcome {
    this.closed = true;
    if (this.data === undefined) return { status: "unused" };
    if (!this.#isModified()) return { status: "read" };
    const { values } = this.data;
    const { json, nowSeconds } = this.options;
    const updates = this.data.updates();
    const changedKeys = this.data.changedKeys().union(updates);
    for (const key of changedKeys) {
      const value = values[key];
      // `set` has checked the value, but an object may have been changed since.
      if (typeof value === "object" && value) json.check(value, key);
    }
    const isEmpty = Object.keys(values).every(isMetadata);
    const user = userOf(values);
    const permanent = isPermanent(values, this.options.settings.permanent);
    if (this.storesCreated) values[RESERVED.createdAt] ??= this.current?.lastSeenAt ?? nowSeconds();
    if (permanent) values[RESERVED.permanent] = true;
    return {
      status: !isEmpty ? "changed" : this.cleared ? "destroyed" : "emptied",
      values,
      changedKeys,
      updates,
      cleared: this.cleared,
      renewed: this.renewed,
      user,
      signedIn: user !== undefined && changedKeys.has(RESERVED.user),
      authentication: this.signedInBy,
      tookFlashes: this.flashes !== undefined,
      permanent,
    };
  }
}
