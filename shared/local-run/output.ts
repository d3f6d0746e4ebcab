import type { Writable } from "node:stream";
import { styleText } from "node:util";
import type { AnsweredRequest } from "../gateway/http-api/http-api.ts";
import { describeTarget, type StackRoute } from "./stack/stack-routes.ts";

type Style = Parameters<typeof styleText>[0];

const MOST_TYPE_ERRORS = 8;

/** Prints lines for the developer, with colours if the stream is a terminal that supports them. */
export class Output {
  readonly #stream: Writable;
  #closed = false;

  constructor(stream: Writable) {
    this.#stream = stream;
  }

  /** Prints the server's address, the source of each route, and notes. */
  printStart(url: string, routes: readonly StackRoute[], notes: readonly string[]): void {
    const listed = omitHead(routes);
    const width = Math.max(...listed.map(({ routeKey }) => routeKey.length));
    const lines = listed.map((route) => `  ${route.routeKey.padEnd(width)}  ${describeTarget(route)}`);
    this.#write(["", this.#style(["bold", "cyan"], url), "", ...lines, "", ...notes].join("\n"));
  }

  /** Prints the routes that a new synthesis has added and removed. */
  printRouteChanges(added: readonly StackRoute[], removed: readonly StackRoute[]): void {
    const lines = [
      ...omitHead(added).map((route) => `  + ${route.routeKey}  ${describeTarget(route)}`),
      ...omitHead(removed).map((route) => `  - ${route.routeKey}  ${describeTarget(route)}`),
    ];
    this.#write([this.#style("cyan", "The stack was synthesized again."), ...lines].join("\n"));
  }

  /** Prints the error for which a new stack cannot run. */
  printRejectedStack(failure: string): void {
    this.#write(
      this.#style("red", `The previous stack keeps running, because the new one fails:\n${failure}`),
    );
  }

  /** Prints the number of type errors, and the first few. */
  printTypeErrors(errors: readonly string[]): void {
    const shown = errors.slice(0, MOST_TYPE_ERRORS).map((error) => `  ${error}`);
    const others = errors.length - shown.length;
    const more = others > 0 ? [`  and ${others} more. Run npm run types for the whole list.`] : [];
    this.#write(this.#style("red", [`Type errors: ${errors.length}`, ...shown, ...more].join("\n")));
  }

  /** Prints a request and the status of its response. */
  printRequest({ method, path, statusCode, milliseconds }: AnsweredRequest): void {
    const style = statusCode >= 500 ? "red" : statusCode >= 400 ? "yellow" : "green";
    this.#write(`${method} ${path} ${this.#style(style, String(statusCode))} ${Math.round(milliseconds)} ms`);
  }

  /**
   * Prints the status of the response to a request that Node.js cannot parse. `code` is Node's, or a method.
   */
  printInvalidRequest(statusCode: number, code: string): void {
    this.#write(`A request that cannot be read (${code}) ${this.#style("yellow", String(statusCode))}`);
  }

  /** Prints the output of a function. */
  printFunctionOutput(label: string, text: string): void {
    this.#writeLabelled(label, text);
  }

  /** Prints the failure of a function: a stack trace, or a sentence. */
  printFailure(label: string, failure: string): void {
    this.#writeLabelled(label, failure, "red");
  }

  /** Prints the functions that have been rebuilt. */
  printRebuilt(labels: readonly string[]): void {
    this.#write(this.#style("cyan", `Rebuilt: ${labels.join(", ")}`));
  }

  /** Prints the functions that do not compile, and the error. */
  printBuildFailure(labels: readonly string[], failure: string): void {
    this.#write(this.#style("red", `Build failed: ${labels.join(", ")}\n${failure}`));
  }

  /** Prints a note. */
  printNote(text: string): void {
    this.#write(this.#style("yellow", text));
  }

  /** Ends the output. Later lines are not printed. */
  close(): void {
    this.#closed = true;
  }

  #writeLabelled(label: string, text: string, style?: Style): void {
    const prefix = this.#style("dim", `[${label}]`);
    const lines = text.replace(/\n$/, "").split("\n");
    this.#write(lines.map((line) => `${prefix} ${style ? this.#style(style, line) : line}`).join("\n"));
  }

  #style(style: Style, text: string): string {
    return styleText(style, text, { stream: this.#stream });
  }

  #write(text: string): void {
    if (!this.#closed) this.#stream.write(`${text}\n`);
  }
}

/** Returns the routes without those for HEAD that the stack adds to those for GET. */
function omitHead(routes: readonly StackRoute[]): StackRoute[] {
  const toKey = (routeKey: string, route: StackRoute) => `${routeKey} ${describeTarget(route)}`;
  const keys = routes.map((route) => toKey(route.routeKey, route));
  return routes.filter(
    (route) =>
      !route.routeKey.startsWith("HEAD ") ||
      !keys.includes(toKey(`GET ${route.routeKey.slice("HEAD ".length)}`, route)),
  );
}
