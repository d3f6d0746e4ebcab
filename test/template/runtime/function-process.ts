import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setImmediate as turn } from "node:timers/promises";
import type { BuiltFunction } from "./built-functions.ts";
import { type Report, RuntimeApi } from "./runtime-api.ts";

const HERE = import.meta.dirname;
const CLIENT = join(HERE, "node_modules/aws-lambda-ric/index.mjs");
const PRELOADED = join(HERE, "replace-native-client.ts");

/** A line in a log of Lambda's JSON format. */
export interface LogLine {
  readonly timestamp: string;
  readonly level: string;
  readonly requestId: string;
  /** What the function logged: an object of this project, or an error. */
  readonly message: Readonly<Record<string, unknown>>;
}

/** A built function in a process of its own, under AWS's own runtime client. */
export class FunctionProcess implements AsyncDisposable {
  /** What it printed, line by line. */
  readonly lines: string[] = [];
  readonly #api: RuntimeApi;
  readonly #child: ChildProcess;
  readonly #exit: Promise<unknown[]>;

  private constructor(api: RuntimeApi, child: ChildProcess) {
    this.#api = api;
    this.#child = child;
    this.#exit = once(child, "close");
    for (const stream of [child.stdout, child.stderr])
      if (stream) createInterface(stream).on("line", (line) => this.lines.push(line));
  }

  /** @param environment what the function finds beside what the template says */
  static async start(
    { folder, handler, environment: own }: BuiltFunction,
    environment: Readonly<Record<string, string | undefined>>,
  ): Promise<FunctionProcess> {
    const api = new RuntimeApi();
    const child = spawn(process.execPath, ["--import", PRELOADED, CLIENT], {
      stdio: ["ignore", "pipe", "pipe"],
      // Nothing of this process: a function has what Lambda gives it.
      env: {
        AWS_LAMBDA_RUNTIME_API: await api.start(),
        _HANDLER: handler,
        LAMBDA_TASK_ROOT: folder,
        AWS_LAMBDA_FUNCTION_NAME: "test",
        AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
        AWS_LAMBDA_LOG_GROUP_NAME: "/aws/lambda/test",
        AWS_LAMBDA_LOG_STREAM_NAME: "test",
        ...own,
        ...environment,
      },
    });
    return new FunctionProcess(api, child);
  }

  /**
   * Its log: Lambda gives what a function prints to CloudWatch, line by line.
   *
   * @throws SyntaxError for a line that is no JSON
   */
  get log(): LogLine[] {
    return this.lines.map((line) => JSON.parse(line));
  }

  /** The lines of its log that tell of a failure. */
  get failures(): LogLine[] {
    return this.log.filter(({ level }) => level === "ERROR" || level === "FATAL");
  }

  /**
   * Gives it an event, and waits for what becomes of it.
   *
   * @throws Error with what it printed, when it ends before
   */
  async invoke(event: unknown): Promise<Report & { readonly id: string }> {
    const report = await Promise.race([this.#api.invoke(event), this.#ended()]);
    // What it printed before is in the pipe, and read when the event loop comes round.
    await turn();
    await turn();
    return report;
  }

  /** What it tells instead of starting, and the code with which it exits. */
  async failedStart(): Promise<Report & { readonly exitCode: number | null }> {
    const report = await Promise.race([this.#api.initError.promise, this.#ended()]);
    await this.#exit;
    return { ...report, exitCode: this.#child.exitCode };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#exit;
    await this.#api.stop();
  }

  async #ended(): Promise<never> {
    const [code] = await this.#exit;
    throw new Error(`the process ended with ${code}:\n${this.lines.join("\n")}`);
  }
}
