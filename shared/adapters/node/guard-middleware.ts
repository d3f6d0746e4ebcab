import type { Context } from "aws-lambda";
import { toHttpResult } from "../../lambda/http-result.ts";
import { assertFunctions } from "../../options/assert-functions.ts";
import type { Guard } from "../guard.ts";
import type { NodeExchange } from "./node-exchange.ts";
import { sendResult } from "./node-headers.ts";
import { nodeResponseOf, type RequestLike, type ResponseLike } from "./node-message.ts";
import type { NodeMiddleware } from "./node-session.ts";

/** Result of the handler behind a guard, by which a request has passed. */
const PASSED = {};

/** Returns middleware that sends the guard's response, or continues if the request has passed. */
export function guardMiddleware<D extends object>(
  guard: Guard<D>,
  exchangeOf: (request: RequestLike) => NodeExchange<D>,
): NodeMiddleware {
  assertFunctions({ guard });
  const guarded = guard(() => PASSED);
  /** Returns whether the request has passed. If not, the guard has answered. */
  const check = async (request: RequestLike, response: ResponseLike) => {
    const { event, session } = exchangeOf(request);
    const result = await guarded(event, session, {} as Context);
    if (result === PASSED) return true;
    sendResult(nodeResponseOf(response), response.getHeaders(), toHttpResult(result));
    return false;
  };
  return (request, response, next) => {
    check(request, response).then((hasPassed) => hasPassed && next(), next);
  };
}
