import { assertSecretKeys, type KeyProvider, type SecretKeys } from "../crypto/secret-keys.ts";
import { SessionUnavailableError } from "../session/session-errors.ts";
import type { ResolvedSettings } from "../session/session-settings.ts";

/** The result of verifying one cookie: when it was signed, or `refusal` says why it does not count. */
export interface VerifiedCookie {
  readonly refusal?: string | undefined;
  /** Seconds since the epoch. */
  readonly signedAt?: number | undefined;
}

/** The signer of a request, and the results for its cookies in the order of `newestFirst`. */
export interface VerifiedCookies<Signer, Result> {
  readonly signer: Signer;
  readonly results: readonly Result[];
}

/** Makes a signer once for each array of keys and each object of settings, and verifies cookies with it. */
export class KeyedSigners<Signer> {
  readonly #source: SecretKeys | KeyProvider | undefined;
  readonly #make: (keys: SecretKeys, settings: ResolvedSettings) => Signer;
  #keys: SecretKeys | null = null;
  #signers = new WeakMap<ResolvedSettings, Signer>();

  /** @throws OptionError that names `keys`, if they are given as an array */
  constructor(
    keys: SecretKeys | KeyProvider | undefined,
    make: (keys: SecretKeys, settings: ResolvedSettings) => Signer,
  ) {
    if (keys !== undefined && typeof keys !== "function") assertSecretKeys(keys);
    this.#source = keys;
    this.#make = make;
  }

  /**
   * Verifies the cookies of a request. If no key has made any of the signatures, another function may sign
   * with a key that this one does not know yet, so the newest keys are read and tried once.
   *
   * @returns `undefined` when no keys were given
   * @throws SessionUnavailableError when the keys cannot be read
   * @throws OptionError when the provider returns something other than an array of one or more keys
   */
  async verify<Result extends VerifiedCookie>(
    settings: ResolvedSettings,
    cookies: readonly string[],
    verify: (signer: Signer, cookie: string) => Result,
  ): Promise<VerifiedCookies<Signer, Result> | undefined> {
    const source = this.#source;
    if (!source) return undefined;
    const keys = typeof source === "function" ? await read(source) : source;
    const signer = this.#signerOf(keys, settings);
    const results = cookies.map((cookie) => verify(signer, cookie));
    const { refreshKeys } = source as Partial<KeyProvider>;
    if (!refreshKeys || !areUnknown(results)) return { signer, results: newestFirst(results) };
    const newestKeys = await read(refreshKeys);
    if (newestKeys === keys) return { signer, results };
    const newest = this.#signerOf(newestKeys, settings);
    return { signer: newest, results: newestFirst(cookies.map((cookie) => verify(newest, cookie))) };
  }

  #signerOf(keys: SecretKeys, settings: ResolvedSettings): Signer {
    if (keys !== this.#keys) {
      assertSecretKeys(keys);
      this.#keys = keys;
      this.#signers = new WeakMap();
    }
    let signer = this.#signers.get(settings);
    if (!signer) {
      signer = this.#make(keys, settings);
      this.#signers.set(settings, signer);
    }
    return signer;
  }
}

/** Returns whether there are signatures, and no key has made any of them. */
function areUnknown(results: readonly VerifiedCookie[]): boolean {
  return results.some(({ refusal }) => refusal === "bad_signature") && results.every(isForeign);
}

/** Returns whether no key of ours has signed a cookie. */
export function isForeign({ refusal }: VerifiedCookie): boolean {
  return refusal === "bad_signature" || refusal === "malformed";
}

/**
 * Returns the valid cookies, the most recently signed one first, and then the refused ones. Of two that were
 * signed in the same second the later in the header comes first, because browsers send older cookies first.
 */
function newestFirst<Result extends VerifiedCookie>(results: readonly Result[]): readonly Result[] {
  if (results.length < 2) return results;
  const valid = results.filter(({ refusal }) => refusal === undefined).reverse();
  valid.sort((one, other) => Number(other.signedAt) - Number(one.signedAt));
  return [...valid, ...results.filter(({ refusal }) => refusal !== undefined)];
}

async function read(give: () => Promise<SecretKeys>): Promise<SecretKeys> {
  try {
    return await give();
  } catch (cause) {
    throw new SessionUnavailableError("the secret keys cannot be read", { cause });
  }
}
