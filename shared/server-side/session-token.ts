import { Hmac } from "../crypto/hmac.ts";
import { IDENTIFIER_LENGTH } from "../crypto/identifiers.ts";
import { deriveKey } from "../crypto/key-derivation.ts";
import {
  type SignatureAge,
  type SignatureRefusal,
  type SignerOptions,
  TimestampSigner,
} from "../crypto/timestamp-signer.ts";

/** The secret in the cookie of a server-side session. Its owner can use the session. */
export interface SessionToken {
  /** Finds the session. It does not change during the session. */
  readonly key: string;
  /** Opens the session. It changes when the session is renewed. */
  readonly token: string;
  /** The hashed id of the session's user, so that both records are read in one request. */
  readonly userKey?: string | undefined;
}

/** The token and when it was signed (seconds since the epoch), or why it is refused. */
export type UnsignedToken =
  | { readonly token: SessionToken; readonly signedAt: number; readonly refusal?: never }
  | { readonly refusal: SignatureRefusal | "unreadable_payload" };

const FORM = /^([\w-]{22})([\w-]{22})([\w-]{43})?$/;

/**
 * Signs the tokens of server-side sessions, so that a forged one causes no read of the store. The salt
 * differs from that of cookie sessions, so each kind refuses the cookies of the other. The derivation `none`
 * ignores the salt, so `hmac` takes its place: no other program reads tokens.
 */
export class SessionTokenSigner {
  readonly #options: SignerOptions;
  readonly #signer: TimestampSigner;
  #successions: readonly Hmac[] | undefined;

  constructor(options: SignerOptions) {
    const keyDerivation = options.keyDerivation === "none" ? "hmac" : options.keyDerivation;
    this.#options = { ...options, keyDerivation, salt: `${options.salt}.server-side` };
    this.#signer = new TimestampSigner(this.#options);
  }

  /** Returns the cookie's value. `now` is in seconds since the epoch. */
  sign({ key, token, userKey = "" }: SessionToken, now: number): string {
    return this.#signer.sign(`${key}${token}${userKey}`, now);
  }

  /** Returns the token, or why it is refused. Never throws. */
  unsign(signed: string, age: SignatureAge): UnsignedToken {
    const unsigned = this.#signer.unsign(signed, age);
    if (unsigned.refusal !== undefined) return unsigned;
    const [, key, token, userKey] = FORM.exec(unsigned.value) ?? [];
    if (key === undefined || token === undefined) return { refusal: "unreadable_payload" };
    return { token: { key, token, userKey }, signedAt: unsigned.signedAt };
  }

  /**
   * Returns the tokens that may follow a token at a periodic renewal, one for each secret key; the first one
   * is used.
   *
   * They are derived from the token, so that all requests with it compute the same successor, which can be
   * sent again if a response was lost. Deriving them requires a secret key.
   */
  successorsOf({ key, token }: SessionToken): string[] {
    const { keys, salt } = this.#options;
    const derivation = { salt: `${salt}.renewal`, digest: "sha256", keyDerivation: "hmac" } as const;
    this.#successions ??= keys.map((secret) => new Hmac("sha256", deriveKey(secret, derivation)));
    return this.#successions.map((hmac) => hmac.base64url(`${key}${token}`).slice(0, IDENTIFIER_LENGTH));
  }
}
