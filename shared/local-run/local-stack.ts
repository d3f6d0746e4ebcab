import { join } from "node:path";
import { authorizedIntegration } from "../gateway/authorizer/lambda-authorizer.ts";
import { HttpApi, type HttpApiRoute } from "../gateway/http-api/http-api.ts";
import { httpIntegration } from "../gateway/http-api/http-integration.ts";
import { type Integration, lambdaIntegration } from "../gateway/http-api/lambda-integration.ts";
import type { CdkProject } from "./cdk-project.ts";
import { ENVIRONMENT_FILE, EnvironmentFile } from "./functions/environment-file.ts";
import { LocalFunctions } from "./functions/local-functions.ts";
import { LocalRunError } from "./local-run-error.ts";
import { describeMissingSecret, type LocalSignIn } from "./local-sign-in.ts";
import type { Output } from "./output.ts";
import { describeTarget, functionsOf, isService, readRoutes, type StackRoute } from "./stack/stack-routes.ts";
import type { SynthesizedStack } from "./stack/synthesized-stack.ts";
import { readCors, readOmissions, type StackFunction, type Template } from "./stack/template.ts";
import { type LocalTables, startLocalTables } from "./tables/local-tables.ts";
import { readTables } from "./tables/stack-table.ts";
import { removeTemporaryFolder } from "./temporary-folder.ts";

/** Options of a local stack. */
export interface LocalStackOptions {
  readonly project: CdkProject;
  /** Folder for the bundles, which is removed in the end. */
  readonly outdir: string;
  /** Folder for the data of the tables. */
  readonly data: string;
  /** Variables for every function. */
  readonly environment: Readonly<Record<string, string>>;
  /** Returns the current secret keys, newest first. */
  readonly secretKeys: () => Promise<readonly string[]>;
  readonly output: Output;
  /** Provider of the sign-in on this machine, if the stack uses it. */
  readonly signIn?: LocalSignIn | undefined;
  /** Called after a source of a function was saved. */
  readonly onSave?: (() => void) | undefined;
}

/** Routes, functions and tables of a template, which another template can replace while they run. */
export class LocalStack {
  readonly api: HttpApi;
  readonly #options: LocalStackOptions;
  readonly #functions: LocalFunctions;
  readonly #environmentFile: EnvironmentFile;
  #source: SynthesizedStack | undefined;
  #tables: LocalTables | undefined;
  #routes: readonly StackRoute[] = [];

  constructor(options: LocalStackOptions) {
    const { project, outdir, output, secretKeys, environment, onSave, signIn } = options;
    this.#options = options;
    this.#environmentFile = new EnvironmentFile(join(project.root, ENVIRONMENT_FILE), output);
    this.#functions = new LocalFunctions({
      project,
      outdir,
      output,
      onSave: () => {
        this.#source?.retry();
        onSave?.();
      },
      variables: async () => ({
        secretKeys: await secretKeys(),
        environment: { ...this.#tables?.environment, ...environment },
        own: { ...(await this.#environmentFile.read()), ...signIn?.environment },
      }),
    });
    this.api = new HttpApi({
      refresh: async () => this.#source?.refresh(),
      onAnswer: (answered) => output.printRequest(answered),
      onFailure: (failure) => output.printFailure("local run", failure),
    });
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
    const { output, signIn } = this.#options;
    const notes = [this.#tables?.note, signIn?.note].filter((note) => note !== undefined);
    output.printStart(url, this.#routes, [...notes, ...readOmissions(template)]);
    const variables = { ...(await this.#environmentFile.read()), ...signIn?.environment };
    const missing = describeMissingSecret(this.#routes, variables);
    if (missing) output.printNote(missing);
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
        (other) => other.routeKey === route.routeKey && describeTarget(other) === describeTarget(route),
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
    await removeTemporaryFolder(this.#options.outdir);
  }

  async #serve(template: Template): Promise<void> {
    const routes = readRoutes(template);
    const tables = readTables(template);
    if (this.#tables) await this.#tables.add(tables);
    else if (tables.length > 0) this.#tables = await startLocalTables(tables, this.#options.data);
    const replace = await this.#functions.prepare(functionsOf(routes));
    const apiRoutes = routes.map((route) => this.#toApiRoute(route));
    replace();
    this.api.serve(apiRoutes, readCors(template));
    this.#routes = routes;
  }

  /** @throws LocalRunError for a mapping or an identity source that cannot be evaluated locally */
  #toApiRoute(route: StackRoute): HttpApiRoute {
    const { routeKey, authorizer } = route;
    try {
      const integration = this.#toIntegration(route);
      if (authorizer === undefined) return { routeKey, integration };
      const options = { ...authorizer, ...this.#callsOf(authorizer.function) };
      return { routeKey, integration: authorizedIntegration(integration, options) };
    } catch (error) {
      throw new LocalRunError(`The route ${routeKey} cannot run locally: ${(error as Error).message}.`);
    }
  }

  #toIntegration({ target, payloadVersion, timeout }: StackRoute): Integration {
    if (!isService(target)) return lambdaIntegration({ payloadVersion, timeout, ...this.#callsOf(target) });
    const onFailure = (problem: string) => this.#options.output.printFailure("local run", `${problem}.`);
    return httpIntegration({ ...target, timeout, onFailure });
  }

  #callsOf(definition: StackFunction) {
    const find = () => this.#functions.of(definition);
    return {
      invoke: (event: string) => find().invoke(event),
      onInvalidResult: (problem: string) => this.#options.output.printFailure(find().label, problem),
    };
  }
}
