import { Hmac } from "../crypto/hmac.ts";
import { IDENTIFIER_LENGTH } from "../crypto/identifiers.ts";
import { deriveKey } from "../crypto/key-derivation.ts";
import {
  type SignatureAge,
  type SignatureRefusal,
  type SignerOptions,
  TimestampSigner,
} from "../crypto/timestamp-signer.ts";

/** What the cookie of a server-side session holds. Whoever has it has the session. */
export interface SessionToken {
  /** What finds the session; it stays the same as long as the session lives. */
  readonly key: string;
  /** What opens it; it changes when the session is renewed. */
  readonly token: string;
  /** The hashed id of the user to whom the session is bound, so that both records are read in one go. */
  readonly userKey?: string | undefined;
}

/** The token and when it was signed (seconds since the epoch), or why there is none. */
export type UnsignedToken =
  | { readonly token: SessionToken; readonly signedAt: number; readonly refusal?: never }
  | { readonly refusal: SignatureRefusal | "unreadable_payload" };

const FORM = /^([\w-]{22})([\w-]{22})([\w-]{43})?$/;

/**
 * Signs the tokens of server-side sessions, so that a forged one costs no look at the store. The salt is not
 * the one of cookie sessions: the cookie of the one kind never counts as one of the other.
 */
export class SessionTokenSigner {
  readonly #options: SignerOptions;
  readonly #signer: TimestampSigner;
  #successions: readonly Hmac[] | undefined;

  constructor(options: SignerOptions) {
    this.#options = { ...options, salt: `${options.salt}.server-side` };
    this.#signer = new TimestampSigner(this.#options);
  }

  /** The cookie's value; `now` in seconds since the epoch. */
  sign({ key, token, userKey = "" }: SessionToken, now: number): string {
    return this.#signer.sign(`${key}${token}${userKey}`, now);
  }

  /** The token again, or why there is none. Anything may be given. */
  unsign(signed: string, age: SignatureAge): UnsignedToken {
    const unsigned = this.#signer.unsign(signed, age);
    if (unsigned.refusal !== undefined) return unsigned;
    const [, key, token, userKey] = FORM.exec(unsigned.value) ?? [];
    if (key === undefined || token === undefined) return { refusal: "unreadable_payload" };
    return { token: { key, token, userKey }, signedAt: unsigned.signedAt };
  }

  /**
   * The tokens that may follow a token at a periodic renewal, one for each secret key; the first is the one
   * to take.
   *
   * They are made of the token itself, so that all requests that show it agree on the next one, and one whose
   * answer was lost can be told again. Only who has a secret key can make them.
   */
  successorsOf({ key, token }: SessionToken): string[] {
    const { keys, salt } = this.#options;
    const derivation = { salt: `${salt}.renewal`, digest: "sha256", keyDerivation: "hmac" } as const;
    this.#successions ??= keys.map((secret) => new Hmac("sha256", deriveKey(secret, derivation)));
    return this.#successions.map((hmac) => hmac.base64url(`${key}${token}`).slice(0, IDENTIFIER_LENGTH));
  }
}
