import type { GatewayRequest } from "../gateway-request.ts";
import { toEvent } from "../http-event.ts";
import { gatewayResponse, type HttpResponse, InvalidResultError, toResponse } from "../http-response.ts";
import { toEvent1, toResponse1 } from "../payload-1.ts";

/** Responds to a request that has matched a route. */
export type Integration = (request: GatewayRequest) => Promise<HttpResponse>;

/**
 * Outcome of an invocation: the result as JSON, a description of the failure, or the message to respond with
 * instead of API Gateway's, for a function that cannot be invoked.
 */
export type InvocationOutcome =
  | { readonly payload: string; readonly failure?: never }
  | { readonly failure: string }
  | { readonly broken: string };

/** Options of an integration with a Lambda function. */
export interface LambdaIntegrationOptions {
  readonly payloadVersion: "1.0" | "2.0";
  /** Milliseconds that the API waits for the function. Default: 30,000, which is API Gateway's maximum. */
  readonly timeout?: number;
  /** Invokes the function with an event as JSON. */
  readonly invoke: (event: string) => Promise<InvocationOutcome>;
  /** Called with a sentence about a result that is no response, which is answered with 500. */
  readonly onInvalidResult?: ((problem: string) => void) | undefined;
}

/** Lambda's limit for an event and for a result, in bytes of JSON: 6 MiB. */
export const MOST_PAYLOAD_BYTES = 6 * 1024 * 1024;

const PAYLOADS = {
  "1.0": { toEvent: toEvent1, toResponse: toResponse1 },
  "2.0": { toEvent, toResponse },
} as const;

/** Returns an integration that invokes a function with an event and responds with its result. */
export function lambdaIntegration(options: LambdaIntegrationOptions): Integration {
  const { payloadVersion, timeout = 30_000, invoke } = options;
  return async (request) => {
    const event = JSON.stringify(PAYLOADS[payloadVersion].toEvent(request));
    if (Buffer.byteLength(event) > MOST_PAYLOAD_BYTES)
      return gatewayResponse(413, "Request Entity Too Large");
    const outcome = await limitTime(timeout, invoke(event));
    return outcome ? respond(outcome, options) : gatewayResponse(503, "Service Unavailable");
  };
}

function respond(
  outcome: InvocationOutcome,
  { payloadVersion, onInvalidResult }: LambdaIntegrationOptions,
): HttpResponse {
  if ("broken" in outcome) return gatewayResponse(500, outcome.broken);
  if (outcome.failure !== undefined) return gatewayResponse(500, "Internal Server Error");
  try {
    if (Buffer.byteLength(outcome.payload) > MOST_PAYLOAD_BYTES)
      throw new InvalidResultError("it is over 6 MiB");
    return PAYLOADS[payloadVersion].toResponse(outcome.payload);
  } catch (error) {
    if (!(error instanceof InvalidResultError)) throw error;
    onInvalidResult?.(`API Gateway cannot convert this result to a response: ${error.message}.`);
    return gatewayResponse(500, "Internal Server Error");
  }
}

async function limitTime<Result>(milliseconds: number, result: Promise<Result>): Promise<Result | undefined> {
  const late = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => late.resolve(undefined), milliseconds);
  return Promise.race([result, late.promise]).finally(() => clearTimeout(timer));
}
