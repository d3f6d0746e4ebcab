import { NEVER } from "../options/option-kind.ts";
import { addTo } from "../values/add-to.ts";
import type { Name, NumberName, Value } from "../values/data-keys.ts";
import { toDate } from "../values/to-date.ts";
import type { Markup } from "../values/types/markup.ts";
import { addFlash, type Flash, takeFlashes } from "./flash.ts";
import type { SessionOptions } from "./opened-session.ts";
import { checkLifetime, isPermanent, lifetimesOf, RESERVED, userOf } from "./reserved-keys.ts";
import type { RefusalReason } from "./session-log.ts";
import { SessionState } from "./session-state.ts";
import { authenticationOf, type KnownAuthentication, type SignInOptions } from "./sign-in/authentication.ts";
import { isUser, type User } from "./user.ts";

/** The data of a session without a declared type. */
// biome-ignore lint/suspicious/noExplicitAny: any value may be stored under any key
export type AnyData = Record<string, any>;

/** Returns the state behind a session, which only the session layer may use. */
export let stateOf: (session: Session) => SessionState;

/**
 * One visitor's data during one request (Flask, `SecureCookieSession`): a typed Map that is saved when the
 * handler has returned. `D` declares the keys and the types of their values.
 *
 * The session is opened at its first use. Changes inside a value are saved too:
 * `session.get("cart")?.push(item)`.
 */
export class Session<D extends object = AnyData> {
  readonly #state: SessionState;

  static {
    stateOf = (session) => session.#state;
    Object.freeze(Session.prototype.flash); // connect-flash would keep messages in it, for all visitors.
  }

  constructor(options: SessionOptions) {
    this.#state = new SessionState(options);
  }

