import { assertSecretKeys, type KeyProvider, type SecretKeys } from "../crypto/secret-keys.ts";
import { SessionUnavailableError } from "../session/session-errors.ts";
import type { ResolvedSettings } from "../session/session-settings.ts";

/** The result of verifying one cookie: `refusal` says why it does not count. */
interface Verified {
  readonly refusal?: string | undefined;
}

/** The signer of a request, and the results for its cookies. */
export interface VerifiedCookies<Signer, Result> {
  readonly signer: Signer;
  readonly results: readonly Result[];
}

/** Makes a signer once for each array of keys and each object of settings, and verifies cookies with it. */
export class KeyedSigners<Signer> {
  /** The keys, if they are given as an array. Requests do not wait for them. */
  readonly #given: SecretKeys | undefined;
  readonly #provider: KeyProvider;
  readonly #make: (keys: SecretKeys, settings: ResolvedSettings) => Signer;
  #keys: SecretKeys | null = null;
  #signers = new WeakMap<ResolvedSettings, Signer>();

  /** @throws OptionError that names `keys`, if they are given as an array */
  constructor(
    keys: SecretKeys | KeyProvider,
    make: (keys: SecretKeys, settings: ResolvedSettings) => Signer,
  ) {
    this.#given = typeof keys === "function" ? undefined : keys;
    this.#provider = toProvider(keys);
    this.#make = make;
  }

  /**
   * Verifies the cookies of a request. If no key has made any of the signatures, another function may sign
   * with a key that this one does not know yet, so the newest keys are read and tried once.
   *
   * @returns `undefined` when there is no key
   * @throws SessionUnavailableError when the keys cannot be read
   * @throws OptionError when the provider returns something other than an array of keys
   */
  async verify<Result extends Verified>(
    settings: ResolvedSettings,
    cookies: readonly string[],
    verify: (signer: Signer, cookie: string) => Result,
  ): Promise<VerifiedCookies<Signer, Result> | undefined> {
    const { refreshKeys } = this.#provider;
    const keys = this.#given ?? (await read(this.#provider));
    const signer = this.#signerOf(keys, settings);
    if (signer === undefined) return undefined;
    const results = cookies.map((cookie) => verify(signer, cookie));
    if (refreshKeys === undefined || !areUnknown(results)) return { signer, results };
    const newestKeys = await read(refreshKeys);
    if (newestKeys === keys) return { signer, results };
    const newest = this.#signerOf(newestKeys, settings);
    return newest && { signer: newest, results: cookies.map((cookie) => verify(newest, cookie)) };
  }

  #signerOf(keys: SecretKeys, settings: ResolvedSettings): Signer | undefined {
    if (keys !== this.#keys) {
      assertSecretKeys(keys);
      this.#keys = keys;
      this.#signers = new WeakMap();
    }
    if (keys.length === 0) return undefined;
    let signer = this.#signers.get(settings);
    if (signer === undefined) {
      signer = this.#make(keys, settings);
      this.#signers.set(settings, signer);
    }
    return signer;
  }
}

/** Returns whether there are signatures, and no key has made any of them. */
function areUnknown(results: readonly Verified[]): boolean {
  return (
    results.some(({ refusal }) => refusal === "bad_signature") &&
    results.every(({ refusal }) => refusal === "bad_signature" || refusal === "malformed")
  );
}

async function read(give: () => Promise<SecretKeys>): Promise<SecretKeys> {
  try {
    return await give();
  } catch (cause) {
    throw new SessionUnavailableError("the secret keys cannot be read", { cause });
  }
}

function toProvider(keys: SecretKeys | KeyProvider): KeyProvider {
  if (typeof keys === "function") return keys;
  assertSecretKeys(keys);
  return async () => keys;
}
