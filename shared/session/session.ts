import type { Markup } from "../values/types/markup.ts";
import { addFlash, type Flash, takeFlashes } from "./flash.ts";
import type { SessionOptions } from "./opened-session.ts";
import { assertPublic, isReserved, RESERVED } from "./reserved-keys.ts";
import type { RefusalReason } from "./session-log.ts";
import type { SessionOutcome } from "./session-outcome.ts";
import { SessionState } from "./session-state.ts";
import { isUser, type User } from "./user.ts";

/** The data of a session without a declared type. */
// biome-ignore lint/suspicious/noExplicitAny: any value may be stored under any key
export type AnyData = Record<string, any>;
type Name<D> = keyof D & string;
type Value<D, K extends keyof D> = Exclude<D[K], undefined>;
type NumberName<D> = { [K in keyof D]-?: Value<D, K> extends number ? K : never }[keyof D] & string;

let stateOf: (session: Session) => SessionState;

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
  }

  constructor(options: SessionOptions) {
    this.#state = new SessionState(options);
  }

  /** Returns the value, or `undefined` if there is none. */
  get<K extends Name<D>>(key: K): D[K] | undefined {
    if (key[0] === "_" && isReserved(key)) return undefined;
    return this.#state.read().get(key) as D[K] | undefined;
  }

  /** Returns whether the key exists. */
  has(key: Name<D>): boolean {
    return !isReserved(key) && this.#state.read().has(key);
  }

  /**
   * Stores a value. Of parallel requests that set the same key, the last one wins. Throws an
   * UnstorableValueError that names the path to the part that cannot be stored.
   */
  set<K extends Name<D>>(key: K, value: Value<D, K>): this {
    if (key[0] === "_") assertPublic(key);
    this.#state.write().set(key, value);
    return this;
  }

  /** Removes a key, and returns whether it existed. */
  delete(key: Name<D>): boolean {
    assertPublic(key);
    return this.#state.write().delete(key);
  }

  /** Removes everything: the data, the user, the flashed messages, and whether the session is permanent. */
  clear(): void {
    this.#state.clear();
  }

  /** Returns the keys in the order in which they were first set. */
  keys(): Name<D>[] {
    const keys = this.#state.read().keys();
    return keys.filter((key) => !isReserved(key)) as Name<D>[];
  }

  /** Returns the keys with their values. */
  entries(): [Name<D>, D[Name<D>]][] {
    return this.keys().map((key) => [key, this.get(key) as D[Name<D>]]);
  }

  [Symbol.iterator](): Iterator<[Name<D>, D[Name<D>]]> {
    return this.entries()[Symbol.iterator]();
  }

  /** The number of keys. */
  get size(): number {
    return this.keys().length;
  }

  /** Returns the data as an object for `JSON.stringify`, without the user and the flashed messages. */
  toJSON(): Partial<D> {
    return Object.fromEntries(this.entries()) as Partial<D>;
  }

  /** Returns the data for `console.log` and `util.inspect`, never a token or a key. */
  [Symbol.for("nodejs.util.inspect.custom")](): object {
    return Object.assign(Object.create({ constructor: Session }), this.toJSON());
  }

  /**
   * Stores the result of `change` for the current value, and returns it. A server-side session stores it at
   * once, and calls `change` again when a parallel request was quicker, so `change` must have no other
   * effect. In a cookie session, each of two parallel requests changes its own copy.
   */
  update<K extends Name<D>>(key: K, change: (value: D[K] | undefined) => Value<D, K>): Promise<Value<D, K>> {
    return this.#state.update(key, change as never) as Promise<Value<D, K>>;
  }

  /** Adds to a number (0 if there is none), and returns the sum. Throws a TypeError for other values. */
  increment(key: NumberName<D>, by = 1): Promise<number> {
    return this.#state.increment(key, by);
  }

  /** Whether the request changed the data, renewed the session or cleared it. */
  get modified(): boolean {
    return this.#state.modified;
  }

  /** The id in the user's list and in logs; it is no secret. `undefined` if new or not revocable. */
  get id(): string | undefined {
    return this.#state.current?.id;
  }

  /** Whether the session was used, so that the response depends on the cookie. */
  get accessed(): boolean {
    return this.#state.accessed;
  }

  /** Whether the session begins with this request. */
  get isNew(): boolean {
    return this.#state.current?.isNew !== false;
  }

  /** Why the cookie of the request was refused, such as `expired`. Pages can tell the visitor. */
  get refusal(): RefusalReason | undefined {
    return this.#state.opened?.refusal;
  }

  /** Whether the cookie outlives the browser window. */
  get permanent(): boolean {
    return this.#state.permanent;
  }

  set permanent(permanent: boolean) {
    this.#state.write().set(RESERVED.permanent, permanent);
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
    return categories
      ? this.#state.flashes.filter(({ category }) => categories.includes(category))
      : this.#state.flashes;
  }

  /** The user who is signed in. */
  get user(): User | undefined {
    return this.#state.user;
  }

  /**
   * Binds the session to a user who has just proved their identity, and renews it, so that a token planted
   * before is worthless (OWASP, session fixation). The visitor's data stays, unless another user was signed
   * in. The absolute lifetime begins.
   *
   * @throws TypeError when the id or the name is not a non-empty string
   */
  signIn(user: User): void {
    if (!isUser(user))
      throw new TypeError("signIn takes a user { id, name }: both must be non-empty strings");
    this.#state.signIn(user);
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
    this.#state.renew();
  }

  /** When the session was created; `undefined` if it begins with this request. */
  get createdAt(): Date | undefined {
    return toDate(this.#state.createdAt);
  }

  /** When the session expires unless it is saved again before; `undefined` if it begins with this request. */
  get expiresAt(): Date | undefined {
    return toDate(this.#state.current?.expiresAt);
  }

  /** The size of the session as the request brought it, in bytes; 0 if it begins with this request. */
  get storedBytes(): number {
    return this.#state.current?.bytes ?? 0;
  }
}

/** Closes a session that is not saved. Later changes throw, because the response has already been built. */
export function closeSession(session: Session): void {
  stateOf(session).close();
}

/**
 * Closes a session, and returns what the request did with it. For session interfaces.
 *
 * @throws UnstorableValueError when a value was changed inside to one that cannot be stored
 */
export function outcomeOf(session: Session): SessionOutcome {
  return stateOf(session).toOutcome();
}

/**
 * Returns the options with which a session interface opened a session; `undefined` for a locked one. For
 * session interfaces that pass an object of a class of their own as options.
 *
 * @throws TypeError when the options are not of this class, because another session interface opened the
 * session
 */
export function openedWith<Options extends SessionOptions>(
  session: Session,
  kind: abstract new (...parameters: never[]) => Options,
): Options | undefined {
  const { options } = stateOf(session);
  if (options.locked !== undefined) return undefined;
  if (options instanceof kind) return options;
  throw new TypeError("this session was opened by another session interface, so it cannot be saved here");
}

function toDate(seconds: number | undefined): Date | undefined {
  return seconds === undefined ? undefined : new Date(seconds * 1000);
}
