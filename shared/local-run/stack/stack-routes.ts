import { resolveString } from "./intrinsics.ts";
import {
  findFunction,
  findReferenced,
  httpRoutesOf,
  type Resource,
  readFunction,
  refuse,
  type StackFunction,
  type Template,
} from "./template.ts";

/** HTTP service outside the stack. */
export interface StackService {
  /** Address: the integration's metadata `local:url`, or its own. */
  readonly url: string;
  readonly method: string;
  /** Changes of the request, such as `overwrite:header.x-user-id`. */
  readonly parameters: Readonly<Record<string, string>>;
}

/** Authorizer of a route. */
export interface StackAuthorizer {
  readonly function: StackFunction;
  readonly payloadVersion: "1.0" | "2.0";
  readonly simpleResponses: boolean;
  readonly identitySource: readonly string[];
}

/** Route of the HTTP API. */
export interface StackRoute {
  /** `METHOD /path`, or `$default`. */
  readonly routeKey: string;
  readonly target: StackFunction | StackService;
  readonly payloadVersion: "1.0" | "2.0";
  /** Milliseconds that the API waits for the target. API Gateway's default and maximum: 30,000. */
  readonly timeout: number;
  readonly authorizer?: StackAuthorizer;
}

/** Returns whether the target of a route is an HTTP service. */
export function isService(target: StackRoute["target"]): target is StackService {
  return "url" in target;
}

/** Returns the functions of routes and of their authorizers, each once. */
export function functionsOf(routes: readonly StackRoute[]): StackFunction[] {
  const all = routes.flatMap(({ target, authorizer }) => [
    ...(isService(target) ? [] : [target]),
    ...(authorizer ? [authorizer.function] : []),
  ]);
  return [...new Set(all)];
}

/** Returns where the requests of a route go, for the developer. */
export function describeTarget({ target, authorizer }: StackRoute): string {
  const place = isService(target) ? target.url : target.entry;
  return authorizer ? `${place}, after ${authorizer.function.entry}` : place;
}

type FindFunction = (uri: unknown) => StackFunction | undefined;

/**
 * Returns the routes of a template's HTTP API with their targets and authorizers. Routes of the same function
 * share one object. Throttling and access logs are ignored, because they have no use for one developer.
 *
 * @throws LocalRunError for a route whose target or authorizer cannot run locally
 */
export function readRoutes(template: Template): StackRoute[] {
  const functions = new Map<string, StackFunction>();
  return httpRoutesOf(template).map(([, { Properties = {} }]) => {
    const routeKey = String(Properties.RouteKey);
    const find: FindFunction = (uri) => {
      const id = findFunction(uri, template);
      const found =
        id === undefined ? undefined : (functions.get(id) ?? readFunction(id, routeKey, template));
      if (id !== undefined && found) functions.set(id, found);
      return found;
    };
    const [id, integration] =
      findReferenced(Properties.Target, "AWS::ApiGatewayV2::Integration", template) ??
      refuse(routeKey, "it names no integration");
    const target =
      find(integration.IntegrationUri) ??
      readService(template.Resources?.[id], template) ??
      refuse(routeKey, "its integration is neither a Lambda function of the stack nor an HTTP service");
    const authorizer = readAuthorizer(Properties, routeKey, template, find);
    return {
      routeKey,
      target,
      payloadVersion: toPayloadVersion(integration.PayloadFormatVersion),
      timeout: Number(integration.TimeoutInMillis ?? 30_000),
      ...(authorizer && { authorizer }),
    };
  });
}

function toPayloadVersion(version: unknown): "1.0" | "2.0" {
  return version === "2.0" ? "2.0" : "1.0";
}

/** Returns the service of an integration of type HTTP_PROXY, which has an address. */
function readService(integration: Resource | undefined, template: Template): StackService | undefined {
  const { Properties = {}, Metadata = {} }: Partial<Resource> = integration ?? {};
  const url = resolveString(Metadata["local:url"] ?? Properties.IntegrationUri, template);
  if (Properties.IntegrationType !== "HTTP_PROXY" || !/^https?:/.test(url ?? "")) return undefined;
  const parameters = Object.entries(Properties.RequestParameters ?? {}).map(
    ([key, value]) => [key, resolveString(value, template) ?? ""] as const,
  );
  const method = String(Properties.IntegrationMethod ?? "ANY");
  return { url: String(url), method, parameters: Object.fromEntries(parameters) };
}

/** Returns the Lambda authorizer of a route, or undefined without one. */
function readAuthorizer(
  { AuthorizationType, AuthorizerId }: NonNullable<Resource["Properties"]>,
  routeKey: string,
  template: Template,
  find: FindFunction,
): StackAuthorizer | undefined {
  if (AuthorizationType !== "CUSTOM") return undefined;
  const [, authorizer] =
    findReferenced(AuthorizerId, "AWS::ApiGatewayV2::Authorizer", template) ??
    refuse(routeKey, "its authorizer is not in the stack");
  return {
    function:
      find(authorizer.AuthorizerUri) ?? refuse(routeKey, "its authorizer is no function of the stack"),
    payloadVersion: toPayloadVersion(authorizer.AuthorizerPayloadFormatVersion),
    simpleResponses: authorizer.EnableSimpleResponses === true,
    identitySource: [authorizer.IdentitySource ?? []].flat().map(String),
  };
}
