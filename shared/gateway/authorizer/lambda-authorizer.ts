import type { GatewayRequest } from "../gateway-request.ts";
import type { Integration, InvocationOutcome } from "../http-api/lambda-integration.ts";
import { gatewayResponse, type HttpResponse } from "../http-response.ts";
import { parseSelection } from "../selection-expression.ts";
import { toAuthorizerEvent, toAuthorizerEvent1 } from "./authorizer-event.ts";
import { allowsRequest } from "./policy.ts";

/** Options of an authorizer. */
export interface LambdaAuthorizerOptions {
  readonly payloadVersion: "1.0" | "2.0";
  /** True if the function returns `isAuthorized` instead of a policy. Payload format 2.0 only. */
  readonly simpleResponses: boolean;
  /** Expressions, such as `$request.header.cookie`. A request without one of them is answered with 401. */
  readonly identitySource: readonly string[];
  /** Invokes the function with an event as JSON. */
  readonly invoke: (event: string) => Promise<InvocationOutcome>;
  /**
   * Called with a sentence about a result that is no answer of an authorizer, for which the response is 500.
   */
  readonly onInvalidResult?: ((problem: string) => void) | undefined;
}

type Context = NonNullable<GatewayRequest["authorizer"]>;

/**
 * Returns an integration that is called only for requests that an authorizer allows, and receives its
 * context. Nothing is cached, as with a TTL of 0.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html
 * @throws TypeError for an identity source that this machine cannot evaluate
 */
export function authorizedIntegration(
  integration: Integration,
  options: LambdaAuthorizerOptions,
): Integration {
  const sources = options.identitySource.map(parseSelection);
  return async (request) => {
    const values = sources.map((select) => select(request) ?? "");
    if (values.includes("")) return gatewayResponse(401, "Unauthorized");
    const outcome = await options.invoke(toEvent(request, values, options));
    const answer = readOutcome(outcome, request, options);
    return "statusCode" in answer ? answer : integration({ ...request, authorizer: answer.context });
  };
}

function toEvent(request: GatewayRequest, values: readonly string[], options: LambdaAuthorizerOptions) {
  const convert = options.payloadVersion === "2.0" ? toAuthorizerEvent : toAuthorizerEvent1;
  return JSON.stringify(convert(request, values));
}

/** Returns the context of a request that is allowed, or the response to one that is not. */
function readOutcome(
  outcome: InvocationOutcome,
  request: GatewayRequest,
  options: LambdaAuthorizerOptions,
): HttpResponse | { readonly context: Context } {
  if ("broken" in outcome) return gatewayResponse(500, outcome.broken);
  if (outcome.failure !== undefined) return gatewayResponse(500, "Internal Server Error");
  try {
    const result = JSON.parse(outcome.payload) ?? {};
    const allowed = options.simpleResponses ? readSimple(result) : readPolicy(result, request);
    return allowed ? { context: readContext(result) } : gatewayResponse(403, "Forbidden");
  } catch (error) {
    options.onInvalidResult?.(
      `API Gateway cannot use this answer of an authorizer: ${(error as Error).message}.`,
    );
    return gatewayResponse(500, "Internal Server Error");
  }
}

function readSimple({ isAuthorized }: { readonly isAuthorized?: unknown }): boolean {
  if (typeof isAuthorized === "boolean") return isAuthorized;
  throw new TypeError("isAuthorized must be true or false, because simple responses are enabled");
}

function readPolicy(result: { readonly policyDocument?: unknown }, request: GatewayRequest): boolean {
  const { policyDocument } = result;
  if (typeof policyDocument !== "object" || policyDocument === null)
    throw new TypeError("policyDocument must be a policy, because simple responses are not enabled");
  return allowsRequest(policyDocument, toAuthorizerEvent1(request).methodArn);
}

function readContext(result: { readonly context?: unknown; readonly principalId?: unknown }): Context {
  const { context = {}, principalId } = result;
  if (typeof context !== "object" || context === null || Array.isArray(context))
    throw new TypeError("context must be an object");
  return { ...context, ...(principalId !== undefined && { principalId }) };
}
