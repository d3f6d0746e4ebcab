import { KeyedSigners } from "../cookie/keyed-signers.ts";
import { Sealer } from "../crypto/sealer.ts";
import type { KeyProvider, SecretKeys } from "../crypto/secret-keys.ts";
import type { SignatureRefusal } from "../crypto/timestamp-signer.ts";
import { resolveSettings } from "../session/session-settings.ts";

/** Result of `unseal`: the value, or the reason of the refusal. */
export type UnsealedJson<Value> =
  | { readonly value: Value; readonly refusal?: never }
  | { readonly refusal: SignatureRefusal };

/** Seconds that the clock of another machine may be ahead. */
const CLOCK_SKEW = 60;

/** Settings do not influence the seals. */
const SETTINGS = resolveSettings();

/**
 * Seals JSON values with the secret keys of the sessions, so that nobody else can read or change them. Keys
 * may rotate meanwhile: if no known key has sealed a string, the newest keys are read and tried once.
 */
export class SealedJson<Value> {
  readonly #sealers: KeyedSigners<Sealer>;

  /**
   * @param purpose separates these strings from those of other purposes, which are refused
   * @throws OptionError that names `keys`, if they are given as an array
   */
  constructor(keys: SecretKeys | KeyProvider, purpose: string) {
    const options = { salt: "lambda-sessions oidc 1", name: purpose };
    this.#sealers = new KeyedSigners(keys, (list) => new Sealer({ keys: list, ...options }));
  }

  /**
   * Returns the value as a sealed string in the URL-safe alphabet and `~`.
   *
   * @param now the time in seconds since the epoch
   * @throws SessionUnavailableError if the keys cannot be read
   */
  async seal(value: Value, now: number): Promise<string> {
    const opened = await this.#sealers.verify(SETTINGS, [], () => ({}));
    if (opened === undefined) throw new TypeError("keys: pass at least one secret key");
    return opened.signer.seal(Buffer.from(JSON.stringify(value)), now);
  }

  /**
   * Returns the value, or the reason of the refusal. Accepts any string.
   *
   * @param age the time, and the maximum age of the string, in seconds
   * @throws SessionUnavailableError if the keys cannot be read
   */
  async unseal(
    sealed: string,
    age: { readonly now: number; readonly maxAge: number },
  ): Promise<UnsealedJson<Value>> {
    const complete = { ...age, clockSkew: CLOCK_SKEW };
    const opened = await this.#sealers.verify(SETTINGS, [sealed], (sealer, text) =>
      sealer.unseal(text, complete),
    );
    const [result] = opened?.results ?? [];
    if (result === undefined) return { refusal: "malformed" };
    if (result.refusal !== undefined) return { refusal: result.refusal };
    return { value: JSON.parse(result.plain.toString()) };
  }
}
