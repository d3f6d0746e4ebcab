import { type Debugger, type Profiler, Session } from "node:inspector/promises";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";

/** A function of the project. */
export interface TracedFunction {
  /** The path of its file in the project. */
  readonly file: string;
  /** The function's name, which is empty for an arrow function without a name. */
  readonly name: string;
  readonly line: number;
}

/**
 * Records which functions of the project run, in the order in which they are entered.
 *
 * V8's precise coverage lists the functions. Each gets a breakpoint at its first statement, with a condition
 * that records the entry and never pauses. Continuing after an `await` is not an entry. V8's own functions
 * that initialize the fields of a class are skipped, because no reader calls them.
 */
export class CallRecorder {
  readonly #root: string;
  readonly #session = new Session();
  readonly #scripts = new Map<string, string>();
  readonly #functions: TracedFunction[] = [];
  #entries: TracedFunction[] = [];

  /** @param root the folder of the project */
  constructor(root: string) {
    this.#root = root;
  }

  /** Prepares V8. Must be called before the traced code is imported. */
  async start(): Promise<void> {
    this.#session.connect();
    this.#session.on("Debugger.scriptParsed", ({ params }) => this.#addScript(params));
    await this.#session.post("Debugger.enable");
    await this.#session.post("Profiler.enable");
    await this.#session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: false });
  }

  /** Sets the breakpoints. Must be called when the code is loaded and warm. */
  async mark(): Promise<void> {
    Object.assign(globalThis, { [RECORD]: (index: number) => this.#record(index) });
    for (const [file, script] of await this.#coverage()) {
      const { scriptSource } = await this.#session.post("Debugger.getScriptSource", script);
      for (const covered of script.functions) {
        const start = positionIn(scriptSource, script.scriptId, offsetOf(covered));
        const index =
          this.#functions.push({ file, name: covered.functionName, line: start.lineNumber + 1 }) - 1;
        const location = await this.#firstStatement(start);
        await this.#session.post("Debugger.setBreakpoint", { location, condition: `${RECORD}(${index})` });
      }
    }
  }

  /**
   * Runs a function and returns the entries of the project's functions.
   *
   * @throws Error when V8's coverage and the record differ in the functions that ran
   */
  async record(run: () => Promise<unknown>): Promise<readonly TracedFunction[]> {
    await this.#coverage();
    this.#entries = [];
    await run();
    const entries = this.#entries;
    const covered = (await this.#coverage()).flatMap(([, { functions }]) => functions.filter(hasRun));
    const recorded = new Set(entries).size;
    if (recorded !== covered.length)
      throw new Error(`${covered.length} functions ran, but ${recorded} were recorded`);
    return entries;
  }

  #addScript({ scriptId, url }: Debugger.ScriptParsedEventDataType): void {
    if (!url.startsWith("file:")) return;
    const file = relative(this.#root, fileURLToPath(url)).replaceAll("\\", "/");
    if (/^(shared|functions)\//.test(file) && !file.includes("node_modules/"))
      this.#scripts.set(scriptId, file);
  }

  /**
   * Returns the functions of the project's files, with the number of calls since the previous call of this
   * method.
   */
  async #coverage(): Promise<[string, Profiler.ScriptCoverage][]> {
    const { result } = await this.#session.post("Profiler.takePreciseCoverage");
    return result.flatMap((script) => {
      const file = this.#scripts.get(script.scriptId);
      return file === undefined
        ? []
        : [[file, { ...script, functions: script.functions.filter(isRealFunction) }]];
    });
  }

  async #firstStatement(start: Debugger.Location): Promise<Debugger.Location> {
    const found: Debugger.GetPossibleBreakpointsReturnType = await this.#session.post(
      "Debugger.getPossibleBreakpoints",
      {
        start,
        restrictToFunction: true,
      },
    );
    const [first] = found.locations;
    if (first === undefined)
      throw new Error(`V8 found no statement in the function at line ${start.lineNumber + 1}`);
    return first;
  }

  /** Returns false, so that V8 does not pause. */
  #record(index: number): boolean {
    this.#entries.push(this.#functions[index] as TracedFunction);
    return false;
  }
}

/** The global function that the breakpoints call. */
const RECORD = "recordFunctionEntry";

/** Returns false for a module as a whole and for V8's initializers of class fields. */
function isRealFunction(covered: Profiler.FunctionCoverage): boolean {
  return offsetOf(covered) > 0 && !covered.functionName.startsWith("<");
}

function hasRun({ ranges: [range] }: Profiler.FunctionCoverage): boolean {
  return range !== undefined && range.count > 0;
}

function offsetOf({ ranges: [range] }: Profiler.FunctionCoverage): number {
  return range?.startOffset ?? 0;
}

function positionIn(source: string, scriptId: string, offset: number): Debugger.Location {
  const before = source.slice(0, offset);
  return {
    scriptId,
    lineNumber: before.split("\n").length - 1,
    columnNumber: offset - before.lastIndexOf("\n") - 1,
  };
}
