import { join } from "node:path";
import type { Output } from "../output.ts";
import { SourceWatcher } from "../stack/source-watcher.ts";
import type { StackFunction } from "../stack/template.ts";
import { describeFailure } from "./failure-text.ts";
import { functionVariables, type LocalVariables } from "./function-variables.ts";
import { LambdaFunction } from "./lambda-function.ts";

/** Options of the functions of a stack. */
export interface LocalFunctionsOptions {
  /** The project's root. */
  readonly root: string;
  /** A folder for their bundles. */
  readonly outdir: string;
  readonly output: Output;
  /** Returns the variables of the moment that the local run adds. */
  readonly variables: () => Promise<LocalVariables>;
  /** Called after a source was saved. */
  readonly onSave?: (() => void) | undefined;
}

/** All functions of a stack. Prints which of them changed, in one line for one save. */
export class LocalFunctions {
  readonly #options: LocalFunctionsOptions;
  readonly #watcher: SourceWatcher;
  /** The functions to print: those that changed, each with why it does not compile. */
  readonly #changed = new Map<LambdaFunction, string | undefined>();
  #functions: ReadonlyMap<string, LambdaFunction> = new Map();
  /** Functions that may still have events under way, although the stack has them no longer. */
  readonly #retired: LambdaFunction[] = [];
  #made = 0;
  #refreshing = false;
  #started = false;

  constructor(options: LocalFunctionsOptions) {
    this.#options = options;
    this.#watcher = new SourceWatcher(() => {
      this.#refreshAside();
      options.onSave?.();
    });
  }

  /**
   * Builds the functions of these definitions. Those that are running already go on. One that does not
   * compile is printed, and does not keep the others from running.
   *
   * @returns a function that puts them in the place of the functions before
   */
  async prepare(definitions: readonly StackFunction[]): Promise<() => void> {
    const next = new Map(definitions.map((one) => [one.name, this.#known(one) ?? this.#make(one)]));
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

  /** Ends them all. */
  async close(): Promise<void> {
    this.#watcher.close();
    await Promise.all([...this.#all, ...this.#retired].map((one) => one.close()));
  }

  get #all(): LambdaFunction[] {
    return [...this.#functions.values()];
  }

  #known(definition: StackFunction): LambdaFunction | undefined {
    return this.#all.find((one) => one.isOf(definition));
  }

  #make(definition: StackFunction): LambdaFunction {
    const { root, outdir, output, variables } = this.#options;
    this.#made += 1;
    return new LambdaFunction({
      definition,
      root,
      outdir: join(outdir, `${this.#made}-${definition.name}`),
      variables: async (current) => functionVariables(current, await variables()),
      output,
      onChange: (changed, { failure }) => this.#noteChange(changed, failure),
    });
  }

  #noteChange(changed: LambdaFunction, failure: string | undefined): void {
    this.#changed.set(changed, failure);
    if (!this.#refreshing) this.#refreshAside();
  }

  /** Nobody waits for this one; what keeps a function from being built shows in the next request too. */
  #refreshAside(): void {
    this.#refresh(this.#all).catch((error) => this.#options.output.noted(describeFailure(error)));
  }

  /** Brings functions up to date, so that one save is printed once for all that it changed. */
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
      if (failure !== undefined) this.#options.output.broken(labels, failure);
      else if (this.#started) this.#options.output.rebuilt(labels);
    }
  }
}
