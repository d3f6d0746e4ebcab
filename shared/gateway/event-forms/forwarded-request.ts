import type { GatewayRequest } from "../gateway-request.ts";
import type { HeaderLines, WireRequest } from "./wire.ts";

/** Address of the client in all events. */
const SOURCE_IP = "192.0.2.1";

/** Headers that API Gateway and load balancers add to every request. */
const ADDED: HeaderLines = [
  ["X-Amzn-Trace-Id", "Root=1-6564c3e0-0123456789abcdef01234567"],
  ["X-Forwarded-For", SOURCE_IP],
  ["X-Forwarded-Port", "443"],
  ["X-Forwarded-Proto", "https"],
];

/** Returns the header lines of a request with a host, a length and the headers that AWS adds. */
export function toForwardedLines({ headers, body }: WireRequest): HeaderLines {
  const sent = new Set(headers.map(([name]) => name.toLowerCase()));
  const own: HeaderLines = [
    ["Host", "app.example.com"],
    ["Content-Length", String(body.length)],
  ];
  const missing = own.filter(([name]) => !sent.has(name.toLowerCase()));
  return [...missing, ...headers, ...ADDED];
}

/** Returns the header lines of a request, as {@link toForwardedLines}, with names in lower case. */
export function toLowerCaseLines(request: WireRequest): HeaderLines {
  return toForwardedLines(request).map(([name, value]) => [name.toLowerCase(), value]);
}

/** Returns all values by name, in the order in which the names first occur. */
export function groupValues(pairs: Iterable<readonly [string, string]>): Record<string, string[]> {
  const groups = Map.groupBy(pairs, ([name]) => name);
  return Object.fromEntries([...groups].map(([name, all]) => [name, all.map(([, value]) => value)]));
}

/** Returns the last value of each name. */
export function lastValues(pairs: Iterable<readonly [string, string]>): Record<string, string> {
  return Object.fromEntries([...pairs]);
}

/** Returns the parameters of a query as they were sent, percent-encoded. */
export function encodedParameters({ queryString }: WireRequest): [string, string][] {
  const parameters = queryString.split("&").filter((parameter) => parameter !== "");
  return parameters.map((parameter) => {
    const [name = "", ...value] = parameter.split("=");
    return [name, value.join("=")];
  });
}

/** Returns a request as an HTTP API has it after its route is known, which is `$default`. */
export function toGatewayRequest(request: WireRequest): GatewayRequest {
  const headers = Object.entries(groupValues(toLowerCaseLines(request)));
  return {
    method: request.method,
    path: decodeURIComponent(request.path),
    queryString: request.queryString,
    headers: new Map(headers.sort(([a], [b]) => (a < b ? -1 : 1))),
    body: request.body,
    sourceIp: SOURCE_IP,
    requestId: "JKJaXmPLvHcESHA=",
    time: new Date(),
    routeKey: "$default",
  };
}
