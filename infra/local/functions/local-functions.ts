import { join } from "node:path";
import type { Output } from "../output.ts";
import { SourceWatcher } from "../stack/source-watcher.ts";
import type { StackFunction } from "../stack/template.ts";
import { describeFailure } from "./failure-text.ts";
import { functionVariables, type LocalVariables } from "./function-variables.ts";
import { LambdaFunction } from "./lambda-function.ts";

/** What the functions of a stack need to run here. */
export interface LocalFunctionsOptions extends Omit<LocalVariables, "secretKeys"> {
  readonly definitions: readonly StackFunction[];
  /** The project's root. */
  readonly root: string;
  /** A folder for their bundles. */
  readonly outdir: string;
  readonly output: Output;
  /** Gives the secret keys of the moment, newest first; other keys take another list. */
  readonly secretKeys: () => Promise<readonly string[]>;
}

/** All functions of a stack. Tells the developer which of them changed, in one line for one save. */
export class LocalFunctions {
  readonly #output: Output;
  readonly #functions: ReadonlyMap<StackFunction, LambdaFunction>;
  readonly #watcher = new SourceWatcher(() => this.#refreshAside());
  /** What to tell: the functions that changed, each with why it does not compile. */
  readonly #changed = new Map<LambdaFunction, string | undefined>();
  #refreshing = false;
  #started = false;

  constructor({ definitions, root, outdir, output, secretKeys, ...local }: LocalFunctionsOptions) {
    this.#output = output;
    const make = (definition: StackFunction) =>
      new LambdaFunction({
        definition,
        root,
        outdir: join(outdir, definition.name),
        variables: async () => functionVariables(definition, { ...local, secretKeys: await secretKeys() }),
        output,
        onChange: (changed, { failure }) => this.#noteChange(changed, failure),
      });
    this.#functions = new Map(definitions.map((definition) => [definition, make(definition)]));
  }

  /** Builds them all. One that does not compile is told, and does not keep the others from running. */
  async start(): Promise<void> {
    await this.#refresh();
    this.#started = true;
  }

  /** The function of a definition. */
  of(definition: StackFunction): LambdaFunction {
    return this.#functions.get(definition) as LambdaFunction;
  }

  /** Ends them all. */
  async close(): Promise<void> {
    this.#watcher.close();
    await Promise.all(this.#all.map((one) => one.close()));
  }

  get #all(): LambdaFunction[] {
    return [...this.#functions.values()];
  }

  #noteChange(changed: LambdaFunction, failure: string | undefined): void {
    this.#changed.set(changed, failure);
    if (!this.#refreshing) this.#refreshAside();
  }

  /** Nobody waits for this one; what keeps a function from being built shows in the next request too. */
  #refreshAside(): void {
    this.#refresh().catch((error) => this.#output.noted(describeFailure(error)));
  }

  /** Brings every function up to date, so that one save is told once for all that it changed. */
  async #refresh(): Promise<void> {
    this.#refreshing = true;
    await Promise.all(this.#all.map((one) => one.code())).finally(() => {
      this.#refreshing = false;
    });
    this.#watcher.add(this.#all.flatMap(({ folders }) => folders));
    this.#announce();
  }

  #announce(): void {
    const byFailure = Map.groupBy(this.#changed, ([, failure]) => failure);
    this.#changed.clear();
    for (const [failure, changed] of byFailure) {
      const labels = changed.map(([{ label }]) => label);
      if (failure !== undefined) this.#output.broken(labels, failure);
      else if (this.#started) this.#output.rebuilt(labels);
    }
  }
}
