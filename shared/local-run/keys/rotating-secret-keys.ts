import { keyId } from "../../keys/key-ring.ts";
import type { Output } from "../output.ts";
import { readSecretKeys } from "./secret-keys-file.ts";

/**
 * Reads the secret keys from their file before each event. Prints the ids of the keys when the file changes.
 * While the file is invalid, the previous keys still apply.
 */
export class RotatingSecretKeys {
  readonly #file: string;
  readonly #output: Output;
  #keys: readonly string[] = [];
  #problem: string | undefined;

  constructor(file: string, output: Output) {
    this.#file = file;
    this.#output = output;
  }

  /**
   * Reads the keys for the first time.
   *
   * @throws LocalRunError if the file is invalid
   */
  async start(): Promise<void> {
    this.#keys = await readSecretKeys(this.#file);
  }

  /** Returns the keys, newest first, as the same array until they change. */
  async read(): Promise<readonly string[]> {
    try {
      this.#take(await readSecretKeys(this.#file));
      this.#problem = undefined;
    } catch (error) {
      this.#printOnce(`${(error as Error).message} The previous keys still apply.`);
    }
    return this.#keys;
  }

  #take(keys: readonly string[]): void {
    if (keys.join("\n") === this.#keys.join("\n")) return;
    this.#keys = keys;
    this.#output.printNote(`The secret keys are now ${keys.map(keyId).join(", ")}; the first one signs.`);
  }

  #printOnce(problem: string): void {
    if (problem !== this.#problem) this.#output.printNote(problem);
    this.#problem = problem;
  }
}
