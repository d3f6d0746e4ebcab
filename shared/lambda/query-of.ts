import { type HttpEvent, isVersion1 } from "./http-event.ts";

/**
 * Returns the query of a request, percent-encoded. Payload 1.0 has it decoded, except from a load balancer.
 */
export function queryOf(event: HttpEvent): string {
  if (!isVersion1(event)) return event.rawQueryString ?? "";
  const { multiValueQueryStringParameters: repeated, queryStringParameters: single } = event;
  const pairs = Object.entries(repeated ?? single ?? {}).flatMap(([name, values]) =>
    [values ?? []].flat().map((value): [string, string] => [name, value]),
  );
  const isEncoded = event.requestContext !== undefined && "elb" in event.requestContext;
  return isEncoded ? pairs.map((pair) => pair.join("=")).join("&") : new URLSearchParams(pairs).toString();
}
