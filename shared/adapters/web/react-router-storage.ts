import type { HttpResult } from "../../lambda/http-result.ts";
import type { WithSession } from "../../lambda/with-session.ts";
import type { AnyData, Session } from "../../session/session.ts";
import type { Value } from "../../values/data-keys.ts";
import { openedRequests } from "../opened-requests.ts";
import { toPlainEvent } from "../plain-event.ts";
import { openExchange, type SessionExchange } from "../session-exchange.ts";
import { toWebResponse } from "./web-response.ts";

type Key<T> = keyof T & string;

/**
 * A session in the shape of React Router's `Session`. `D` are its data, `F` the values that are read once.
 */
export interface StorageSession<D extends object, F> {
  /** The id in the user's list and in logs; empty if new or not revocable. */
  readonly id: string;
  readonly data: Partial<D & { [K in Key<F> as `__flash_${K}__`]: F[K] }>;
  has(name: Key<D> | Key<F>): boolean;
  get<K extends Key<D> | Key<F>>(
    name: K,
  ): (K extends keyof D ? D[K] : undefined) | (K extends keyof F ? F[K] : undefined) | undefined;
  set<K extends Key<D>>(name: K, value: D[K]): void;
  /** Stores a value that the next `get` takes out of the session. */
  flash<K extends Key<F>>(name: K, value: F[K]): void;
  unset(name: Key<D>): void;
  /** The session itself, for `signIn`, `user`, `increment` and all else. */
  readonly session: Session<D>;
}

/** Storage in the shape of React Router's `SessionStorage`. */
export interface ReactRouterStorage<D extends object, F> {
  getSession(cookieHeader?: string | null): Promise<StorageSession<D, F>>;
  /** Saves the session. Resolves to the Set-Cookie header, which is empty if there is nothing to set. */
  commitSession(session: object): Promise<string>;
  /**
   * Ends the session. Resolves to the Set-Cookie header that deletes the cookie, which is empty if the
   * request brought none. Other cookies of the name, which earlier settings have left, stay.
   */
  destroySession(session: object): Promise<string>;
}

/**
 * Returns an object in the shape of React Router's `SessionStorage`, for applications and libraries that call
 * `getSession`, `commitSession` and `destroySession` themselves.
 *
 * A refusal of the session layer is thrown as a response, which React Router shows in the error boundary.
 * After `commitSession`, a change throws. It knows of a request only the Cookie header: it does not detect
 * requests of other sites, and sets neither `Vary` nor `Cache-Control`. The middleware does both.
 *
 * @param withSession the application's, from `createWithSession`
 * @throws OptionError if `withSession` is no function
 */
export function reactRouterStorage<D extends object, F = D>(
  withSession: WithSession<D>,
): ReactRouterStorage<D, F> {
  const exchanges = openedRequests<SessionExchange<D>>(withSession);
  const exchangeOf = (session: object): SessionExchange<D> => {
    const exchange = exchanges.get(session);
    if (exchange) return exchange;
    throw new TypeError("session must be one that getSession of this storage returned");
  };
  return {
    getSession: async (cookieHeader) => {
      const cookies = cookieHeader ? [cookieHeader] : [];
      // The cookie came, so its path matches.
      const event = toPlainEvent({ method: "GET", path: "", cookies }, {});
      const exchange = await openExchange(withSession, event);
      if (!exchange.session) throw toWebResponse(exchange.refusal);
      const session = toStorageSession<D, F>(exchange.session);
      exchanges.set(session, exchange);
      return session;
    },
    commitSession: async (session) => commit(exchangeOf(session)),
    destroySession: async (session) => {
      const exchange = exchangeOf(session);
      exchange.session.clear();
      return commit(exchange);
    },
  };
}

async function commit<D extends object>(exchange: SessionExchange<D>): Promise<string> {
  const saved: HttpResult = await exchange.save({ statusCode: 200 });
  if (saved.body !== undefined) throw toWebResponse(saved);
  return saved.cookies?.at(-1) ?? "";
}

function toStorageSession<D extends object, F>(session: Session<D>): StorageSession<D, F> {
  const all = session as Session<AnyData>;
  return {
    session,
    get id() {
      return session.id ?? "";
    },
    get data() {
      return session.toJSON() as StorageSession<D, F>["data"];
    },
    has: (name) => all.has(name) || all.has(flashKey(name)),
    get: (name) => {
      if (all.has(name)) return all.get(name);
      const value = all.get(flashKey(name));
      if (value !== undefined) all.delete(flashKey(name));
      return value;
    },
    set: (name, value) => void session.set(name as never, value as Value<D, never>),
    flash: (name, value) => void all.set(flashKey(name), value),
    unset: (name) => void all.delete(name),
  };
}

/** Returns the key under which React Router's own storages keep such a value. */
function flashKey(name: string): string {
  return `__flash_${name}__`;
}
