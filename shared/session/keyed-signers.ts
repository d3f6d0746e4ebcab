import { assertSecretKeys, type KeyProvider, type SecretKeys } from "../crypto/secret-keys.ts";
import { SessionUnavailableError } from "./session-errors.ts";
import type { ResolvedSettings } from "./session-settings.ts";

/** Makes what signs cookies, once for each list of keys and each object of settings. */
export class KeyedSigners<Signer> {
  readonly #keys: KeyProvider;
  readonly #make: (keys: SecretKeys, settings: ResolvedSettings) => Signer;
  #signing: SecretKeys | null = null;
  #signers = new WeakMap<ResolvedSettings, Signer>();

  /** @throws OptionError that names `keys`, where they are given as a list */
  constructor(
    keys: SecretKeys | KeyProvider,
    make: (keys: SecretKeys, settings: ResolvedSettings) => Signer,
  ) {
    this.#keys = providerOf(keys);
    this.#make = make;
  }

  /**
   * The keys of the moment; at once when the provider holds them.
   *
   * @throws SessionUnavailableError when they cannot be read
   */
  keys(): SecretKeys | Promise<SecretKeys> {
    return available(this.#keys);
  }

  /**
   * The keys to verify with once more, when no signature of a visitor's cookies is known: another function may sign
   * with a key that this one has not seen yet. The same list where there is nothing to look for, or no look is due.
   *
   * @param cookies whether and why each is refused
   * @throws SessionUnavailableError when they cannot be read
   */
  lookAgain(
    keys: SecretKeys,
    cookies: readonly { readonly refusal?: string | undefined }[],
  ): SecretKeys | Promise<SecretKeys> {
    const { lookAgain } = this.#keys;
    if (lookAgain === undefined || !cookies.some(isUnknown)) return keys;
    return cookies.every((cookie) => isUnknown(cookie) || cookie.refusal === "malformed")
      ? available(lookAgain)
      : keys;
  }

  /**
   * What signs with these keys under these settings; `undefined` when the list is empty.
   *
   * @throws OptionError when it is no list of keys
   */
  signerOf(keys: SecretKeys, settings: ResolvedSettings): Signer | undefined {
    if (keys !== this.#signing) this.#changeKeys(keys);
    if (keys.length === 0) return undefined;
    let signer = this.#signers.get(settings);
    if (signer === undefined) {
      signer = this.#make(keys, settings);
      this.#signers.set(settings, signer);
    }
    return signer;
  }

  #changeKeys(keys: SecretKeys): void {
    assertSecretKeys(keys);
    this.#signing = keys;
    this.#signers = new WeakMap();
  }
}

/** Goes on with a value: at once when it is there. */
export function andThen<T, Result>(
  value: T | Promise<T>,
  next: (value: T) => Result | Promise<Result>,
): Result | Promise<Result> {
  return value instanceof Promise ? value.then(next) : next(value);
}

function isUnknown({ refusal }: { readonly refusal?: string | undefined }): boolean {
  return refusal === "bad_signature";
}

function available(give: () => SecretKeys | Promise<SecretKeys>): SecretKeys | Promise<SecretKeys> {
  try {
    const keys = give();
    return keys instanceof Promise ? keys.catch(unavailable) : keys;
  } catch (error) {
    return unavailable(error);
  }
}

function providerOf(keys: SecretKeys | KeyProvider): KeyProvider {
  if (typeof keys === "function") return keys;
  assertSecretKeys(keys);
  return () => keys;
}

function unavailable(cause: unknown): never {
  throw new SessionUnavailableError("the secret keys cannot be read", { cause });
}
