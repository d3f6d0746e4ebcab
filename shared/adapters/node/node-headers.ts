import type { OutgoingHttpHeader, OutgoingHttpHeaders, ServerResponse } from "node:http";
import type { HttpResult } from "../../lambda/http-result.ts";

/** Headers as `writeHead` takes them: an object, names and values in turn, or pairs of them. */
export type HeadHeaders =
  | OutgoingHttpHeaders
  | readonly OutgoingHttpHeader[]
  | readonly (readonly [string, OutgoingHttpHeader])[];

/**
 * Sets headers that were given to `writeHead`. They replace those of the same names, and a name that they
 * have several times is sent several times. As in Node, the last spelling of a name in an object counts if
 * the response has headers already, or is one of HTTP/2.
 *
 * @throws TypeError of Node for a name or a value that cannot be sent
 */
export function setHeadHeaders(response: ServerResponse, headers: HeadHeaders): void {
  const isReplacing = !Array.isArray(headers) && (response.getHeaderNames()[0] || "stream" in response);
  const named = Map.groupBy(toPairs(headers), ([name]) => (isReplacing ? name : `${name}`.toLowerCase()));
  for (const pairs of named.values()) {
    const [[name, value], second] = pairs as [[string, OutgoingHttpHeader], unknown];
    response.setHeader(name, second ? pairs.flatMap(([, each]) => each as string) : value);
  }
}

function toPairs(headers: HeadHeaders): (readonly [string, OutgoingHttpHeader | undefined])[] {
  if (!Array.isArray(headers)) return Object.entries(headers);
  if (Array.isArray(headers[0])) return headers;
  return headers.flatMap((name, index) => (index % 2 ? [] : [[name, headers[index + 1]]]));
}

/** Returns the headers of a response, each array as what `change` makes of it. */
export function headersOf<Value>(
  response: Pick<ServerResponse, "getHeaders">,
  change: (values: readonly string[]) => Value,
): Record<string, Value | string | number> {
  const entries = Object.entries(response.getHeaders()) as [string, string | number | string[]][];
  return Object.fromEntries(
    entries.map(([name, value]) => [name, Array.isArray(value) ? change(value) : value]),
  );
}

/** Returns the status and the headers of a response as the session layer reads them. */
export function toResult(response: ServerResponse, statusCode: number): HttpResult {
  return { statusCode, headers: headersOf(response, (values) => values.join(", ")) };
}

/**
 * Applies the headers and the cookies that a result has beyond `own`. An array of cookies is replaced and
 * never extended, because it may be a constant of the application that the next response uses too.
 */
export function addHeaders(response: ServerResponse, own: HttpResult, result: HttpResult): void {
  for (const [name, value] of Object.entries(result.headers ?? {}))
    if (value !== own.headers?.[name]) response.setHeader(name, `${value}`);
  const { cookies = [] } = result;
  if (cookies.length > 0)
    response.setHeader("set-cookie", [response.getHeader("set-cookie") ?? [], cookies].flat() as string[]);
}

/**
 * Replaces the head of a response by that of a refusal or of a guard's response.
 *
 * @param before headers that remain, such as those of a middleware for CORS. A further `vary` is added to
 * theirs
 */
export function setHead(response: ServerResponse, before: OutgoingHttpHeaders, result: HttpResult): void {
  for (const name of response.getHeaderNames()) response.removeHeader(name);
  setHeadHeaders(response, before);
  response.statusCode = result.statusCode ?? 200;
  // HTTP/2 has no reason phrase, and warns of one.
  if (Object.hasOwn(response, "statusMessage")) response.statusMessage = "";
  const { vary, ...headers } = result.headers ?? {};
  const varies = [before.vary ?? [], vary ?? []].flat().join(", ");
  addHeaders(response, {}, { ...result, headers: varies ? { ...headers, vary: varies } : headers });
}

/** Sends a refusal or a guard's response; `before` as in `setHead`. */
export function sendResult(response: ServerResponse, before: OutgoingHttpHeaders, result: HttpResult): void {
  setHead(response, before, result);
  const { body = "", isBase64Encoded = false } = result;
  response.end(Buffer.from(body, isBase64Encoded ? "base64" : "utf8"));
}
