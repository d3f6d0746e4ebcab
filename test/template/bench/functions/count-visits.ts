import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import type { Contestant } from "../contestants/contestant.ts";

/** Returns a Lambda handler that counts the visitor's visits with a library for sessions. */
export function countVisits(change: Contestant["change"]) {
  return async ({ cookies }: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> => {
    const changed = await change(cookies?.join("; "));
    const headers = { "content-type": "application/json", vary: "Cookie", "cache-control": "no-store" };
    const body = JSON.stringify({ visits: changed.visits });
    return { statusCode: 200, headers, body, cookies: [...changed.cookies] };
  };
}
