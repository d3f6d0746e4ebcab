import { type Debugger, type Profiler, Session } from "node:inspector/promises";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";

/** A function of the project. */
export interface TracedFunction {
  /** The path of its file in the project. */
  readonly file: string;
  /** Empty for an arrow function without a name. */
  readonly name: string;
  readonly line: number;
}

/**
 * Records which functions of the project run, in the order in which they are entered.
 *
 * V8's precise coverage lists the functions. Each gets a breakpoint at its first statement, with a condition that records the
 * entry and never pauses. Going on after an `await` is no entry. What V8 makes to initialize the fields of a class
 * is no function that a reader calls, so it is left out.
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

  /** Prepares V8. To be called before the code that is traced is imported. */
  async start(): Promise<void> {
    this.#session.connect();
    this.#session.on("Debugger.scriptParsed", ({ params }) => this.#addScript(params));
    await this.#session.post("Debugger.enable");
    await this.#session.post("Profiler.enable");
    await this.#session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: false });
  }

  /** Sets the breakpoints. To be called when the code is loaded and warm. */
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
   * Runs something and returns the entries of functions.
   *
   * @throws Error when V8's coverage knows of a function that ran and was not recorded, or the other way round
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

  /** Returns the functions of the project's files and how often each ran since the last time. */
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
    if (first === undefined) throw new Error(`no statement in the function at line ${start.lineNumber + 1}`);
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

/** Neither a module as a whole, nor what V8 makes of the fields of a class. */
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
