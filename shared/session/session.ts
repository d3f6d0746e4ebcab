import type { Dictionary } from "../values/plain-object.ts";
import { TrackedDictionary } from "../values/tracked-dictionary.ts";
import type { Markup } from "../values/types/markup.ts";
import { addFlash, type Flash, takeFlashes } from "./flash.ts";
import type { OpenedSession, SessionOptions } from "./opened-session.ts";
import { assertPublic, isMetadata, isReserved, RESERVED } from "./reserved-keys.ts";
import type { RefusalReason } from "./session-log.ts";
import { isUser, type User } from "./user.ts";

/** What a session without a declared type accepts. */
// biome-ignore lint/suspicious/noExplicitAny: see above
export type AnyData = Record<string, any>;
type Name<D> = keyof D & string;
type Value<D, K extends keyof D> = Exclude<D[K], undefined>;
type NumberName<D> = { [K in keyof D]-?: Value<D, K> extends number ? K : never }[keyof D] & string;

/**
 * One visitor's data during one request (Flask, `SecureCookieSession`): a typed Map that is saved when the handler
 * has returned. `D` names the keys and their types.
 *
 * Nothing is looked up before the first use. Changes inside a value are noticed:
 * `session.get("cart")?.push(item)` is saved.
 */
export class Session<D extends object = AnyData> {
  readonly #options: SessionOptions;
  #opened: OpenedSession | undefined;
  #dictionary: TrackedDictionary | undefined;
  #flashes: readonly Flash[] | undefined;
  #renewed = false;
  #destroyed = false;
  #closed = false;

  constructor(options: SessionOptions) {
    this.#options = options;
  }

