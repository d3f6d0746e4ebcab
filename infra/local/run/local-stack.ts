import { rm } from "node:fs/promises";
import { join } from "node:path";
import { ENVIRONMENT_FILE, EnvironmentFile } from "./functions/environment-file.ts";
import { LocalFunctions } from "./functions/local-functions.ts";
import { Gateway } from "./gateway/gateway.ts";
import type { Output } from "./output.ts";
import type { SynthesizedStack } from "./stack/synthesized-stack.ts";
import { readOmissions, readRoutes, type StackRoute, type Template } from "./stack/template.ts";
import { type LocalTables, startLocalTables } from "./tables/local-tables.ts";
import { readTables } from "./tables/stack-table.ts";

/** Options of a local stack. */
export interface LocalStackOptions {
  /** Root folder of the project. */
  readonly root: string;
  /** Folder for the bundles, which is removed in the end. */
  readonly outdir: string;
  /** Folder for the data of the tables. */
  readonly data: string;
  /** Variables for every function. */
  readonly environment: Readonly<Record<string, string>>;
  /** Returns the current secret keys, newest first. */
  readonly secretKeys: () => Promise<readonly string[]>;
  readonly output: Output;
  /** Called after a source of a function was saved. */
  readonly onSave?: (() => void) | undefined;
}

/** Routes, functions and tables of a template, which another template can replace while they run. */
export class LocalStack {
  readonly gateway: Gateway;
  readonly #options: LocalStackOptions;
  readonly #functions: LocalFunctions;
  readonly #environmentFile: EnvironmentFile;
  #source: SynthesizedStack | undefined;
  #tables: LocalTables | undefined;
  #routes: readonly StackRoute[] = [];

  constructor(options: LocalStackOptions) {
    const { root, outdir, output, secretKeys, environment, onSave } = options;
    this.#options = options;
    this.#environmentFile = new EnvironmentFile(join(root, ENVIRONMENT_FILE), output);
    this.#functions = new LocalFunctions({
      root,
      outdir,
      output,
      onSave,
      variables: async () => ({
        secretKeys: await secretKeys(),
        environment: { ...this.#tables?.environment, ...environment },
        own: await this.#environmentFile.read(),
      }),
    });
    const refresh = async () => this.#source?.refresh();
    this.gateway = new Gateway({ routes: [], refresh, functions: this.#functions, output });
  }

  /**
   * Runs a template.
   *
   * @param source synthesizes further templates
   * @throws LocalRunError for a template that cannot run locally
   */
  async start(url: string, template: Template, source: SynthesizedStack | undefined): Promise<void> {
    this.#source = source;
    await this.#serve(template);
    const notes = [...(this.#tables ? [this.#tables.note] : []), ...readOmissions(template)];
    this.#options.output.printStart(url, this.#routes, notes);
    await this.#environmentFile.read();
  }

  /**

   * Runs another template. Unchanged functions continue to run.

   *

   * @throws LocalRunError as `start` does

   */
  async update(template: Template): Promise<void> {
    const before = this.#routes;
    await this.#serve(template);
    const isIn = (routes: readonly StackRoute[]) => (route: StackRoute) =>
      routes.some(
        ({ routeKey, target }) => routeKey === route.routeKey && target.entry === route.target.entry,
      );
    const added = this.#routes.filter((route) => !isIn(before)(route));
    const removed = before.filter((route) => !isIn(this.#routes)(route));
    this.#options.output.printRouteChanges(added, removed);
  }

  /** Stops the functions and the tables. */
  async close(): Promise<void> {
    await this.#source?.close();
    await this.#functions.close();
    await this.#tables?.close();
    await rm(this.#options.outdir, { recursive: true, force: true });
  }

  async #serve(template: Template): Promise<void> {
    const routes = readRoutes(template);
    const tables = readTables(template);
    if (this.#tables) await this.#tables.add(tables);
    else if (tables.length > 0) this.#tables = await startLocalTables(tables, this.#options.data);
    const replace = await this.#functions.prepare([...new Set(routes.map(({ target }) => target))]);
    replace();
    this.gateway.serve(routes);
    this.#routes = routes;
  }
}
