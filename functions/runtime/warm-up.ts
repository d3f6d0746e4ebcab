import type { APIGatewayProxyEventV2, Context } from "aws-lambda";
import type { WithSession } from "../../shared/lambda/with-session.ts";
import type { SessionData } from "./session-data.ts";

/**
 * Runs a session through its life while the function starts: begun and signed, then verified and read.
 *
 * It reads the keys and compiles the code that every request needs, at a time when Lambda gives a function more CPU
 * than a small one has for its requests. What fails here is left to the first request, which tries again and reports.
 */
export async function warmUp(withSession: WithSession<SessionData>): Promise<void> {
  const handler = withSession((_event, session) => {
    session.flash(`${session.flashes().length} messages`);
    return null;
  });
  try {
    const { cookies = [] } = await handler(eventWith([]), {} as Context);
    for (const cookie of cookies) await handler(eventWith([cookie.split(";", 1).join()]), {} as Context);
  } catch {}
}

function eventWith(cookies: string[]): APIGatewayProxyEventV2 {
  return {
    cookies,
    headers: {},
    requestContext: { http: { method: "GET" } },
  } as unknown as APIGatewayProxyEventV2;
}
