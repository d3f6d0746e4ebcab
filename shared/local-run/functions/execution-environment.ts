import { type ChildProcess, fork } from "node:child_process";
import { dirname, extname } from "node:path";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { endGroup, endLeftovers, OWN_GROUP } from "../process-group.ts";
import { removeForeignFrames } from "./failure-text.ts";
import type { Invocation, RuntimeMessage } from "./runtime.ts";

/** Options of an execution environment. */
export interface ExecutionEnvironmentOptions {
  /** Path of the bundle. Its folder is the working directory. */
  readonly file: string;
  /** All variables in the function's `process.env` but `LAMBDA_TASK_ROOT`, the folder of the bundle. */
  readonly variables: Readonly<Record<string, string>>;
  /** Folder for compiled code, with which further environments start in half the time. */
  readonly cache: string;
  /** Memory limit in MiB. */
  readonly memorySize: number;
  /** Timeout of the function in seconds, which also limits the loading if it is longer than ten. */
  readonly timeout: number;
  /** Receives the function's output. */
  readonly onOutput: (text: string) => void;
  /** Receives a failure between two events, such as an unhandled rejection. */
  readonly onFailure: (failure: string) => void;
}

/** Outcome of an event: a result as JSON, or a description of the failure. */
type Outcome = { readonly payload: string; readonly failure?: never } | { readonly failure: string };

/**
 * Lambda's timeout for loading a function, in seconds. A function that takes longer is loaded once more
 * there, within its own timeout.
 */
const INIT_TIMEOUT = 10;

/** Program of the process, as source or as built for the package. */
const RUNTIME = fileURLToPath(new URL(`./runtime${extname(import.meta.url)}`, import.meta.url));

/**
 * Execution environment of a function, like Lambda's
 * (https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html): a process that loads the
 * modules once and keeps their state between events.
 *
 * It ends, with a `failure`, when it exceeds its time or memory, exits, or throws outside an event.
 */
export class ExecutionEnvironment {
  readonly file: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly #options: ExecutionEnvironmentOptions;
  readonly #process: ChildProcess;
  readonly #loaded = Promise.withResolvers<void>();
  readonly #closed = Promise.withResolvers<void>();
  #state: "loading" | "idle" | "sent" | "busy" | "ended" = "loading";
  #settle: (outcome: Outcome | undefined) => void = () => {};
  /** Number of events that have an outcome. */
  #events = 0;
  /** Reason of the end. Only the first one counts, because the others follow from it. */
  #failure: string | undefined;

  constructor(options: ExecutionEnvironmentOptions) {
    const { file, variables, cache, memorySize, timeout, onOutput } = options;
    this.file = file;
    this.variables = variables;
    this.#options = options;
    const folder = dirname(file);
    this.#process = fork(RUNTIME, {
      cwd: folder,
      env: { ...variables, LAMBDA_TASK_ROOT: folder, NODE_COMPILE_CACHE: cache },
      execArgv: ["--enable-source-maps", `--max-old-space-size=${memorySize}`],
      stdio: ["ignore", "pipe", "pipe", "pipe", "ipc"],
      ...OWN_GROUP,
    });
    const seconds = Math.max(INIT_TIMEOUT, timeout);
    const limit = setTimeout(() => this.#stop(`Init timed out after ${seconds} seconds`), seconds * 1000);
    void this.#loaded.promise.then(() => clearTimeout(limit));
    const { stdout, stderr, stdio } = this.#process;
    // Output that does not come from the function's console: a crash of Node.js, or a native module.
    for (const stream of [stdout, stderr])
      stream?.setEncoding("utf8").on("data", (text: string) => onOutput(removeForeignFrames(text)));
    readLines(stdio[3] as Readable, (line) => this.#receive(parseMessage(line)));
    this.#process.on("error", (error) => this.#end(`The function's process cannot run: ${error.message}`));
    this.#process.on("exit", () => endLeftovers(this.#process));
    this.#process.on("close", (code, signal) => this.#end(describeExit(code, signal)));
  }

  /** True if it accepts no further event. */
  get ended(): boolean {
    return this.#state === "ended" || this.#failure !== undefined;
  }

  /**
   * Sends an event to the function and waits for its outcome, up to `timeout` seconds. Handles one event at a
   * time.
   *
   * @returns undefined if an earlier event has ended the process before it received this one
   */
  async invoke(invocation: Omit<Invocation, "deadline">, timeout: number): Promise<Outcome | undefined> {
    await this.#loaded.promise;
    if (this.#state === "ended") return { failure: String(this.#failure) };
    const { promise, resolve } = Promise.withResolvers<Outcome | undefined>();
    this.#settle = resolve;
    this.#state = "sent";
    const limit = setTimeout(
      () => this.#stop(`Task timed out after ${timeout.toFixed(2)} seconds`),
      timeout * 1000,
    );
    const deadline = Date.now() + timeout * 1000;
    // An error means that the process has just exited, which "close" reports.
    this.#process.send({ ...invocation, deadline } satisfies Invocation, () => {});
    return promise.finally(() => clearTimeout(limit));
  }

  /** Terminates the process. A running event fails. A failure between two events is still reported. */
  async terminate(): Promise<void> {
    if (this.#state === "idle" && this.#process.exitCode === null) this.#state = "ended";
    this.#stop("The execution environment was stopped");
    await this.#closed.promise;
  }

  #receive(message: RuntimeMessage): void {
    if (message.kind === "output") this.#options.onOutput(message.text);
    else if (message.kind === "ready") this.#ready();
    else if (message.kind === "received") this.#state = "busy";
    else if (this.#state === "loading") this.#failure ??= message.failure;
    else this.#done(message);
  }

  #ready(): void {
    this.#state = "idle";
    this.#loaded.resolve();
  }

  #done(outcome: Outcome): void {
    this.#state = "idle";
    this.#events += 1;
    this.#settle(outcome);
  }

  #stop(failure: string): void {
    this.#failure ??= failure;
    endGroup(this.#process);
  }

  #end(reason: string): void {
    this.#failure ??= reason;
    const before = this.#state;
    this.#state = "ended";
    const isLate = before === "sent" && this.#events > 0;
    if (before === "sent" || before === "busy") this.#settle(isLate ? undefined : { failure: this.#failure });
    if (before === "idle" || isLate) this.#options.onFailure(this.#failure);
    this.#loaded.resolve();
    this.#closed.resolve();
  }
}

/** Parses a line of the process. One that the function's own code has written there is output. */
function parseMessage(line: string): RuntimeMessage {
  try {
    const message = JSON.parse(line);
    if (typeof message?.kind === "string") return message;
  } catch {}
  return { kind: "output", text: `${line}\n` };
}

/** Calls back for each line. Unlike `node:readline`, takes no other character than a newline for its end. */
function readLines(stream: Readable, onLine: (line: string) => void): void {
  let line = "";
  stream.setEncoding("utf8").on("data", (text: string) => {
    const [end = "", ...others] = text.split("\n");
    line += end;
    for (const next of others) {
      onLine(line);
      line = next;
    }
  });
}

/** Describes the end of a function's process in the words of Lambda's log. */
function describeExit(code: number | null, signal: NodeJS.Signals | null): string {
  if (signal) return `Runtime exited with error: signal: ${signal}`;
  if (code) return `Runtime exited with error: exit status ${code}`;
  return "Runtime exited without providing a reason: the function called process.exit(), or it waits for a promise that nothing can settle";
}
