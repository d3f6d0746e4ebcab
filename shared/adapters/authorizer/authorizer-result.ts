import type { APIGatewayRequestAuthorizerEventV2 } from "aws-lambda";
import type { AuthorizerContext } from "./authorizer-context.ts";
import { type AuthorizerEvent, isVersion2 } from "./authorizer-event.ts";

/** The answer to an event of payload format 2.0, with simple responses enabled. */
export interface SimpleResult {
  readonly isAuthorized: boolean;
  readonly context?: AuthorizerContext;
}

/** The answer to all other events: an IAM policy. */
export interface PolicyResult {
  readonly principalId: string;
  readonly policyDocument: {
    readonly Version: "2012-10-17";
    readonly Statement: readonly {
      readonly Action: "execute-api:Invoke";
      readonly Effect: "Allow" | "Deny";
      readonly Resource: string;
    }[];
  };
  readonly context?: AuthorizerContext;
}

/** The answer to an event. */
export type AuthorizerResult<E extends AuthorizerEvent = AuthorizerEvent> =
  E extends APIGatewayRequestAuthorizerEventV2 ? SimpleResult : PolicyResult;

/**
 * Maximum of a result, in bytes of JSON: 8 KiB, the quota that AWS documents for authorizers of WebSocket
 * APIs.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
 */
const MOST_BYTES = 8192;

/**
 * Returns the answer that allows a request, with the context for the integration.
 *
 * @throws RangeError for a context that is too large
 */
export function allow(event: AuthorizerEvent, context: AuthorizerContext): SimpleResult | PolicyResult {
  const result = isVersion2(event)
    ? { isAuthorized: true, context }
    : { ...toPolicy("Allow", context.encodedUserId, toResource(event.methodArn)), context };
  const bytes = Buffer.byteLength(JSON.stringify(result));
  if (bytes <= MOST_BYTES) return result;
  throw new RangeError(
    `the authorizer's result has ${bytes} bytes, but ${MOST_BYTES} is the most: pass fewer or shorter claims`,
  );
}

/** Returns the answer that denies a request: API Gateway responds with 403. */
export function deny(event: AuthorizerEvent): SimpleResult | PolicyResult {
  return isVersion2(event) ? { isAuthorized: false } : toPolicy("Deny", "nobody", "*");
}

function toPolicy(Effect: "Allow" | "Deny", principalId: string, Resource: string): PolicyResult {
  const Statement = [{ Action: "execute-api:Invoke", Effect, Resource }] as const;
  return { principalId, policyDocument: { Version: "2012-10-17", Statement } };
}

/**
 * Returns the resource of a request's policy: every path of its API, stage and method. The client chooses the
 * path, in which `*`, `?` and `${` have a meaning for IAM, and a resource has at most 512 characters.
 */
function toResource(methodArn: string): string {
  const [api, stage, method, ...path] = methodArn.split("/");
  return path.length === 0 ? methodArn : `${api}/${stage}/${method}/*`;
}
