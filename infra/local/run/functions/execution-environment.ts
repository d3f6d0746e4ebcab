import { pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";
import { describeFailure } from "./failure-text.ts";
import type { Invocation, WorkerData, WorkerMessage } from "./worker.ts";

/** Options of an execution environment. */
export interface ExecutionEnvironmentOptions {
  /** Path of the bundle. */
  readonly file: string;
  /** Name of the export to call. */
  readonly handler: string;
  /** All variables in the function's `process.env`. */
  readonly variables: Readonly<Record<string, string>>;
  /** Memory limit in MiB. */
  readonly memorySize: number;
  /** Receives the function's output. */
  readonly onOutput: (text: string) => void;
  /** Receives a failure between two events, such as an unhandled rejection. */
  readonly onFailure: (failure: string) => void;
}

/** Outcome of an event: a result as JSON, or a description of the failure. */
export type Outcome = { readonly payload: string; readonly failure?: never } | { readonly failure: string };

/** Lambda's timeout for loading a function, in seconds. */
const INIT_TIMEOUT = 10;

/**
 * Execution environment of a function, like Lambda's
 * (https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html): a worker thread that loads
 * the modules once and keeps their state between events.
 *
 * It ends, with a `failure`, when it exceeds its time or memory, exits, or throws outside an event.
 */
export class ExecutionEnvironment {
  readonly file: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly #options: ExecutionEnvironmentOptions;
  readonly #worker: Worker;
  readonly #loaded = Promise.withResolvers<void>();
  #state: "loading" | "idle" | "busy" | "ended" = "loading";
  #settle: (outcome: Outcome) => void = () => {};
  /** Reason of the end. Only the first one counts, because the others follow from it. */
  #failure: string | undefined;

  constructor(options: ExecutionEnvironmentOptions) {
    const { file, handler, variables, memorySize } = options;
    this.file = file;
    this.variables = variables;
    this.#options = options;
    this.#worker = new Worker(new URL("./worker.ts", import.meta.url), {
      env: { ...variables },
      execArgv: ["--enable-source-maps"],
      resourceLimits: { maxOldGenerationSizeMb: memorySize },
      workerData: { url: pathToFileURL(file).href, handler } satisfies WorkerData,
    });
    const limit = setTimeout(
      () => this.#stop(`Init timed out after ${INIT_TIMEOUT} seconds`),
      INIT_TIMEOUT * 1000,
    );
    void this.#loaded.promise.then(() => clearTimeout(limit));
    this.#worker.on("message", (message: WorkerMessage) => this.#receive(message));
    this.#worker.on("error", (error) => this.#fail(describeFailure(error)));
    this.#worker.on("exit", (code) => this.#end(`Runtime exited with exit status ${code}`));
  }

  /** True if it accepts no further event. */
  get ended(): boolean {
    return this.#state === "ended" || this.#failure !== undefined;
  }

  /**
   * Sends an event to the function and waits for its outcome, up to `timeout` seconds. Handles one event at a
   * time.
   */
  async invoke(invocation: Omit<Invocation, "deadline">, timeout: number): Promise<Outcome> {
    await this.#loaded.promise;
    if (this.#state === "ended") return { failure: String(this.#failure) };
    const { promise, resolve } = Promise.withResolvers<Outcome>();
    this.#settle = resolve;
    this.#state = "busy";
    const limit = setTimeout(
      () => this.#stop(`Task timed out after ${timeout.toFixed(2)} seconds`),
      timeout * 1000,
    );
    this.#worker.postMessage({ ...invocation, deadline: Date.now() + timeout * 1000 } satisfies Invocation);
    return promise.finally(() => clearTimeout(limit));
  }

  /** Terminates the thread. A running event fails. A failure between two events is still reported. */
  async terminate(): Promise<void> {
    if (this.#state === "idle" && this.#failure === undefined) this.#state = "ended";
    this.#stop("The execution environment was stopped");
    await this.#worker.terminate();
  }

  #receive(message: WorkerMessage): void {
    if (message.kind === "output") this.#options.onOutput(message.text);
    else if (message.kind === "ready") this.#ready();
    else this.#done(message.kind === "result" ? { payload: message.payload } : { failure: message.failure });
  }

  #ready(): void {
    this.#state = "idle";
    this.#loaded.resolve();
  }

  #done(outcome: Outcome): void {
    this.#state = "idle";
    this.#settle(outcome);
  }

  #fail(failure: string): void {
    this.#failure ??= failure;
  }

  #stop(failure: string): void {
    this.#fail(failure);
    void this.#worker.terminate();
  }

  #end(reason: string): void {
    this.#fail(reason);
    const failure = String(this.#failure);
    const before = this.#state;
    this.#state = "ended";
    if (before === "busy") this.#settle({ failure });
    if (before === "idle") this.#options.onFailure(failure);
    this.#loaded.resolve();
  }
}
