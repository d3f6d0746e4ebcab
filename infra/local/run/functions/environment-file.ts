import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { parseEnv } from "node:util";
import type { Output } from "../output.ts";
import { isReserved } from "./function-variables.ts";

/** The file with variables and secrets for local functions, in a project's folder. */
export const ENVIRONMENT_FILE = ".env.local";

const NAME = /^[A-Za-z_]\w*$/;

/**
 * Reads the variables of a file in the format of Node's `--env-file`, at each event. A change is printed with
 * the names of the variables and never with a value. A line that is wrong is not quoted, because it may be a
 * secret.
 */
export class EnvironmentFile {
  readonly #file: string;
  readonly #output: Output;
  #text = "";
  #variables: Readonly<Record<string, string>> = {};
  #problem = "";

  constructor(file: string, output: Output) {
    this.#file = file;
    this.#output = output;
  }

  /** Returns the variables of this moment: the same object while nothing changes. */
  async read(): Promise<Readonly<Record<string, string>>> {
    const text = await this.#readText();
    if (text !== undefined && text !== this.#text) this.#take(text);
    return this.#variables;
  }

  /** Returns the text, empty without a file, and undefined if the file cannot be read. */
  async #readText(): Promise<string | undefined> {
    try {
      const text = await readFile(this.#file, "utf8");
      this.#problem = "";
      return text;
    } catch (error) {
      const { code = "" } = error as NodeJS.ErrnoException;
      if (code === "ENOENT") return "";
      if (code !== this.#problem) this.#output.noted(`${this.#name} cannot be read: ${code}.`);
      this.#problem = code;
      return undefined;
    }
  }

  #take(text: string): void {
    const given = Object.entries(parseEnv(text)) as [string, string][];
    const named = given.filter(([name]) => NAME.test(name));
    const reserved = named.filter(([name]) => isReserved(name)).map(([name]) => name);
    const own = named.filter(([name]) => !isReserved(name));
    this.#text = text;
    this.#variables = Object.fromEntries(own);
    const names = own.map(([name]) => name).join(", ");
    this.#output.noted(
      names ? `${this.#name} sets for every function: ${names}.` : `${this.#name} sets no variable.`,
    );
    if (named.length < given.length)
      this.#output.noted(`${this.#name} has a line whose name is no name of a variable. It is ignored.`);
    if (reserved.length > 0)
      this.#output.noted(
        `${this.#name} cannot set ${reserved.join(", ")}: the local run sets AWS's own variables and those of the session.`,
      );
  }

  get #name(): string {
    return basename(this.#file);
  }
}
