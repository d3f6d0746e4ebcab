import type { GatewayRequest } from "./gateway-request.ts";
import { API_ID, parseQuery, readDomain } from "./http-event.ts";

/** Selects a part of a request. */
export type Selection = (request: GatewayRequest) => string | undefined;

type Read = (request: GatewayRequest, name: string) => string | undefined;

/** The parts of a request that expressions select, by the beginning of the expression. */
const READS: Readonly<Record<string, Read>> = {
  "$request.header.": ({ headers }, name) => headers.get(name.toLowerCase())?.join(","),
  "$request.querystring.": ({ queryString }, name) => {
    const values = parseQuery(queryString).find(([key]) => key === name)?.[1];
    return values?.join(",");
  },
  "$request.path.": ({ pathParameters }, name) => pathParameters?.[name],
  "$context.authorizer.": ({ authorizer }, name) => toText(authorizer?.[name]),
};

/** The other variables that expressions select. */
const VARIABLES: Readonly<Record<string, Selection>> = {
  "$request.path": ({ path }) => path,
  "$context.apiId": () => API_ID,
  "$context.domainName": ({ headers }) => readDomain(headers).domainName,
  "$context.httpMethod": ({ method }) => method,
  "$context.identity.sourceIp": ({ sourceIp }) => sourceIp,
  "$context.identity.userAgent": ({ headers }) => headers.get("user-agent")?.[0],
  "$context.path": ({ path }) => path,
  "$context.requestId": ({ requestId }) => requestId,
  "$context.routeKey": ({ routeKey }) => routeKey,
  "$context.stage": () => "$default",
};

/**
 * Parses an expression of an HTTP API, such as `$request.header.cookie` or `$context.authorizer.userId`. A
 * string without a dollar sign selects itself.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-parameter-mapping.html
 * @throws TypeError for an expression that this machine cannot evaluate
 */
export function parseSelection(expression: string): Selection {
  if (!expression.includes("$")) return () => expression;
  const variable = VARIABLES[expression];
  if (variable) return variable;
  const prefix = Object.keys(READS).find((each) => expression.startsWith(each));
  const name = expression.slice(prefix?.length ?? expression.length);
  if (prefix === undefined || !/^[^$\s]+$/.test(name))
    throw new TypeError(
      `the expression ${expression} is not supported on this machine: use ${[...Object.keys(READS).map((each) => `${each}NAME`), ...Object.keys(VARIABLES)].join(", ")}`,
    );
  return (request) => READS[prefix]?.(request, name);
}

/** Returns a value of an authorizer's context as HTTP APIs write it into headers. */
function toText(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
