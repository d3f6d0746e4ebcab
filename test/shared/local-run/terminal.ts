import { Writable } from "node:stream";
import { stripVTControlCharacters } from "node:util";

/** Stream that keeps its text, without colours. */
export class Terminal extends Writable {
  #text = "";

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.#text += stripVTControlCharacters(chunk.toString());
    this.emit("written");
    done();
  }

  /** All text so far. */
  get text(): string {
    return this.#text;
  }

  /** Waits until the text matches, up to the test's timeout. */
  async until(pattern: RegExp): Promise<void> {
    while (!pattern.test(this.#text)) await new Promise<void>((resolve) => this.once("written", resolve));
  }
}
