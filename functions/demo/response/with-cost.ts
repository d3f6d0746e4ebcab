import { subscribe } from "node:diagnostics_channel";
import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { Markup } from "lambda-sessions";
import { DYNAMODB_CALLS, type DynamoDBCall, type DynamoDBOperation } from "lambda-sessions/dynamodb";
import type { HttpResult, LambdaHandler } from "lambda-sessions/lambda";
import { cookie } from "../inspection/session-cookie.ts";
import { type CookieFate, type Cost, costFields, costText, countCalls } from "./cost.ts";

/** Where the page has the cost of its own request written. Escaped text never holds it. */
export const OWN_COST: Markup = new Markup("<!--own cost-->");

/** A function serves one request at a time. */
let calls: DynamoDBOperation[] = [];
subscribe(DYNAMODB_CALLS, (call) => calls.push((call as DynamoDBCall).operation));

/**
 * Tells what the session cost a request, when all is done: a page in its own text, and a redirect to the page in the
 * query.
 */
export function withCost(
  handler: LambdaHandler<APIGatewayProxyEventV2>,
): LambdaHandler<APIGatewayProxyEventV2> {
  return async (event, context) => {
    calls = [];
    const result = await handler(event, context);
    return withCostOf(result, { cookie: fateIn(result), calls: countCalls(calls) });
  };
}

function withCostOf(result: HttpResult, cost: Cost): HttpResult {
  const { headers, body } = result;
  const location = headers?.location;
  return {
    ...result,
    ...(typeof location === "string" && { headers: { ...headers, location: withQuery(location, cost) } }),
    ...(body && { body: body.replace(OWN_COST.html, () => costText(cost)) }),
  };
}

/** All redirects of the demo lead to the page. */
function withQuery(location: string, cost: Cost): string {
  return `${location}${location.includes("?") ? "&" : "?"}${new URLSearchParams(costFields(cost))}`;
}

function fateIn({ cookies = [] }: HttpResult): CookieFate {
  const sent = cookies.findLast((text) => text.startsWith(`${cookie.name}=`));
  if (sent === undefined) return "kept";
  return sent.startsWith(`${cookie.name}=;`) ? "cleared" : "sent";
}
