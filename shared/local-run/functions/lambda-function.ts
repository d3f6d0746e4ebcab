import { randomBytes, randomUUID } from "node:crypto";
import { basename, extname, join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { InvocationOutcome } from "../../gateway/http-api/lambda-integration.ts";
import { createTraceId } from "../../gateway/http-api/node-request.ts";
import type { CdkProject } from "../cdk-project.ts";
import type { Output } from "../output.ts";
import { LOCAL_ACCOUNT, LOCAL_REGION } from "../stack/intrinsics.ts";
import type { StackFunction } from "../stack/template.ts";
import { ExecutionEnvironment } from "./execution-environment.ts";
import { type Code, FunctionBundle } from "./function-bundle.ts";

/** Options of a local Lambda function. */
export interface LambdaFunctionOptions {
  readonly definition: StackFunction;
  readonly project: CdkProject;
  /** Folder for the bundles of this function alone. */
  readonly outdir: string;
  /** Returns all variables of the function's `process.env`, for the next event. */
  readonly variables: (definition: StackFunction) => Promise<Readonly<Record<string, string>>>;
  readonly output: Output;
  /** Called when the code has changed. */
  readonly onChange: (changed: LambdaFunction, code: Code) => void;
}

/** Maximum number of execution environments of one function. Further events wait for a free one. */
const MOST_ENVIRONMENTS = 10;

/**
 * Lambda function on this machine. It runs its current code in as many execution environments as there are
 * simultaneous events, and prints the function's output and failures.
 */
export class LambdaFunction {
  /** Short name for the terminal: the name of the source file. */
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
    const { definition, project, outdir, onChange } = options;
    this.#options = options;
    this.#definition = definition;
    this.label = basename(definition.entry, extname(definition.entry));
    this.#bundle = new FunctionBundle({
      project,
      outdir,
      entry: definition.entry,
      conditions: definition.conditions ?? [],
      onChange: (code) => onChange(this, code),
    });
  }

  /** Returns whether a definition describes this function, even with other variables, memory or timeout. */
  isOf({ name, entry, conditions }: StackFunction): boolean {
    const own = this.#definition;
    return own.name === name && own.entry === entry && isDeepStrictEqual(own.conditions, conditions);
  }

  /** Uses another definition from the next event on. */
  redefine(definition: StackFunction): void {
    this.#definition = definition;
  }

  /** Ends each environment when it has finished its event. */
  retire(): void {
    this.#retired = true;
    for (const environment of this.#idle.splice(0)) this.#retire(environment);
    void this.#bundle.close();
  }

  /** Folders of the sources. */
  get folders(): string[] {
    return this.#bundle.folders;
  }

  /** Returns the current code, rebuilt if a source has changed. */
  async code(): Promise<Code> {
    return this.#bundle.current();
  }

  /** Runs the handler with an event in JSON. */
  async invoke(event: string): Promise<InvocationOutcome> {
    const { output } = this.#options;
    const definition = this.#definition;
    const { file } = await this.#bundle.current();
    if (file === undefined)
      return { broken: `${definition.entry} does not compile. The terminal shows the error.` };
    const variables = await this.#options.variables(definition);
    const invocation = createInvocation(event, definition);
    while (true) {
      const environment = await this.#acquire(file, variables);
      const outcome = await environment.invoke(invocation, definition.timeout);
      this.#release(environment);
      if (outcome?.failure !== undefined) output.printFailure(this.label, outcome.failure);
      if (outcome) return outcome;
    }
  }

  /** Ends all environments. */
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

  /** Switches to another bundle or other variables. Busy environments end after their event. */
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

  /** Creates another environment, unless the maximum is reached. */
  #open(): ExecutionEnvironment | undefined {
    if (this.#environments.size >= MOST_ENVIRONMENTS) return undefined;
    const { output, outdir } = this.#options;
    const { memorySize, timeout } = this.#definition;
    const environment = new ExecutionEnvironment({
      file: this.#file,
      memorySize,
      timeout,
      cache: join(outdir, "compiled"),
      variables: this.#variables,
      onOutput: (text) => output.printFunctionOutput(this.label, text),
      onFailure: (failure) => output.printFailure(this.label, failure),
    });
    this.#environments.add(environment);
    return environment;
  }
}

/** Returns an event with what Lambda adds to it. Its id differs from that of API Gateway's request. */
function createInvocation(event: string, { name }: StackFunction) {
  return {
    event,
    requestId: randomUUID(),
    traceId: `Root=${createTraceId()};Parent=${randomBytes(8).toString("hex")};Sampled=0`,
    functionArn: `arn:aws:lambda:${LOCAL_REGION}:${LOCAL_ACCOUNT}:function:${name}`,
  };
}
