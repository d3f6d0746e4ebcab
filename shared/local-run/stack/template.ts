import type { HttpApiCors } from "../../gateway/http-api/http-api-cors.ts";
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
  /** Conditions that select its modules: the template's metadata `local:conditions`. Default: none. */
  readonly conditions?: readonly string[];
  /** Name of the export that is called. */
  readonly handler: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Timeout in seconds. Lambda's default: 3. */
  readonly timeout: number;
  /** Memory in MiB. Lambda's default: 128. */
  readonly memorySize: number;
}

/** Returns the CORS configuration of a template's HTTP API, or undefined without one. */
export function readCors(template: Template): HttpApiCors | undefined {
  const [[, api] = []] = httpApisOf(template);
  const cors = api?.Properties?.CorsConfiguration as Readonly<Record<string, unknown>> | undefined;
  if (cors === undefined) return undefined;
  const list = (values: unknown = []) =>
    (values as unknown[]).flatMap((value) => resolveString(value, template) ?? []);
  return {
    allowOrigins: list(cors.AllowOrigins),
    allowMethods: list(cors.AllowMethods),
    allowHeaders: list(cors.AllowHeaders),
    exposeHeaders: list(cors.ExposeHeaders),
    allowCredentials: cors.AllowCredentials === true,
    ...(cors.MaxAge !== undefined && { maxAge: Number(cors.MaxAge) }),
  };
}

/** Returns a sentence for each part of the stack that the local run ignores. */
export function readOmissions(template: Template): string[] {
  const guarded = httpRoutesOf(template).filter(
    ([, { Properties }]) => !["NONE", "CUSTOM"].includes(String(Properties?.AuthorizationType ?? "NONE")),
  );
  const cached = resourcesOf(template, "AWS::ApiGatewayV2::Authorizer").filter(
    ([, { Properties }]) => Number(Properties?.AuthorizerResultTtlInSeconds ?? 0) > 0,
  );
  const others = [
    ...resourcesOf(template, "AWS::ApiGatewayV2::Api").filter(isWebSocketApi),
    ...resourcesOf(template, "AWS::ApiGateway::RestApi"),
    ...resourcesOf(template, "AWS::Lambda::Url"),
  ];
  return [
    ...others.map(([id, { Type }]) => `${id} (${Type}) does not run locally: the HTTP API is served alone.`),
    ...guarded.map(
      ([, route]) =>
        `${route.Properties?.RouteKey}: its authorizer does not run locally, so every request is let through.`,
    ),
    ...cached.map(([id]) => `${id}: the answers of this authorizer are cached on AWS, but not locally.`),
  ];
}

/**
 * Returns the function with a logical id.
 *
 * @throws LocalRunError for a function without its source, which names the route
 */
export function readFunction(id: string, routeKey: string, template: Template): StackFunction {
  const { Properties = {}, Metadata }: Partial<Resource> = template.Resources?.[id] ?? {};
  const { "local:entry": entry, "local:conditions": conditions } = Metadata ?? {};
  if (entry === undefined)
    refuse(routeKey, `the function ${id} has no metadata local:entry. Define it as a SessionFunction`);
  return {
    name: typeof Properties.FunctionName === "string" ? Properties.FunctionName : id,
    entry: String(entry),
    ...(Array.isArray(conditions) && { conditions }),
    handler: String(Properties.Handler).replace(/^[^.]*\./, ""),
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

/** Returns the HTTP APIs of a template. WebSocket APIs have the same type. */
export function httpApisOf(template: Template): [string, Resource][] {
  return resourcesOf(template, "AWS::ApiGatewayV2::Api").filter((api) => !isWebSocketApi(api));
}

/** Returns the routes of a template's HTTP APIs. */
export function httpRoutesOf(template: Template): [string, Resource][] {
  return resourcesOf(template, "AWS::ApiGatewayV2::Route").filter(([, { Properties }]) => {
    const api = findReferenced(Properties?.ApiId, "AWS::ApiGatewayV2::Api", template);
    return api === undefined || api[1].ProtocolType !== "WEBSOCKET";
  });
}

function isWebSocketApi([, { Properties }]: [string, Resource]): boolean {
  return Properties?.ProtocolType === "WEBSOCKET";
}

/** Returns the logical id and the properties of the resource of a type that a value refers to. */
export function findReferenced(value: unknown, type: string, { Resources }: Template) {
  const id = findReferences(value).find((name) => Resources?.[name]?.Type === type);
  return id === undefined ? undefined : ([id, Resources?.[id]?.Properties ?? {}] as const);
}

/** Returns the logical id of the function behind an integration. Resolves aliases and versions. */
export function findFunction(uri: unknown, template: Template): string | undefined {
  const direct = findReferenced(uri, "AWS::Lambda::Function", template);
  if (direct) return direct[0];
  const indirect =
    findReferenced(uri, "AWS::Lambda::Alias", template) ??
    findReferenced(uri, "AWS::Lambda::Version", template);
  return indirect && findFunction(indirect[1].FunctionName, template);
}

/** @throws LocalRunError that names the route */
export function refuse(routeKey: string, problem: string): never {
  throw new LocalRunError(`The route ${routeKey} cannot run locally: ${problem}.`);
}
