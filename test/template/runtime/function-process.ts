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
  /** The value that the function logged: one of this project's records, or an error. */
  readonly message: Readonly<Record<string, unknown>>;
}

/** A built function in a process of its own, under AWS's runtime client. */
export class FunctionProcess implements AsyncDisposable {
  /** The lines that the process printed. */
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

  /** @param environment variables in addition to those of the template */
  static async start(
    { folder, handler, environment: own }: BuiltFunction,
    environment: Readonly<Record<string, string | undefined>>,
  ): Promise<FunctionProcess> {
    const api = new RuntimeApi();
    const child = spawn(process.execPath, ["--import", PRELOADED, CLIENT], {
      stdio: ["ignore", "pipe", "pipe"],
      // Passes nothing of this process: a function has only the environment that Lambda gives it.
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
   * Returns the function's log. Lambda sends each printed line to CloudWatch.
   *
   * @throws SyntaxError for a line that is not JSON
   */
  get log(): LogLine[] {
    return this.lines.map((line) => JSON.parse(line));
  }

  /** Returns the lines of the log that report a failure. */
  get failures(): LogLine[] {
    return this.log.filter(({ level }) => level === "ERROR" || level === "FATAL");
  }

  /**
   * Sends an event to the function and waits for the result.
   *
   * @throws Error with the function's output, when the process exits first
   */
  async invoke(event: unknown): Promise<Report & { readonly id: string }> {
    const report = await Promise.race([this.#api.invoke(event), this.#ended()]);
    // The output before this is in the pipe and is read in the next turns of the event loop.
    await turn();
    await turn();
    return report;
  }

  /** Returns the report of a failed start and the exit code. */
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
    throw new Error(`the function's process exited with ${code}. Its output:\n${this.lines.join("\n")}`);
  }
}
