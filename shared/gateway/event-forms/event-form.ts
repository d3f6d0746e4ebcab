import type { WireRequest, WireResponse } from "./wire.ts";

/**
 * Function as Lambda calls it: with event and context, and a stream between them if it streams its response.
 */
export type LambdaFunction = (...received: never[]) => unknown;

/** One form in which AWS calls a function for a request: the event, and the rules for its result. */
export interface EventForm {
  /** Name in AWS's words, such as `HTTP API, payload 2.0`. */
  readonly name: string;
  /**
   * Values that pass of a header which occurs several times: `all`, or the `last` one in requests and in
   * responses. `joined` passes the values of a request as one string with commas, and one value of a
   * response. Only with `all`, a response has room for a second cookie.
   */
  readonly repeatedHeaders: "all" | "last" | "joined";
  /**
   * Calls a function with the event of a request, and converts its result to the response.
   *
   * Rejects with the function's own error, for which AWS responds with 500 or 502.
   *
   * @throws InvalidResultError if the result describes no valid response
   */
  invoke(handler: LambdaFunction, request: WireRequest): Promise<WireResponse>;
}

/**
 * Returns a form whose event and result pass as JSON, as in all invocations without response streaming.
 *
 * @param toEvent returns the event of a request
 * @param toResponse returns the response for the JSON of a result
 */
export function bufferedForm(
  name: string,
  repeatedHeaders: EventForm["repeatedHeaders"],
  toEvent: (request: WireRequest) => object,
  toResponse: (payload: string) => WireResponse,
): EventForm {
  const invoke = async (handler: LambdaFunction, request: WireRequest) => {
    const event = JSON.parse(JSON.stringify(toEvent(request)));
    const result = await handler(event as never, INVOCATION_CONTEXT as never);
    return withoutForbiddenBody(request, toResponse(JSON.stringify(result ?? null)));
  };
  return { name, repeatedHeaders, invoke };
}

/** Context of an invocation. AWS passes more, but no event form depends on it. */
export const INVOCATION_CONTEXT = {
  functionName: "event-form",
  functionVersion: "$LATEST",
  awsRequestId: "00000000-0000-4000-8000-000000000000",
  callbackWaitsForEmptyEventLoop: true,
  getRemainingTimeInMillis: () => 10_000,
};

/** Removes a body that HTTP does not allow: of HEAD, 204 and 304 (RFC 9110, sections 9.3.2 and 15). */
export function withoutForbiddenBody({ method }: WireRequest, response: WireResponse): WireResponse {
  if (method !== "HEAD" && ![204, 304].includes(response.statusCode)) return response;
  return { ...response, body: Buffer.alloc(0) };
}