  /** The value, or `undefined` where there is none. */
  get<K extends Name<D>>(key: K): D[K] | undefined {
    return isReserved(key) ? undefined : (this.#reading().get(key) as D[K] | undefined);
  }

  has(key: Name<D>): boolean {
    return !isReserved(key) && this.#reading().has(key);
  }

  /**
   * Stores a value. Of parallel requests that set the same key, the last one wins.
   *
   * @throws UnstorableValueError that names the path to what cannot be stored
   */
  set<K extends Name<D>>(key: K, value: Value<D, K>): this {
    assertPublic(key);
    this.writing().set(key, value);
    return this;
  }

  /** Whether there was such a key. */
  delete(key: Name<D>): boolean {
    assertPublic(key);
    return this.writing().delete(key);
  }

  /** Forgets everything: the data, the user, the flashes, whether it is permanent. */
  clear(): void {
    const dictionary = this.writing();
    for (const key of dictionary.keys()) dictionary.delete(key);
    this.#flashes = undefined;
    this.#destroyed = true;
  }

  keys(): Name<D>[] {
    return this.#reading()
      .keys()
      .filter((key) => !isReserved(key)) as Name<D>[];
  }

  entries(): [Name<D>, D[Name<D>]][] {
    return this.keys().map((key) => [key, this.get(key) as D[Name<D>]]);
  }

  get size(): number {
    return this.keys().length;
  }

  /** The data as an object, for `JSON.stringify`. The user and the flashes are not part of it. */
  toJSON(): Partial<D> {
    return Object.fromEntries(this.entries()) as Partial<D>;
  }

  /**
   * Stores what `change` makes of the value, and gives it back. For a change that depends on the value before.
   *
   * A server-side session stores it at once, and calls `change` again when a parallel request was quicker, so it must
   * do nothing else. In a cookie session, two parallel requests each change the copy that they were sent.
   */
  async update<K extends Name<D>>(
    key: K,
    change: (value: D[K] | undefined) => Value<D, K>,
  ): Promise<Value<D, K>> {
    const value = change(this.get(key));
    this.set(key, value);
    return value;
  }

  /**
   * Adds to a number, which is 0 where there is none, and gives the sum. A server-side session stores it at once.
   *
   * @throws TypeError when the value is no number
   */
  async increment(key: NumberName<D>, by = 1): Promise<number> {
    return this.update(key, adding(key, by) as never) as Promise<number>;
  }

  /** Whether there is something to save: a key set or deleted, a value changed inside, the session renewed or ended. */
  get modified(): boolean {
    return this.#renewed || this.#destroyed || (this.#dictionary?.changedKeys().size ?? 0) > 0;
  }

  /**
   * Names the session to its user and in logs: no secret, and it opens nothing. `undefined` where the session begins
   * now, and where the session interface knows no names.
   */
  get id(): string | undefined {
    return this.#reading() && this.#stored?.id;
  }

  /** Whether the session was used at all, so that the response depends on the cookie. */
  get accessed(): boolean {
    return this.#dictionary !== undefined;
  }

  /** Whether the session begins with this request. */
  get isNew(): boolean {
    return this.#reading() !== undefined && this.#stored?.isNew !== false;
  }

  /**
   * Why the cookie that the visitor showed gives no session, such as `expired`; `undefined` where it gives one, and where
   * there was none. For a sentence on the page: who was signed in may want to know why they are not any more.
   */
  get refusal(): RefusalReason | undefined {
    return this.#reading() && this.#opened?.refusal;
  }

  /** Whether the cookie outlives the browser window. */
  get permanent(): boolean {
    const stored = this.#reading().get(RESERVED.permanent);
    return typeof stored === "boolean" ? stored : this.#options.permanent;
  }

  set permanent(permanent: boolean) {
    this.writing().set(RESERVED.permanent, permanent);
  }

  /** Leaves a message for the next page (Flask, `flash`). */
  flash(message: string | Markup, category = "message"): void {
    addFlash(this.writing(), { category, message });
  }

  /**
   * Takes the messages out of the session; further calls during the request give the same ones (Flask,
   * `get_flashed_messages`).
   *
   * @param options.categories the only categories to give; the other messages are taken out all the same
   */
  flashes({ categories }: { readonly categories?: readonly string[] } = {}): readonly Flash[] {
    this.#flashes ??= this.#reading().has(RESERVED.flashes) ? takeFlashes(this.writing()) : [];
    return categories ? this.#flashes.filter(({ category }) => categories.includes(category)) : this.#flashes;
  }

  /** The user who is signed in. */
  get user(): User | undefined {
    const user = this.#reading().get(RESERVED.user);
    return isUser(user) ? Object.freeze({ id: user.id, name: user.name }) : undefined;
  }

  /**
   * Binds the session to a user who has just proved to be that user, and renews it, so that a token planted before is
   * worth nothing (OWASP, session fixation). What the visitor did before stays, unless somebody else was signed in. The absolute lifetime begins.
   *
   * @throws TypeError when the id or the name is no text or empty
   */
  signIn(user: User): void {
    if (!isUser(user)) throw new TypeError("signIn takes a user { id, name }, both texts that are not empty");
    if ((this.user ?? user).id !== user.id) this.destroy();
    this.writing().set(RESERVED.user, { id: user.id, name: user.name });
    this.writing().set(RESERVED.created, this.#options.now());
    this.renew();
  }

  /** Ends the user's session: forgets the user and the data. What is stored afterwards is of a new session. */
  signOut(): void {
    this.destroy();
  }

  /**
   * Gives the session a new token and keeps the data: call it when the visitor's rights change. A cookie session has
   * no token beside its data and the time; it is signed again.
   */
  renew(): void {
    this.writing();
    this.#renewed = true;
  }

  /** Forgets data and cookie. What is stored afterwards is of a new session. */
  destroy(): void {
    this.clear();
  }

  /** When the session began; `undefined` where it begins now. */
  get createdAt(): Date | undefined {
    const created = this.#reading().get(RESERVED.created);
    return dateOf(typeof created === "number" ? created : this.#stored?.savedAt);
  }

  /** When the session as it came ends, unless it is saved again before; `undefined` where it begins now. */
  get expiresAt(): Date | undefined {
    return this.#reading() && dateOf(this.#stored?.expiresAt);
  }

  /** How many bytes the session took as it came; 0 where it begins now. */
  get storedBytes(): number {
    return (this.#reading() && this.#stored?.bytes) ?? 0;
  }

  /** For session interfaces: whether there is nothing to keep. When it began and whether it is permanent is nothing. */
  get isEmpty(): boolean {
    return this.#reading().keys().every(isMetadata);
  }

  /** For session interfaces: the keys that were set, deleted or changed inside, reserved ones included. */
  get changedKeys(): ReadonlySet<string> {
    return this.#reading().changedKeys();
  }

  /** For session interfaces: whether the handler forgot the session that came. */
  get destroyed(): boolean {
    return this.#destroyed;
  }

  /** For session interfaces: whether the session is to get a new token. */
  get renewed(): boolean {
    return this.#renewed;
  }

  /** For session interfaces: whether the messages that waited were taken. */
  get tookFlashes(): boolean {
    return this.#flashes !== undefined;
  }

  /** For session interfaces: what came with the request, without this counting as a use of the session. */
  look(): OpenedSession {
    this.#opened ??= this.#options.open();
    return this.#opened;
  }

  /** For session interfaces: what came is over after all. To be called before the session is used. */
  disown(refusal: RefusalReason): void {
    this.#opened = { values: {}, isNew: true, hasEnded: true, refusal };
  }

  /** For session interfaces: writes what the session keeps for itself. */
  setReserved(key: string, value: unknown): void {
    this.#reading().set(key, value);
  }

  /** For session interfaces: whether the visitor showed a session that is known to be over. */
  get hasEnded(): boolean {
    return this.#reading() !== undefined && this.#opened?.hasEnded === true;
  }

  /** For session interfaces: when the session that came was saved (seconds since the epoch). */
  get savedAt(): number | undefined {
    return this.#reading() && this.#stored?.savedAt;
  }

  /**
   * For session interfaces: the dictionary to save, reserved keys included.
   *
   * @throws UnstorableValueError when a value was changed inside to what cannot be stored
   */
  dump(): Dictionary {
    const values = this.#reading().toObject();
    for (const key of this.changedKeys)
      if (Object.hasOwn(values, key)) this.#options.json.check(values[key], key);
    values[RESERVED.created] ??= this.#stored?.savedAt ?? this.#options.now();
    if (this.permanent) values[RESERVED.permanent] = true;
    return values;
  }

  /** For what saves sessions: the response is made, and a later change would be lost, so it throws. */
  close(): void {
    this.#closed = true;
  }

  /** What every change goes through. */
  protected writing(): TrackedDictionary {
    if (this.#closed)
      throw new Error("the session was saved before this change: await what changes it, then return");
    return this.#reading();
  }

  /** Takes over a value that was stored already, so that it is no change. */
  protected settle(key: string, value: unknown): void {
    this.writing().settle(key, value);
  }

  #reading(): TrackedDictionary {
    if (this.#dictionary === undefined) {
      this.#dictionary = new TrackedDictionary(this.look().values, this.#options.json);
    }
    return this.#dictionary;
  }

  /** What came with the request, unless it was forgotten since. */
  get #stored(): OpenedSession | undefined {
    return this.#destroyed ? undefined : this.#opened;
  }
}

/**
 * The change that adds to a number.
 *
 * @throws TypeError, when it is called, for a value that is no number
 */
export function adding(key: string, by: number): (value: unknown) => number {
  return (value = 0) => {
    if (typeof value !== "number") throw new TypeError(`session value at ${key} is no number`);
    return value + by;
  };
}

function dateOf(seconds: number | undefined): Date | undefined {
  return seconds === undefined ? undefined : new Date(seconds * 1000);
}
