import { hashIdentifier } from "../../crypto/identifiers.ts";
import type { KeyProvider, SecretKeys } from "../../crypto/secret-keys.ts";
import type { ConditionalStore } from "../../stores/conditional-store.ts";
import { tryUntilDone } from "../../stores/try-until-done.ts";
import { SealedJson } from "../sealed-json.ts";
import type { KeptTokens } from "./kept-tokens.ts";

/** Options of `TokenVault`. */
export interface TokenVaultOptions {
  readonly items: ConditionalStore;
  readonly keys: SecretKeys | KeyProvider;
  /** Returns the time in seconds since the epoch. */
  readonly nowSeconds: () => number;
}

/** Session and user that tokens belong to. */
export interface TokenPlace {
  /** Identifier that the session keeps. */
  readonly id: string;
  readonly userId: string;
  /** Id of the session for the log. It is no secret. */
  readonly session?: string | undefined;
}

/** Tokens as they were read or written. */
export interface VaultEntry {
  readonly tokens: KeptTokens;
  /** Sealed tokens. No two are equal, so a conditional write is about exactly this version. */
  readonly sealed: string;
}

/** Entry of a place, or why it has none. */
export type FoundEntry = VaultEntry | "removed" | "unreadable";

/** The expiry of an item decides how long its tokens are kept, not the age of their seal. */
const ANY_AGE = { now: Number.POSITIVE_INFINITY, maxAge: Number.POSITIVE_INFINITY };

/** Seals the tokens of sessions, and stores them in items with an expiry. */
export class TokenVault {
  readonly #items: ConditionalStore;
  readonly #keys: SecretKeys | KeyProvider;
  readonly #now: () => number;

  constructor({ items, keys, nowSeconds }: TokenVaultOptions) {
    this.#items = items;
    this.#keys = keys;
    this.#now = nowSeconds;
  }

  /** Returns the tokens of a place. */
  async read(place: TokenPlace): Promise<FoundEntry> {
    const sealed = await this.#items.read(toKey(place));
    if (sealed === undefined) return "removed";
    const unsealed = await this.#sealerOf(place).unseal(sealed, ANY_AGE);
    return unsealed.refusal === undefined ? { tokens: unsealed.value, sealed } : "unreadable";
  }

  /**
   * Replaces an entry, or begins one. Returns the new entry, or `undefined` if another write was faster.
   *
   * A write whose response was lost counts if its entry is found.
   *
   * @throws SessionUnavailableError if the store fails
   */
  async write(
    place: TokenPlace,
    tokens: KeptTokens,
    before?: Pick<VaultEntry, "sealed">,
  ): Promise<VaultEntry | undefined> {
    const [key, sealed] = [toKey(place), await this.#sealerOf(place).seal(tokens, this.#now())];
    const condition = { expected: before?.sealed, expiresAt: tokens.endsAt };
    const isWritten = await this.#items.write(key, sealed, condition).catch(async (error: unknown) => {
      if ((await this.#items.read(key)) === sealed) return true;
      throw error;
    });
    return isWritten ? { tokens, sealed } : undefined;
  }

  /** Writes the tokens of a place, whatever is there. */
  async put(place: TokenPlace, tokens: KeptTokens): Promise<void> {
    await tryUntilDone(async () => {
      const sealed = await this.#items.read(toKey(place));
      return this.write(place, tokens, sealed === undefined ? undefined : { sealed });
    });
  }

  /** Removes the tokens of a place, or only this version of them. Returns whether they are gone. */
  async remove(place: TokenPlace, only?: Pick<VaultEntry, "sealed">): Promise<boolean> {
    const key = toKey(place);
    if (await this.#items.remove(key, only?.sealed)) return true;
    return (await this.#items.read(key)) === undefined;
  }

  /** Tokens that were sealed for another place or user are refused. */
  #sealerOf({ id, userId }: TokenPlace): SealedJson<KeptTokens> {
    return new SealedJson(this.#keys, `provider-tokens ${id} ${hashIdentifier(userId)}`);
  }
}

/** Keys of items are hashes, so that a table does not tell which session has which item. */
function toKey({ id }: TokenPlace): string {
  return `provider-tokens#${hashIdentifier(id)}`;
}
