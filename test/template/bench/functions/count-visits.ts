import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import type { Contestant } from "../contestants/contestant.ts";

/** A Lambda handler as one would write it around a library for sessions: it counts the visitor's visits. */
export function countVisits(change: Contestant["change"]) {
  return async ({ cookies }: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> => {
    const changed = await change(cookies?.join("; "));
    const headers = { "content-type": "application/json", vary: "Cookie", "cache-control": "no-store" };
    const body = JSON.stringify({ visits: changed.visits });
    return { statusCode: 200, headers, body, cookies: [...changed.cookies] };
  };
}
