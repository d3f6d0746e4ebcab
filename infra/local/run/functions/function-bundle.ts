import { existsSync, statSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { type BuildContext, type BuildFailure, type BuildResult, context, formatMessages } from "esbuild";
import { BUNDLING, toConditions } from "../../../bundling.ts";

/** Options of a function's bundle. */
export interface FunctionBundleOptions {
  /** Root folder of the project. */
  readonly root: string;
  /** Source file, relative to the root. */
  readonly entry: string;
  /** Condition that selects modules in package.json's `imports`. Default: none. */
  readonly condition?: string | undefined;
  /** Output folder of this bundle alone. */
  readonly outdir: string;
  /** Called after a build with other code, or another error, than the previous one. */
  readonly onChange: (code: Code) => void;
}

/** File of a function's bundle, or the reason why there is none. */
export type Code =
  | { readonly file: string; readonly failure?: never }
  | { readonly file?: never; readonly failure: string };

/** Milliseconds that a file's modification time may lag behind the clock: one tick of the kernel. */
const CLOCK_TICK = 10;

/**
 * Bundle of one function, built with the options of the deployed one and rebuilt when a source has changed.
 * It contains a source map, so that stack traces name the sources.
 */
export class FunctionBundle {
  readonly #options: FunctionBundleOptions;
  #context: BuildContext | undefined;
  #building: Promise<void> | undefined;
  #code: Code = { failure: "" };
  #hash: string | undefined;
  #count = 0;
  /** Start time of the build that the current code comes from. */
  #startedAt = 0;
  /** Sources of the last build. Empty after a failed build, because esbuild does not report them. */
  #sources: readonly string[] = [];

  constructor(options: FunctionBundleOptions) {
    this.#options = options;
  }

  /** Folders of the sources, without those of packages. */
  get folders(): string[] {
    const entry = resolve(this.#options.root, this.#options.entry);
    const own = [entry, ...this.#sources].filter((path) => !/[\\/]node_modules[\\/]/.test(path));
    return [...new Set(own.map((path) => dirname(path)))];
  }

  /** Returns the current code, which includes everything that was saved before the call. */
  async current(): Promise<Code> {
    const asked = Date.now();
    // A running build may have read its sources before they were saved, so a second build may be needed.
    while (this.#startedAt <= asked && this.#isStale()) {
      this.#building ??= this.#build().finally(() => {
        this.#building = undefined;
      });
      await this.#building;
    }
    return this.#code;
  }

  /** Releases the state that esbuild keeps for the next build. */
  async close(): Promise<void> {
    await this.#building;
    await this.#context?.dispose();
  }

  #isStale(): boolean {
    const times = this.#sources.map((path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Infinity);
    return times.length === 0 || Math.max(...times) > this.#startedAt - CLOCK_TICK;
  }

  async #build(): Promise<void> {
    this.#context ??= await this.#open();
    const startedAt = Date.now();
    const result = await this.#context.rebuild().catch((failure: BuildFailure) => failure);
    const inputs = "metafile" in result ? Object.keys(result.metafile?.inputs ?? {}) : [];
    this.#sources = inputs
      .map((path) => resolve(this.#options.root, path))
      .filter((path) => existsSync(path));
    await this.#take(result);
    this.#startedAt = startedAt;
  }

  async #take(result: BuildResult | BuildFailure): Promise<void> {
    const [output] = "outputFiles" in result ? (result.outputFiles ?? []) : [];
    const failure = (await formatMessages(result.errors, { kind: "error" })).join("").trim();
    const hash = output?.hash ?? failure;
    if (hash === this.#hash) return;
    this.#hash = hash;
    this.#code = output ? { file: await this.#write(output.contents) } : { failure };
    this.#options.onChange(this.#code);
  }

  /** Writes each build to a new file, so that a starting environment never reads an incomplete one. */
  async #write(contents: Uint8Array): Promise<string> {
    this.#count += 1;
    const { outdir } = this.#options;
    const file = join(outdir, `index-${this.#count}.mjs`);
    await mkdir(outdir, { recursive: true });
    await writeFile(file, contents);
    return file;
  }

  #open(): Promise<BuildContext> {
    const { root, entry, condition, outdir } = this.#options;
    return context({
      ...BUNDLING,
      mainFields: [...BUNDLING.mainFields],
      external: [...BUNDLING.external],
      conditions: toConditions(condition),
      entryPoints: [resolve(root, entry)],
      absWorkingDir: root,
      outfile: join(outdir, "index.mjs"),
      sourcemap: "inline",
      sourcesContent: false,
      metafile: true,
      write: false,
      logLevel: "silent",
    });
  }
}
