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
    try {
      const keys = this.#keys();
      return keys instanceof Promise ? keys.catch(unavailable) : keys;
    } catch (error) {
      return unavailable(error);
    }
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

function providerOf(keys: SecretKeys | KeyProvider): KeyProvider {
  if (typeof keys === "function") return keys;
  assertSecretKeys(keys);
  return () => keys;
}

function unavailable(cause: unknown): never {
  throw new SessionUnavailableError("the secret keys cannot be read", { cause });
}
