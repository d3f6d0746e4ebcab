import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { parseEnv } from "node:util";
import type { Output } from "../output.ts";
import { isReserved } from "./function-variables.ts";

/** File with variables and secrets for local functions, in a project's folder. */
export const ENVIRONMENT_FILE = ".env.local";

const NAME = /^[A-Za-z_]\w*$/;

/**
 * Reads variables from a file in the format of Node's `--env-file`, before each event. The file may begin
 * with a byte order mark, which Node would add to the first name. Prints the names of variables when the file
 * changes, but never a value, and never an invalid line, because it may contain a secret.
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

  /** Returns the current variables, as the same object until they change. */
  async read(): Promise<Readonly<Record<string, string>>> {
    const text = await this.#readText();
    if (text !== undefined && text !== this.#text) this.#take(text);
    return this.#variables;
  }

  /** Returns the content of the file: empty if there is no file, undefined if the file cannot be read. */
  async #readText(): Promise<string | undefined> {
    try {
      const text = await readFile(this.#file, "utf8");
      this.#problem = "";
      return text;
    } catch (error) {
      const { code = "" } = error as NodeJS.ErrnoException;
      if (code === "ENOENT") return "";
      if (code !== this.#problem)
        this.#output.printNote(`${this.#name} cannot be read (${code}). The previous variables still apply.`);
      this.#problem = code;
      return undefined;
    }
  }

  #take(text: string): void {
    const given = Object.entries(parseEnv(text.replace(/^\uFEFF/, ""))) as [string, string][];
    const named = given.filter(([name]) => NAME.test(name));
    const reserved = named.filter(([name]) => isReserved(name)).map(([name]) => name);
    const own = named.filter(([name]) => !isReserved(name));
    this.#text = text;
    this.#variables = Object.fromEntries(own);
    const names = own.map(([name]) => name).join(", ");
    this.#output.printNote(
      names ? `${this.#name} sets for every function: ${names}.` : `${this.#name} sets no variable.`,
    );
    if (named.length < given.length)
      this.#output.printNote(
        `${this.#name} has a line whose name is not a valid variable name. Use letters, digits and underscores; the line is ignored.`,
      );
    if (reserved.length > 0)
      this.#output.printNote(
        `${this.#name} cannot set ${reserved.join(", ")}: the local run itself sets the variables of AWS and of the session. Remove them from the file.`,
      );
  }

  get #name(): string {
    return basename(this.#file);
  }
}
