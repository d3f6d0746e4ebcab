import { subscribe } from "node:diagnostics_channel";
import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { Markup } from "lambda-sessions";
import { DYNAMODB_CALLS, type DynamoDBCall, type DynamoDBOperation } from "lambda-sessions/dynamodb";
import type { HttpResult, LambdaHandler } from "lambda-sessions/lambda";
import { cookie } from "../inspection/session-cookie.ts";
import { type CookieFate, type Cost, countCalls, formatCost, toCostFields } from "./cost.ts";

/** Placeholder for the cost of the page's own request. Escaped text never contains it. */
export const OWN_COST: Markup = new Markup("<!--own cost-->");

/** Calls of the current request. A Lambda function handles one request at a time. */
let calls: DynamoDBOperation[] = [];
subscribe(DYNAMODB_CALLS, (call) => calls.push((call as DynamoDBCall).operation));

/** Adds the cost of a request to its response: to the body of a page, or to the query of a redirect. */
export function withCost(
  handler: LambdaHandler<APIGatewayProxyEventV2>,
): LambdaHandler<APIGatewayProxyEventV2> {
  return async (event, context) => {
    calls = [];
    const result = await handler(event, context);
    return addCost(result, { cookie: readFate(result), calls: countCalls(calls) });
  };
}

function addCost(result: HttpResult, cost: Cost): HttpResult {
  const { headers, body } = result;
  const location = headers?.location;
  return {
    ...result,
    ...(typeof location === "string" && { headers: { ...headers, location: withQuery(location, cost) } }),
    ...(body && { body: body.replace(OWN_COST.html, () => formatCost(cost)) }),
  };
}

/** Appends the cost to a redirect's location. All redirects of the demo lead to the page. */
function withQuery(location: string, cost: Cost): string {
  return `${location}${location.includes("?") ? "&" : "?"}${new URLSearchParams(toCostFields(cost))}`;
}

function readFate({ cookies = [] }: HttpResult): CookieFate {
  const sent = cookies.findLast((text) => text.startsWith(`${cookie.name}=`));
  if (sent === undefined) return "kept";
  return sent.startsWith(`${cookie.name}=;`) ? "cleared" : "sent";
}
