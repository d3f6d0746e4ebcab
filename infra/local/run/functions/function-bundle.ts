import { existsSync, statSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { type BuildContext, type BuildFailure, type BuildResult, context, formatMessages } from "esbuild";
import { BUNDLING, toConditions } from "../../../bundling.ts";

/** Options of a function's bundle. */
export interface FunctionBundleOptions {
  /** The project's root. */
  readonly root: string;
  /** The source, relative to the root. */
  readonly entry: string;
  /** The condition under which its modules are chosen. Default: none. */
  readonly condition?: string | undefined;
  /** A folder of this bundle's own. */
  readonly outdir: string;
  /** Called after a build that brought other code, or another error, than the one before. */
  readonly onChange: (code: Code) => void;
}

/** The file of a function's bundle, or the reason why there is none. */
export type Code =
  | { readonly file: string; readonly failure?: never }
  | { readonly file?: never; readonly failure: string };

/** Milliseconds that a file's time may lag behind the clock: a tick of the kernel. */
const CLOCK_TICK = 10;

/**
 * One function's code as it deploys, built with the options of the stack, and built again when a source of it
 * has changed. The bundle carries a source map, so that stack traces name the sources.
 */
export class FunctionBundle {
  readonly #options: FunctionBundleOptions;
  #context: BuildContext | undefined;
  #building: Promise<void> | undefined;
  #code: Code = { failure: "" };
  #hash: string | undefined;
  #count = 0;
  /** When the build that gave the code began. */
  #startedAt = 0;
  /** Of a failed build the sources are not known. */
  #sources: readonly string[] = [];

  constructor(options: FunctionBundleOptions) {
    this.#options = options;
  }

  /** The folders of the sources, without those of packages. */
  get folders(): string[] {
    const entry = resolve(this.#options.root, this.#options.entry);
    const own = [entry, ...this.#sources].filter((path) => !/[\\/]node_modules[\\/]/.test(path));
    return [...new Set(own.map((path) => dirname(path)))];
  }

  /** The code of this moment: whatever was saved before the call is in it. */
  async current(): Promise<Code> {
    const asked = Date.now();
    // A build that is under way may have read its sources before they were saved; a second one has not.
    while (this.#startedAt <= asked && this.#isStale()) {
      this.#building ??= this.#build().finally(() => {
        this.#building = undefined;
      });
      await this.#building;
    }
    return this.#code;
  }

  /** Ends what esbuild keeps for the next build. */
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

  /** Each build gets a file of its own: an environment that starts reads no half-written one. */
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
