import { LocalRunError } from "../local-run-error.ts";
import { findReferences, resolveString } from "./intrinsics.ts";

/** CloudFormation template, with the properties that are read. */
export interface Template {
  readonly Parameters?: Readonly<Record<string, { readonly Default?: unknown }>>;
  readonly Resources?: Readonly<Record<string, Resource>>;
}

/** Resource of a template. */
export interface Resource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly Metadata?: Readonly<Record<string, unknown>>;
}

/** Lambda function of the stack. */
export interface StackFunction {
  /** Name in `AWS_LAMBDA_FUNCTION_NAME`: its own, or its logical id. */
  readonly name: string;
  /** Source file, relative to the project's root: the template's metadata `local:entry`. */
  readonly entry: string;
  /** Condition that selects its modules: the template's metadata `local:condition`. */
  readonly condition?: string;
  /** Name of the export that is called. */
  readonly handler: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Timeout in seconds. Lambda's default: 3. */
  readonly timeout: number;
  /** Memory in MiB. Lambda's default: 128. */
  readonly memorySize: number;
}

/** Route of the HTTP API. */
export interface StackRoute {
  /** `METHOD /path`, or `$default`. */
  readonly routeKey: string;
  readonly target: StackFunction;
  readonly payloadVersion: "1.0" | "2.0";
  /** Milliseconds that the API waits for the function. API Gateway's default and maximum: 30,000. */
  readonly timeout: number;
}

/**
 * Returns the routes of a template's HTTP API with their functions. Routes of the same function share one
 * object. Throttling and access logs are ignored, because they have no use for one developer.
 *
 * @throws LocalRunError for a route whose target cannot run locally
 */
export function readRoutes(template: Template): StackRoute[] {
  const functions = new Map<string, StackFunction>();
  return resourcesOf(template, "AWS::ApiGatewayV2::Route").map(([, route]) => {
    const routeKey = String(route.Properties?.RouteKey);
    const integration = findReferenced(route.Properties?.Target, "AWS::ApiGatewayV2::Integration", template);
    const [, properties] = integration ?? refuse(routeKey, "it names no integration");
    const id =
      findFunction(properties.IntegrationUri, template) ??
      refuse(routeKey, "its integration is not a Lambda function of the stack");
    const target = functions.get(id) ?? readFunction(id, routeKey, template);
    functions.set(id, target);
    return {
      routeKey,
      target,
      payloadVersion: properties.PayloadFormatVersion === "2.0" ? "2.0" : "1.0",
      timeout: Number(properties.TimeoutInMillis ?? 30_000),
    };
  });
}

/** Returns a sentence for each part of the stack that the local run ignores. */
export function readOmissions(template: Template): string[] {
  const cors = resourcesOf(template, "AWS::ApiGatewayV2::Api").some(
    ([, api]) => api.Properties?.CorsConfiguration,
  );
  const guarded = resourcesOf(template, "AWS::ApiGatewayV2::Route").filter(
    ([, { Properties }]) => (Properties?.AuthorizationType ?? "NONE") !== "NONE",
  );
  return [
    ...(cors ? ["The API's CORS settings have no effect locally."] : []),
    ...guarded.map(
      ([, route]) =>
        `${route.Properties?.RouteKey}: its authorizer does not run locally, so every request is let through.`,
    ),
  ];
}

function readFunction(id: string, routeKey: string, template: Template): StackFunction {
  const { Properties = {}, Metadata }: Partial<Resource> = template.Resources?.[id] ?? {};
  const { "local:entry": entry, "local:condition": condition } = Metadata ?? {};
  if (entry === undefined)
    refuse(routeKey, `the function ${id} has no metadata local:entry. Define it as a SessionFunction`);
  return {
    name: typeof Properties.FunctionName === "string" ? Properties.FunctionName : id,
    entry: String(entry),
    ...(typeof condition === "string" && { condition }),
    handler: String(Properties.Handler).split(".").at(-1) as string,
    environment: readEnvironment(Properties.Environment, template),
    timeout: Number(Properties.Timeout ?? 3),
    memorySize: Number(Properties.MemorySize ?? 128),
  };
}

function readEnvironment(environment: unknown, template: Template): Record<string, string> {
  const { Variables = {} } = (environment ?? {}) as { Variables?: Record<string, unknown> };
  const resolved = Object.entries(Variables).map(
    ([name, value]) => [name, resolveString(value, template)] as const,
  );
  return Object.fromEntries(resolved.filter((entry): entry is [string, string] => entry[1] !== undefined));
}

/** Returns the resources of a type, with their logical ids. */
export function resourcesOf(template: Template, type: string): [string, Resource][] {
  return Object.entries(template.Resources ?? {}).filter(([, resource]) => resource.Type === type);
}

/** Returns the logical id and the properties of the resource of a type that a value refers to. */
function findReferenced(value: unknown, type: string, { Resources }: Template) {
  const id = findReferences(value).find((name) => Resources?.[name]?.Type === type);
  return id === undefined ? undefined : ([id, Resources?.[id]?.Properties ?? {}] as const);
}

/** Returns the logical id of the function behind an integration. Resolves aliases and versions. */
function findFunction(uri: unknown, template: Template): string | undefined {
  const direct = findReferenced(uri, "AWS::Lambda::Function", template);
  if (direct) return direct[0];
  const indirect =
    findReferenced(uri, "AWS::Lambda::Alias", template) ??
    findReferenced(uri, "AWS::Lambda::Version", template);
  return indirect && findFunction(indirect[1].FunctionName, template);
}

function refuse(routeKey: string, problem: string): never {
  throw new LocalRunError(`The route ${routeKey} cannot run locally: ${problem}.`);
}
