import { keyId } from "lambda-sessions/keys";
import type { Output } from "../output.ts";
import { keptSecretKeys } from "./secret-keys-file.ts";

/**
 * Reads the keys of a file at each event. A change is printed, by the keys' ids. While the file holds
 * something else, the keys before stay.
 */
export class TurningSecretKeys {
  readonly #file: string;
  readonly #output: Output;
  #keys: readonly string[] = [];
  #problem: string | undefined;

  constructor(file: string, output: Output) {
    this.#file = file;
    this.#output = output;
  }

  /** Reads them first. @throws LocalRunError when the file holds something else. */
  async start(): Promise<void> {
    this.#keys = await keptSecretKeys(this.#file);
  }

  /** The keys, newest first: the same list while nothing changes. */
  async read(): Promise<readonly string[]> {
    try {
      this.#take(await keptSecretKeys(this.#file));
      this.#problem = undefined;
    } catch (error) {
      this.#tell(`${(error as Error).message} The keys of before stay.`);
    }
    return this.#keys;
  }

  #take(keys: readonly string[]): void {
    if (keys.join("\n") === this.#keys.join("\n")) return;
    this.#keys = keys;
    this.#output.noted(`The secret keys are now ${keys.map(keyId).join(", ")}; the first one signs.`);
  }

  #tell(problem: string): void {
    if (problem !== this.#problem) this.#output.noted(problem);
    this.#problem = problem;
  }
}
