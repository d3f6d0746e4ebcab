import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import type { FlaskCookie } from "../floor/flask-cookie.ts";

/** Returns the smallest handler that counts visits and sends this project's headers. */
export function countVisitsByHand(cookie: FlaskCookie<{ visits: number }>) {
  return async (event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> => {
    const pair = event.cookies?.find((candidate) => candidate.startsWith("__Host-session="));
    const session = cookie.read(pair) ?? { visits: 0 };
    session.visits++;
    return {
      statusCode: 200,
      headers: { "content-type": "application/json", vary: "Cookie", "cache-control": "no-store" },
      body: JSON.stringify({ visits: session.visits }),
      cookies: [cookie.write(session)],
    };
  };
}