  /** Returns the value, or `undefined` if there is none. */
  get<K extends Name<D>>(key: K): D[K] | undefined {
    if (key[0] === "_" && this.#state.isReserved(key)) return undefined;
    return this.#state.read().get(key) as D[K] | undefined;
  }

  /** Returns whether the key exists. */
  has(key: Name<D>): boolean {
    return !this.#state.isReserved(key) && this.#state.read().has(key);
  }

  /**
   * Stores a value. A value that equals the stored one is no change. Of parallel requests that change the
   * same key, the last one wins. Throws an UnstorableValueError that names the path to the part that cannot
   * be stored.
   */
  set<K extends Name<D>>(key: K, value: Value<D, K>): this {
    if (key[0] === "_") this.#state.assertPublic(key);
    this.#state.write().set(key, value);
    return this;
  }

  /** Removes a key, and returns whether it existed. */
  delete(key: Name<D>): boolean {
    this.#state.assertPublic(key);
    return this.#state.write().delete(key);
  }

  /** Removes everything: the data, the user, the flashed messages, and whether the session is permanent. */
  clear(): void {
    this.#state.clear();
  }

  /** Returns the keys. They keep the order in which they were first set, but not in a table or in Flask. */
  keys(): Name<D>[] {
    const keys = this.#state.read().keys();
    return keys.filter((key) => !this.#state.isReserved(key)) as Name<D>[];
  }

  /** Returns the keys with their values. */
  entries(): [Name<D>, D[Name<D>]][] {
    return this.keys().map((key) => [key, this.get(key) as D[Name<D>]]);
  }

  [Symbol.iterator](): Iterator<[Name<D>, D[Name<D>]]> {
    return this.entries().values();
  }

  /** The number of keys. */
  get size(): number {
    return this.keys().length;
  }

  /** Returns the data as an object for `JSON.stringify`, without the user and the flashed messages. */
  toJSON(): Partial<D> {
    return Object.fromEntries(this) as Partial<D>;
  }

  /** Returns the data for `console.log` and `util.inspect`, never a token or a key. */
  [Symbol.for("nodejs.util.inspect.custom")](): Partial<D> {
    return this.toJSON();
  }

  /**
   * Stores the result of `change` for the current value, and returns it. A server-side session stores it at
   * once, and calls `change` again when a parallel request was quicker, so `change` must have no other
   * effect. In a cookie session, each of two parallel requests changes its own copy.
   *
   * After `signIn` or `renew` it is saved with the session, because the token before still opens the stored
   * one: then `change` is called with the value that this request has read, whose result is returned, and
   * again at the save if a parallel request has stored another value.
   *
   * Await it. The response waits for changes that are not awaited, and a failure of one fails the request.
   */
  update<K extends Name<D>>(key: K, change: (value: D[K] | undefined) => Value<D, K>): Promise<Value<D, K>> {
    return this.#state.writeLive(key, change as never, (live) => live.update(key, change as never));
  }

  /**
   * Adds to a number (0 if there is none), and returns the sum. Throws a TypeError for other values. It is
   * stored when `update` would be.
   */
  increment(key: NumberName<D>, by = 1): Promise<number> {
    const add = (value: unknown): number => addTo(key, value, by);
    return this.#state.writeLive(key, add, (live) => live.increment(key, by));
  }

  /** True if the data differs from before, or if the session was renewed or cleared. */
  get modified(): boolean {
    return this.#state.modified;
  }

  /** The id in the user's list and in logs; it is no secret. `undefined` if new or not revocable. */
  get id(): string | undefined {
    return this.#state.current?.id;
  }

  /** True if the session was used, so that the response depends on the cookie. */
  get accessed(): boolean {
    return this.#state.data !== undefined;
  }

  /** True if the session begins with this request. */
  get isNew(): boolean {
    return this.#state.current?.isNew !== false;
  }

  /** Reason for which the request's cookie was refused, such as `expired`. Pages can tell the visitor. */
  get refusal(): RefusalReason | undefined {
    return this.#state.opened?.refusal;
  }

  /** True if the cookie outlives the browser window. */
  get permanent(): boolean {
    return isPermanent(this.#state.read().values, this.#state.options.settings.permanent);
  }

  set permanent(permanent: boolean) {
    this.#state.write().set(RESERVED.permanent, permanent, this.#state.options.settings.permanent);
  }

  /**
   * Seconds after the last save until the session expires. Set it to give this session a shorter lifetime
   * than the setting `lifetime`; `undefined` restores that. Both end remembering. Throws a RangeError.
   */
  get lifetime(): number {
    return lifetimesOf(this.#state.read().values, this.#state.options.settings).lifetime ?? NEVER;
  }

  set lifetime(seconds: number | null | undefined) {
    const most = this.#state.options.settings.lifetime;
    this.#state.write().put(RESERVED.lifetime, seconds == null ? undefined : checkLifetime(seconds, most));
  }

  /** Leaves a message for the next page (Flask, `flash`). */
  flash(message: string | Markup, category = "message"): void {
    addFlash(this.#state.write(), { category, message });
  }

  /**
   * Takes the messages out of the session (Flask, `get_flashed_messages`); a further call returns the same
   * ones.
   *
   * @param options.categories the categories to return; the other messages are taken out all the same
   */
  flashes({ categories }: { readonly categories?: readonly string[] } = {}): readonly Flash[] {
    this.#state.flashes ??= this.#state.read().has(RESERVED.flashes) ? takeFlashes(this.#state.write()) : [];
    return this.#state.flashes.filter(({ category }) => categories?.includes(category) ?? true);
  }

  /** The user who is signed in. */
  get user(): User | undefined {
    const user = userOf(this.#state.read().values);
    return user && Object.freeze({ id: user.id, name: user.name });
  }

  /**
   * Binds the session to a user who has just proved their identity, and renews it, so that a token planted
   * before is worthless (OWASP, session fixation). The visitor's data stays, unless another user was signed
   * in. The absolute lifetime begins. A further sign-in replaces the authentication.
   *
   * @throws TypeError that names the part of the user or of the options that is wrong
   */
  signIn(user: User, options: SignInOptions = {}): void {
    if (!isUser(user)) throw new TypeError("signIn: user must be { id, name }, two non-empty strings");
    this.#state.signIn(user, options);
  }

  /** Authentication of the user; `undefined` if no user is signed in. */
  get authentication(): KnownAuthentication | undefined {
    return authenticationOf(this.#state.read().values, this.#state.storesCreated);
  }

  /** Time of the user's authentication; `undefined` if no user is signed in, or if the time is not known. */
  get authenticatedAt(): Date | undefined {
    return this.authentication?.at;
  }

  /** Ends the user's session: removes the user and the data. Later changes belong to a new session. */
  signOut(): void {
    this.clear();
  }

  /**
   * Gives the session a new token and keeps the data: call it when the visitor's rights change. A cookie
   * session has no token apart from its data and time; it is signed again.
   */
  renew(): void {
    this.#state.write();
    this.#state.renewed = true;
  }

  /**
   * Time of the creation; `undefined` if new. With `flask`, the time of the last save, unless
   * `absoluteLifetime` is set.
   */
  get createdAt(): Date | undefined {
    const created = this.#state.storesCreated && this.#state.read().values[RESERVED.createdAt];
    return toDate(typeof created === "number" ? created : this.#state.current?.lastSeenAt);
  }

  /** Time of expiry unless the session is saved before; `undefined` if it begins with this request. */
  get expiresAt(): Date | undefined {
    return toDate(this.#state.current?.expiresAt);
  }

  /** The size of the session as the request brought it, in bytes; 0 if it begins with this request. */
  get storedBytes(): number {
    return this.#state.current?.bytes ?? 0;
  }
}
