import type { Writable } from "node:stream";
import { styleText } from "node:util";
import type { StackRoute } from "./stack/template.ts";

type Style = Parameters<typeof styleText>[0];

const MOST_TYPE_ERRORS = 8;

/** Prints lines for the developer, coloured if the stream is a terminal with colours. */
export class Output {
  readonly #stream: Writable;

  constructor(stream: Writable) {
    this.#stream = stream;
  }

  /** Prints the server's address, the source of each route, and notes. */
  started(url: string, routes: readonly StackRoute[], notes: readonly string[]): void {
    const width = Math.max(...routes.map(({ routeKey }) => routeKey.length));
    const lines = routes.map(({ routeKey, target }) => `  ${routeKey.padEnd(width)}  ${target.entry}`);
    this.#write(["", this.#styled(["bold", "cyan"], url), "", ...lines, "", ...notes].join("\n"));
  }

  /** Prints the routes that a new synthesis has added and removed. */
  updated(added: readonly StackRoute[], removed: readonly StackRoute[]): void {
    const lines = [
      ...added.map(({ routeKey, target }) => `  + ${routeKey}  ${target.entry}`),
      ...removed.map(({ routeKey, target }) => `  - ${routeKey}  ${target.entry}`),
    ];
    this.#write([this.#styled("cyan", "The stack was synthesized again."), ...lines].join("\n"));
  }

  /** Prints why the stack cannot run as it is now. */
  rejected(failure: string): void {
    this.#write(
      this.#styled("red", `The stack of before goes on running, because the new one fails:\n${failure}`),
    );
  }

  /** Prints the number of type errors, and the first few. */
  mistyped(errors: readonly string[]): void {
    const shown = errors.slice(0, MOST_TYPE_ERRORS).map((error) => `  ${error}`);
    const others = errors.length - shown.length;
    const more = others > 0 ? [`  and ${others} more; npm run types lists all.`] : [];
    this.#write(this.#styled("red", [`Type errors: ${errors.length}`, ...shown, ...more].join("\n")));
  }

  /** Prints one request and its answer. The path is printed without the query, which may hold secrets. */
  answered(method: string, path: string, statusCode: number, milliseconds: number): void {
    const style = statusCode >= 500 ? "red" : statusCode >= 400 ? "yellow" : "green";
    this.#write(
      `${method} ${path} ${this.#styled(style, String(statusCode))} ${Math.round(milliseconds)} ms`,
    );
  }

  /** Prints what a function printed. */
  printed(label: string, text: string): void {
    this.#labelled(label, text);
  }

  /** Prints why a function failed: a stack trace, or a sentence. */
  failed(label: string, failure: string): void {
    this.#labelled(label, failure, "red");
  }

  /** Prints which functions run other code from now on. */
  rebuilt(labels: readonly string[]): void {
    this.#write(this.#styled("cyan", `Rebuilt: ${labels.join(", ")}`));
  }

  /** Prints which functions do not compile, and why. */
  broken(labels: readonly string[], failure: string): void {
    this.#write(this.#styled("red", `Broken: ${labels.join(", ")}\n${failure}`));
  }

  /** Prints a note. */
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
