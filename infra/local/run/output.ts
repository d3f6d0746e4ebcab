import type { Writable } from "node:stream";
import { styleText } from "node:util";
import type { StackRoute } from "./stack/template.ts";

type Style = Parameters<typeof styleText>[0];

const MOST_TYPE_ERRORS = 8;

/** What the developer reads: plain lines, coloured where the stream is a terminal that takes colours. */
export class Output {
  readonly #stream: Writable;

  constructor(stream: Writable) {
    this.#stream = stream;
  }

  /** Where the server answers, which source answers what, and what else to know, in sentences. */
  started(url: string, routes: readonly StackRoute[], notes: readonly string[]): void {
    const width = Math.max(...routes.map(({ routeKey }) => routeKey.length));
    const lines = routes.map(({ routeKey, target }) => `  ${routeKey.padEnd(width)}  ${target.entry}`);
    this.#write(["", this.#styled(["bold", "cyan"], url), "", ...lines, "", ...notes].join("\n"));
  }

  /** The routes that the stack has got and lost since it was synthesized before. */
  updated(added: readonly StackRoute[], removed: readonly StackRoute[]): void {
    const lines = [
      ...added.map(({ routeKey, target }) => `  + ${routeKey}  ${target.entry}`),
      ...removed.map(({ routeKey, target }) => `  - ${routeKey}  ${target.entry}`),
    ];
    this.#write([this.#styled("cyan", "The stack was synthesized again."), ...lines].join("\n"));
  }

  /** Why the stack cannot be run as it is now. */
  rejected(failure: string): void {
    this.#write(
      this.#styled("red", `The stack of before goes on running, because the new one fails:\n${failure}`),
    );
  }

  /** The errors in the types, the first few with file and line. */
  mistyped(errors: readonly string[]): void {
    const shown = errors.slice(0, MOST_TYPE_ERRORS).map((error) => `  ${error}`);
    const others = errors.length - shown.length;
    const more = others > 0 ? [`  and ${others} more; npm run types lists all.`] : [];
    this.#write(this.#styled("red", [`Type errors: ${errors.length}`, ...shown, ...more].join("\n")));
  }

  /** One request and its answer. The path comes without the query, which may hold secrets. */
  answered(method: string, path: string, statusCode: number, milliseconds: number): void {
    const style = statusCode >= 500 ? "red" : statusCode >= 400 ? "yellow" : "green";
    this.#write(
      `${method} ${path} ${this.#styled(style, String(statusCode))} ${Math.round(milliseconds)} ms`,
    );
  }

  /** What a function printed. */
  printed(label: string, text: string): void {
    this.#labelled(label, text);
  }

  /** Why a function failed: a stack trace, or a sentence. */
  failed(label: string, failure: string): void {
    this.#labelled(label, failure, "red");
  }

  /** Which functions run other code from now on. */
  rebuilt(labels: readonly string[]): void {
    this.#write(this.#styled("cyan", `Rebuilt: ${labels.join(", ")}`));
  }

  /** Which functions do not compile, and why. */
  broken(labels: readonly string[], failure: string): void {
    this.#write(this.#styled("red", `Broken: ${labels.join(", ")}\n${failure}`));
  }

  /** What the developer should know, and need not mend. */
  noted(text: string): void {
    this.#write(this.#styled("yellow", text));
  }

  #labelled(label: string, text: string, style?: Style): void {
    const prefix = this.#styled("dim", `[${label}]`);
    const lines = text.replace(/\n$/, "").split("\n");
    this.#write(lines.map((line) => `${prefix} ${style ? this.#styled(style, line) : line}`).join("\n"));
  }

  #styled(style: Style, text: string): string {
    return styleText(style, text, { stream: this.#stream });
  }

  #write(text: string): void {
    this.#stream.write(`${text}\n`);
  }
}
