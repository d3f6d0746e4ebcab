import { basename, extname } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { Output } from "../output.ts";
import { LOCAL_ACCOUNT, LOCAL_REGION } from "../stack/intrinsics.ts";
import type { StackFunction } from "../stack/template.ts";
import { ExecutionEnvironment, type Outcome } from "./execution-environment.ts";
import { type Code, FunctionBundle } from "./function-bundle.ts";

/** Options of a local Lambda function. */
export interface LambdaFunctionOptions {
  readonly definition: StackFunction;
  /** The project's root. */
  readonly root: string;
  /** A folder of this function's own, for its bundles. */
  readonly outdir: string;
  /** Returns all of `process.env` that a function sees from the next event on. */
  readonly variables: (definition: StackFunction) => Promise<Readonly<Record<string, string>>>;
  readonly output: Output;
  /** Called when its code is another than before. */
  readonly onChange: (changed: LambdaFunction, code: Code) => void;
}

/** Outcome of a request to a function; `broken` is the sentence to answer when its code does not compile. */
export type InvocationOutcome = Outcome | { readonly broken: string };

/** Execution environments that one function may have; further events wait for one. */
const MOST_ENVIRONMENTS = 10;

/**
 * A Lambda function on this machine: its current code, in as many execution environments as there are events
 * at the same time. What a function prints and how it fails goes to the output.
 */
export class LambdaFunction {
  /** A short name for the output: the source file's. */
  readonly label: string;
  readonly #options: LambdaFunctionOptions;
  readonly #bundle: FunctionBundle;
  readonly #environments = new Set<ExecutionEnvironment>();
  readonly #waiting: (() => void)[] = [];
  #definition: StackFunction;
  #retired = false;
  #idle: ExecutionEnvironment[] = [];
  #file = "";
  #variables: Readonly<Record<string, string>> = {};

  constructor(options: LambdaFunctionOptions) {
    const { definition, root, outdir, onChange } = options;
    this.#options = options;
    this.#definition = definition;
    this.label = basename(definition.entry, extname(definition.entry));
    this.#bundle = new FunctionBundle({
      root,
      outdir,
      entry: definition.entry,
      condition: definition.condition,
      onChange: (code) => onChange(this, code),
    });
  }

  /** Returns whether a definition is this function's, perhaps with other variables, memory or time. */
  isOf({ name, entry, condition }: StackFunction): boolean {
    const own = this.#definition;
    return own.name === name && own.entry === entry && own.condition === condition;
  }

  /** Follows another definition of itself from the next event on. */
  redefine(definition: StackFunction): void {
    this.#definition = definition;
  }

  /** Ends each environment when its event has ended. */
  retire(): void {
    this.#retired = true;
    for (const environment of this.#idle.splice(0)) this.#retire(environment);
    void this.#bundle.close();
  }

  /** The folders of its sources. */
  get folders(): string[] {
    return this.#bundle.folders;
  }

  /** Its code, brought up to date. */
  async code(): Promise<Code> {
    return this.#bundle.current();
  }

  /** Runs its handler. The event is JSON. */
  async invoke(event: string, requestId: string): Promise<InvocationOutcome> {
    const { output } = this.#options;
    const definition = this.#definition;
    const { file } = await this.#bundle.current();
    if (file === undefined) return { broken: `${definition.entry} does not compile; the terminal says why.` };
    const environment = await this.#acquire(file, await this.#options.variables(definition));
    const outcome = await environment.invoke(
      { event, context: contextOf(definition, requestId) },
      definition.timeout,
    );
    this.#release(environment);
    if (outcome.failure !== undefined) output.failed(this.label, outcome.failure);
    return outcome;
  }

  /** Ends its environments. */
  async close(): Promise<void> {
    await Promise.all([this.#bundle.close(), ...[...this.#environments].map((one) => one.terminate())]);
  }

  async #acquire(file: string, variables: Readonly<Record<string, string>>): Promise<ExecutionEnvironment> {
    if (file !== this.#file || !isDeepStrictEqual(variables, this.#variables)) this.#renew(file, variables);
    while (true) {
      const environment = this.#idle.pop() ?? this.#open();
      if (environment && !environment.ended) return environment;
      if (environment) this.#retire(environment);
      else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  #release(environment: ExecutionEnvironment): void {
    const isOld = environment.file !== this.#file || environment.variables !== this.#variables;
    if (environment.ended || isOld || this.#retired) this.#retire(environment);
    else this.#idle.push(environment);
    this.#waiting.shift()?.();
  }

  /**
   * From now on runs another bundle or with other variables; environments of before end when they are free.
   */
  #renew(file: string, variables: Readonly<Record<string, string>>): void {
    this.#file = file;
    this.#variables = variables;
    for (const environment of this.#idle) this.#retire(environment);
    this.#idle = [];
  }

  #retire(environment: ExecutionEnvironment): void {
    this.#environments.delete(environment);
    void environment.terminate();
  }

  /** A further environment, unless there are as many as may be. */
  #open(): ExecutionEnvironment | undefined {
    if (this.#environments.size >= MOST_ENVIRONMENTS) return undefined;
    const { output } = this.#options;
    const { handler, memorySize } = this.#definition;
    const environment = new ExecutionEnvironment({
      file: this.#file,
      handler,
      memorySize,
      variables: this.#variables,
      onOutput: (text) => output.printed(this.label, text),
      onFailure: (failure) => output.failed(this.label, failure),
    });
    this.#environments.add(environment);
    return environment;
  }
}

function contextOf({ name, memorySize }: StackFunction, awsRequestId: string) {
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName: name,
    functionVersion: "$LATEST",
    invokedFunctionArn: `arn:aws:lambda:${LOCAL_REGION}:${LOCAL_ACCOUNT}:function:${name}`,
    memoryLimitInMB: String(memorySize),
    awsRequestId,
    logGroupName: `/aws/lambda/${name}`,
    logStreamName: "local",
  };
}
