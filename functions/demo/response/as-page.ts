import type { APIGatewayProxyEventV2 } from "aws-lambda";
import type { LambdaHandler } from "lambda-sessions/lambda";
import { withCost } from "./with-cost.ts";
import { withErrorPage } from "./with-error-page.ts";

/** Wraps a handler of the demo: adds the cost of the request to its response, and renders errors as pages. */
export function asPage(
  handler: LambdaHandler<APIGatewayProxyEventV2>,
): LambdaHandler<APIGatewayProxyEventV2> {
  return withErrorPage(withCost(handler));
}
