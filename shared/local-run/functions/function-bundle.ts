import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { setImmediate } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import {
  type BuildContext,
  type BuildFailure,
  type BuildResult,
  context,
  formatMessages,
  type Metafile,
} from "esbuild";
import type { CdkProject } from "../cdk-project.ts";
import { type FileStamp, readStamp } from "../stack/file-stamp.ts";

/** Options of a function's bundle. */
export interface FunctionBundleOptions {
  readonly project: CdkProject;
  /** Source file, relative to the root. */
  readonly entry: string;
  /** Conditions that select modules in package.json's `imports`. */
  readonly conditions: readonly string[];
  /** Output folder of this bundle alone. */
  readonly outdir: string;
  /** Called after a build with other code, or another error, than the previous one. */
  readonly onChange: (code: Code) => void;
}

/** File of a function's bundle, or the reason why there is none. */
export type Code =
  | { readonly file: string; readonly failure?: never }
  | { readonly file?: never; readonly failure: string };

/** Milliseconds that the time of a file's change may lag behind the clock: one tick of the kernel. */
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
  #sources: ReadonlyMap<string, FileStamp> = new Map();

  constructor(options: FunctionBundleOptions) {
    this.#options = options;
  }

  /** Folders of the sources, without those of packages. */
  get folders(): string[] {
    const entry = resolve(this.#options.project.root, this.#options.entry);
    const own = [entry, ...this.#sources.keys()].filter(isOwn);
    return [...new Set(own.map((path) => dirname(path)))];
  }

  /** Returns the current code, which includes everything that was saved before the call. */
  async current(): Promise<Code> {
    const asked = Date.now();
    // A running build may have read its sources before they were saved, so a second build may be needed.
    while (this.#startedAt <= asked && this.#isStale()) {
      this.#building ??= this.#build()
        .catch(throwAfterSignal)
        .finally(() => {
          this.#building = undefined;
        });
      await this.#building;
    }
    return this.#code;
  }

  /** Releases the state that esbuild keeps for the next build. */
  async close(): Promise<void> {
    // A signal to the process group ends esbuild's service too, and with it a build that is under way.
    await this.#building?.catch(() => {});
    await this.#context?.dispose();
  }

  #isStale(): boolean {
    const stamps = [...this.#sources];
    const isOutdated = ([path, stamp]: [string, FileStamp]) =>
      stamp.changedAt > this.#startedAt - CLOCK_TICK || !isDeepStrictEqual(stamp, readStamp(path));
    return stamps.length === 0 || stamps.some(isOutdated);
  }

  async #build(): Promise<void> {
    const startedAt = Date.now();
    const before = new Map([...this.#sources.keys()].map((path) => [path, readStamp(path)]));
    await this.#forgetOverwritten(before);
    this.#context ??= await this.#open();
    const result = await this.#context.rebuild().catch(toBuildFailure);
    const inputs = "metafile" in result ? (result.metafile?.inputs ?? {}) : {};
    const paths = listPaths(inputs, this.#options.entry).map((path) =>
      resolve(this.#options.project.root, path),
    );
    this.#sources = new Map(paths.map((path) => [path, before.get(path) ?? readStamp(path)]));
    await this.#take(result);
    this.#startedAt = startedAt;
  }

  /**
   * Discards esbuild's state if a changed file has the same inode, size and modification time, from which
   * esbuild concludes that it is unchanged.
   */
  async #forgetOverwritten(stamps: ReadonlyMap<string, FileStamp>): Promise<void> {
    const isHidden = ([path, before]: [string, FileStamp]) => {
      const now = stamps.get(path) as FileStamp;
      return (
        now.changedAt !== before.changedAt &&
        isDeepStrictEqual({ ...before, changedAt: 0 }, { ...now, changedAt: 0 })
      );
    };
    if (![...this.#sources].some(isHidden)) return;
    await this.#context?.dispose();
    this.#context = undefined;
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

  /**
   * Writes each build to a folder of its own, which is the working directory of its environments. So a
   * starting environment never reads an incomplete file.
   */
  async #write(contents: Uint8Array): Promise<string> {
    this.#count += 1;
    const file = join(this.#options.outdir, String(this.#count), "index.mjs");
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, contents);
    return file;
  }

  #open(): Promise<BuildContext> {
    const { project, entry, conditions, outdir } = this.#options;
    return context({
      ...project.bundling(conditions),
      entryPoints: [resolve(project.root, entry)],
      absWorkingDir: project.root,
      // As deep as the written files, because the source map names the sources relative to it.
      outfile: join(outdir, "0", "index.mjs"),
      sourcemap: "inline",
      sourcesContent: false,
      metafile: true,
      write: false,
      logLevel: "silent",
    });
  }
}

/** Returns the failure of a build. Throws any other error, such as that of a service that has ended. */
function toBuildFailure(error: Error): BuildFailure {
  if ("errors" in error) return error as BuildFailure;
  throw error;
}

/**
 * Throws an error after two turns of the event loop. A signal to the process group, which ends esbuild's
 * service too, has been handled by then, although the end of the service may be noticed first.
 */
async function throwAfterSignal(error: unknown): Promise<never> {
  for (let turn = 0; turn < 2; turn++) await setImmediate();
  throw error;
}

/** Returns whether a path is in no package. */
function isOwn(path: string): boolean {
  return !/(^|[\\/])node_modules[\\/]/.test(path);
}

/**
 * Returns the paths of the sources, as esbuild reports them and as the project's own sources name each other:
 * such a path may contain a link, of which esbuild reports only the target. Returns none after a failed
 * build.
 */
function listPaths(inputs: Metafile["inputs"], entry: string): string[] {
  const files = Object.keys(inputs);
  const named = files.filter(isOwn).flatMap((path) => {
    const names = (inputs[path]?.imports ?? []).map(({ original = "" }) => original);
    return names.filter((name) => name.startsWith(".")).map((name) => join(dirname(path), name));
  });
  return files.length > 0 ? [...new Set([entry, ...files, ...named])] : [];
}
