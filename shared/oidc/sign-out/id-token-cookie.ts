import { cookieValues, deleteCookie, setCookie } from "../../cookie/session-cookie.ts";
import type { KeyProvider, SecretKeys } from "../../crypto/secret-keys.ts";
import { type ResolvedCookie, resolveCookie } from "../../session/cookie-settings.ts";
import { SealedJson } from "../sealed-json.ts";

/** The maximum age of the cookie in seconds: browsers keep cookies for 400 days at most. */
const MOST_SECONDS = 400 * 86_400;

/**
 * Maximum size of the cookie's name and value in bytes. API Gateway refuses requests whose headers have more
 * than 10,240 bytes: with the largest session and five sign-ins under way, a larger one would prevent the
 * sign-out.
 */
const MOST_BYTES = 2816;

/**
 * Keeps the ID token for the provider's sign-out (`id_token_hint`) in a sealed cookie that browsers send only
 * to `/sign-out`. A token that does not fit is left out: then the provider may ask the visitor to confirm.
 */
export class IdTokenCookie {
  readonly #seal: SealedJson<string>;
  readonly #cookie: ResolvedCookie;

  /** @param secure whether the cookie is sent over HTTPS only, and has the prefix `__Secure-` */
  constructor(keys: SecretKeys | KeyProvider, secure: boolean) {
    this.#seal = new SealedJson(keys, "id-token");
    const name = `${secure ? "__Secure-" : ""}sign-in-id-token`;
    this.#cookie = resolveCookie({ name, secure, path: "/sign-out" });
  }

  /**
   * Returns the Set-Cookie header that keeps a token.
   *
   * @param lifetime of the session in seconds; without it, the cookie ends with the browser window
   */
  async set(idToken: string, now: number, lifetime?: number): Promise<string> {
    const value = await this.#seal.seal(idToken, now);
    if (this.#cookie.name.length + value.length > MOST_BYTES) return this.delete();
    const expiry = lifetime === undefined ? undefined : { maxAge: Math.min(lifetime, MOST_SECONDS), now };
    return setCookie(this.#cookie, value, expiry);
  }

  /** Returns the token of a request, or `undefined` without a valid one. */
  async read(headers: readonly string[], now: number): Promise<string | undefined> {
    const [value] = cookieValues(headers, this.#cookie.name);
    if (value === undefined) return undefined;
    const unsealed = await this.#seal.unseal(value, { now, maxAge: MOST_SECONDS });
    return unsealed.refusal === undefined ? unsealed.value : undefined;
  }

  /** Returns the Set-Cookie header that deletes the cookie. */
  delete(): string {
    return deleteCookie(this.#cookie);
  }
}
