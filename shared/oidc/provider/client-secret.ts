import { ProviderError } from "./provider-error.ts";

/** Milliseconds after which a secret is read again that could not be read, or that the provider rejected. */
const READ_AGAIN_AFTER = 5000;

/** The client's secret: read at its first use, and again when the provider rejects it. */
export class ClientSecret {
  readonly #read: () => Promise<string>;
  readonly #clock: () => number;
  #secret: Promise<string> | undefined;
  #failure: { readonly error: unknown; readonly at: number } | undefined;
  #renewedAt = Number.NEGATIVE_INFINITY;

  /** @param clock returns the time in milliseconds since the epoch */
  constructor(read: () => Promise<string>, clock: () => number) {
    this.#read = read;
    this.#clock = clock;
  }

  /**
   * Returns the secret. Parallel calls read it once. A failure is repeated for five seconds, because
   * otherwise each request of a flood would read.
   *
   * @throws ProviderError if it is missing or cannot be read
   */
  async value(): Promise<string> {
    if (this.#failure !== undefined && !this.#isOver(this.#failure.at)) throw this.#failure.error;
    this.#secret ??= this.#readOnce();
    try {
      return await this.#secret;
    } catch (error) {
      this.#secret = undefined;
      this.#failure = { error, at: this.#clock() };
      throw error;
    }
  }

  /**
   * Reads the secret again after the provider has rejected it, at most every five seconds.
   *
   * @returns whether it differs from the rejected one
   */
  async renew(rejected: string): Promise<boolean> {
    if ((await this.value()) !== rejected) return true;
    if (!this.#isOver(this.#renewedAt)) return false;
    this.#renewedAt = this.#clock();
    this.#secret = undefined;
    return (await this.value()) !== rejected;
  }

  async #readOnce(): Promise<string> {
    const secret: unknown = await this.#read().catch((cause: unknown) => {
      const message = "the client secret cannot be read; see the cause";
      throw new ProviderError("client_secret_unreadable", message, { cause });
    });
    if (typeof secret === "string" && secret !== "") return secret;
    throw new ProviderError(
      "client_secret_missing",
      "the client secret is empty; store the one that the provider gave you for this client id",
    );
  }

  /** Returns whether the time has passed. If the clock was set back, it has. */
  #isOver(since: number): boolean {
    const passed = this.#clock() - since;
    return passed < 0 || passed >= READ_AGAIN_AFTER;
  }
}
