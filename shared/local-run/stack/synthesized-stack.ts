import { dirname, join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { describeFailure } from "../functions/failure-text.ts";
import { LocalRunError } from "../local-run-error.ts";
import type { Output } from "../output.ts";
import { findAppSources } from "./cdk-app.ts";
import { type FileStamp, readStamp } from "./file-stamp.ts";
import { SourceWatcher } from "./source-watcher.ts";
import { type SynthesisOptions, synthesize } from "./synthesis.ts";
import type { Template } from "./template.ts";

/** Options of a synthesized stack. */
export interface SynthesizedStackOptions extends Omit<SynthesisOptions, "onWarning" | "signal"> {
  readonly output: Output;
  /**
   * Receives each template except the first.
   *
   * @throws LocalRunError for one that cannot run locally
   */
  readonly onTemplate: (template: Template) => Promise<void>;
  /** Called after a source was saved. */
  readonly onSave?: (() => void) | undefined;
}

/**
 * Stack of the CDK app. It is synthesized again when a file that the app imports is saved. If that fails, the
 * error is printed and the previous template stays.
 */
export class SynthesizedStack {
  readonly #options: SynthesizedStackOptions;
  readonly #watcher: SourceWatcher;
  readonly #closing = new AbortController();
  #sources: readonly string[];
  /** States of the sources that the last synthesis has read. */
  readonly #seen = new Map<string, FileStamp>();
  #failed = false;
  #running: Promise<void> | undefined;

  constructor(options: SynthesizedStackOptions) {
    this.#options = options;
    this.#sources = [join(options.root, "cdk.json")];
    this.#watcher = new SourceWatcher(() => {
      this.retry();
      void this.refresh();
      options.onSave?.();
    });
  }

  /**
   * Synthesizes the stack for the first time.
   *
   * @throws LocalRunError if that fails
   */
  async start(): Promise<Template> {
    const [template] = await Promise.all([this.#synthesize(), this.#findSources()]);
    return template;
  }

  /**
   * Synthesizes the stack again if a source was saved since. Resolves when the new template runs or has
   * failed.
   */
  async refresh(): Promise<void> {
    while (!this.#closing.signal.aborted && (this.#running || this.#isStale())) {
      this.#running ??= this.#synthesizeAgain().finally(() => {
        this.#running = undefined;
      });
      await this.#running;
    }
  }

  /**
   * Synthesizes the stack again if the last synthesis has failed, because the file that it missed may be none
   * of the sources.
   */
  retry(): void {
    if (!this.#failed) return;
    this.#seen.clear();
    void this.refresh();
  }

  /** Stops watching, and ends a running synthesis. */
  async close(): Promise<void> {
    this.#watcher.close();
    this.#closing.abort();
    await this.#running;
  }

  async #synthesizeAgain(): Promise<void> {
    for (const path of this.#sources) this.#seen.set(path, readStamp(path));
    try {
      const [template] = await Promise.all([this.#synthesize(), this.#findSources()]);
      await this.#options.onTemplate(template);
      this.#failed = false;
    } catch (error) {
      this.#failed = true;
      if (this.#closing.signal.aborted) return;
      this.#options.output.printRejectedStack(
        error instanceof LocalRunError ? error.message : describeFailure(error),
      );
    }
  }

  #synthesize(): Promise<Template> {
    const { output } = this.#options;
    const onWarning = (text: string) => output.printNote(text);
    return synthesize({ ...this.#options, onWarning, signal: this.#closing.signal });
  }

  async #findSources(): Promise<void> {
    this.#sources = (await findAppSources(this.#options.root)) ?? this.#sources;
    for (const path of this.#sources) if (!this.#seen.has(path)) this.#seen.set(path, readStamp(path));
    this.#watcher.add([...new Set(this.#sources.map((path) => dirname(path)))]);
  }

  #isStale(): boolean {
    return this.#sources.some((path) => !isDeepStrictEqual(this.#seen.get(path), readStamp(path)));
  }
}
