import { deleteCookie, setCookie } from "../../cookie/session-cookie.ts";
import type { KeyProvider, SecretKeys } from "../../crypto/secret-keys.ts";
import { resolveCookie } from "../../session/cookie-settings.ts";
import { SealedJson } from "../sealed-json.ts";
import { TRANSACTION_LIFETIME, type Transaction } from "./transaction.ts";

/** Maximum number of sign-ins under way in one browser. */
const MOST_TRANSACTIONS = 5;

/** Maximum number of cookies that are opened, because a request may bring any number. */
const MOST_COOKIES = 20;

/**
 * Name of a transaction's cookie and its value. Over HTTPS, cookies without the prefix are not looked at:
 * other hosts of the domain can set any number of them, with spaces in their values. So only a semicolon
 * separates cookies.
 */
const PAIR = {
  secure: /(?:^|;)[ \t]*(__Host-sign-in-[\w-]{22})=(~[\w-]+)[ \t]*(?=;|$)/g,
  insecure: /(?:^|;)[ \t]*(sign-in-[\w-]{22})=(~[\w-]+)[ \t]*(?=;|$)/g,
} as const;

/** A transaction with the name of its cookie. */
interface Found {
  readonly name: string;
  readonly transaction: Transaction | undefined;
}

/** The transactions of a browser: one sealed cookie for each sign-in that is under way. */
export class TransactionCookies {
  readonly #seal: SealedJson<Transaction>;
  readonly #secure: boolean;

  /** @param secure whether the cookies are sent over HTTPS only, and have the prefix `__Host-` */
  constructor(keys: SecretKeys | KeyProvider, secure: boolean) {
    this.#seal = new SealedJson(keys, "transaction");
    this.#secure = secure;
  }

  /** Returns the transactions of a request that are valid, by their id. */
  async read(headers: readonly string[], now: number): Promise<ReadonlyMap<string, Transaction>> {
    const found = await this.#find(headers, now);
    return new Map(found.flatMap(({ transaction }) => (transaction ? [[transaction.id, transaction]] : [])));
  }

  /**
   * Returns the Set-Cookie headers for a new transaction. Over the maximum, the oldest transaction is
   * deleted; restarts are deleted before others, so that they cannot make each other fail. Invalid cookies
   * are deleted.
   */
  async add(transaction: Transaction, headers: readonly string[], now: number): Promise<string[]> {
    const found = await this.#find(headers, now);
    const valid = found.filter((one) => one.transaction !== undefined).sort(byPrecedence);
    const deleted = [
      ...found.filter((one) => one.transaction === undefined),
      ...valid.slice(0, Math.max(0, valid.length + 1 - MOST_TRANSACTIONS)),
    ];
    const value = await this.#seal.seal(transaction, now);
    const cookie = this.#cookie(this.#nameOf(transaction.id));
    return [
      ...deleted.map(({ name }) => this.#delete(name)),
      setCookie(cookie, value, { maxAge: TRANSACTION_LIFETIME, now }),
    ];
  }

  /** Returns the Set-Cookie header that deletes a transaction. */
  delete(id: string): string {
    return this.#delete(this.#nameOf(id));
  }

  /** Returns the Set-Cookie headers that delete all transactions of a request. */
  deleteAll(headers: readonly string[]): string[] {
    return [...this.#namesAndValues(headers).keys()].map((name) => this.#delete(name));
  }

  async #find(headers: readonly string[], now: number): Promise<Found[]> {
    const age = { now, maxAge: TRANSACTION_LIFETIME };
    const cookies = [...this.#namesAndValues(headers)];
    return Promise.all(
      cookies.map(async ([name, value]) => {
        const unsealed = await this.#seal.unseal(value, age);
        const isOwn = unsealed.refusal === undefined && this.#nameOf(unsealed.value.id) === name;
        return { name, transaction: isOwn ? unsealed.value : undefined };
      }),
    );
  }

  /** Returns the values of transaction cookies by their names. */
  #namesAndValues(headers: readonly string[]): Map<string, string> {
    const pattern = PAIR[this.#secure ? "secure" : "insecure"];
    const pairs = [...headers.join("; ").matchAll(pattern)].slice(0, MOST_COOKIES);
    return new Map(pairs.map(([, name = "", value = ""]) => [name, value]));
  }

  #nameOf(id: string): string {
    return `${this.#secure ? "__Host-" : ""}sign-in-${id}`;
  }

  #delete(name: string): string {
    return deleteCookie(this.#cookie(name));
  }

  #cookie(name: string) {
    return resolveCookie({ name, secure: this.#secure });
  }
}

/** Restarts come first, and older ones before newer ones. */
function byPrecedence({ transaction: one }: Found, { transaction: other }: Found): number {
  const restarts = Number(other?.isRestart) - Number(one?.isRestart);
  return restarts || Number(one?.startedAt) - Number(other?.startedAt);
}
