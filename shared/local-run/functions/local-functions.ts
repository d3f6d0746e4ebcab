import { join } from "node:path";
import type { CdkProject } from "../cdk-project.ts";
import type { Output } from "../output.ts";
import { SourceWatcher } from "../stack/source-watcher.ts";
import type { StackFunction } from "../stack/template.ts";
import { describeFailure } from "./failure-text.ts";
import { composeVariables, type LocalVariables } from "./function-variables.ts";
import { LambdaFunction } from "./lambda-function.ts";

/** Options of the functions of a stack. */
export interface LocalFunctionsOptions {
  readonly project: CdkProject;
  /** Folder for the bundles. */
  readonly outdir: string;
  readonly output: Output;
  /** Returns the current variables that the local run adds. */
  readonly variables: () => Promise<LocalVariables>;
  /** Called after a source was saved. */
  readonly onSave?: (() => void) | undefined;
}

/** All functions of a stack. Prints the changed ones in one line per save. */
export class LocalFunctions {
  readonly #options: LocalFunctionsOptions;
  readonly #watcher: SourceWatcher;
  /** Changed functions to print, each with its build error if it has one. */
  readonly #changed = new Map<LambdaFunction, string | undefined>();
  #functions: ReadonlyMap<string, LambdaFunction> = new Map();
  /** Functions that the stack no longer has, but that may still be handling events. */
  readonly #retired: LambdaFunction[] = [];
  #made = 0;
  #refreshing = false;
  #started = false;

  constructor(options: LocalFunctionsOptions) {
    this.#options = options;
    this.#watcher = new SourceWatcher(() => {
      this.#refreshInBackground();
      options.onSave?.();
    });
  }

  /**
   * Builds the functions of these definitions. Functions that already exist continue to run. A function that
   * does not compile is printed, and does not affect the others.
   *
   * @returns a function that replaces the previous functions by these
   */
  async prepare(definitions: readonly StackFunction[]): Promise<() => void> {
    const next = new Map(definitions.map((one) => [one.name, this.#find(one) ?? this.#create(one)]));
    await this.#refresh([...next.values()]);
    return () => {
      const running = new Set(next.values());
      const removed = this.#all.filter((one) => !running.has(one));
      for (const one of removed) one.retire();
      this.#retired.push(...removed);
      for (const definition of definitions) next.get(definition.name)?.redefine(definition);
      this.#functions = next;
      this.#started = true;
    };
  }

  /** Returns the function of a definition. */
  of({ name }: StackFunction): LambdaFunction {
    return this.#functions.get(name) as LambdaFunction;
  }

  /** Ends all functions. */
  async close(): Promise<void> {
    this.#watcher.close();
    await Promise.all([...this.#all, ...this.#retired].map((one) => one.close()));
  }

  get #all(): LambdaFunction[] {
    return [...this.#functions.values()];
  }

  #find(definition: StackFunction): LambdaFunction | undefined {
    return this.#all.find((one) => one.isOf(definition));
  }

  #create(definition: StackFunction): LambdaFunction {
    const { project, outdir, output, variables } = this.#options;
    this.#made += 1;
    return new LambdaFunction({
      definition,
      project,
      outdir: join(outdir, `${this.#made}-${definition.name}`),
      variables: async (current) => composeVariables(current, await variables(), project.root),
      output,
      onChange: (changed, { failure }) => this.#noteChange(changed, failure),
    });
  }

  #noteChange(changed: LambdaFunction, failure: string | undefined): void {
    this.#changed.set(changed, failure);
    if (!this.#refreshing) this.#refreshInBackground();
  }

  /**
   * Refreshes in the background. An error that prevents a build is also in the response to the next request.
   */
  #refreshInBackground(): void {
    this.#refresh(this.#all).catch((error) => this.#options.output.printNote(describeFailure(error)));
  }

  /** Updates functions together, so that one save prints one line for all of them. */
  async #refresh(functions: readonly LambdaFunction[]): Promise<void> {
    this.#refreshing = true;
    await Promise.all(functions.map((one) => one.code())).finally(() => {
      this.#refreshing = false;
    });
    this.#watcher.add(functions.flatMap(({ folders }) => folders));
    this.#announce();
  }

  #announce(): void {
    const byFailure = Map.groupBy(this.#changed, ([, failure]) => failure);
    this.#changed.clear();
    for (const [failure, changed] of byFailure) {
      const labels = changed.map(([{ label }]) => label);
      if (failure !== undefined) this.#options.output.printBuildFailure(labels, failure);
      else if (this.#started) this.#options.output.printRebuilt(labels);
    }
  }
}
