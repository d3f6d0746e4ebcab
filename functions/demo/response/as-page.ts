import type { APIGatewayProxyEventV2 } from "aws-lambda";
import type { LambdaHandler } from "lambda-sessions/lambda";
import { withCost } from "./with-cost.ts";
import { withErrorPage } from "./with-error-page.ts";

/** What the handlers of the page have in common: they tell what the session cost, and their errors are pages. */
export function asPage(
  handler: LambdaHandler<APIGatewayProxyEventV2>,
): LambdaHandler<APIGatewayProxyEventV2> {
  return withErrorPage(withCost(handler));
}
