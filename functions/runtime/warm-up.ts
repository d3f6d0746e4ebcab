import { randomUUID } from "node:crypto";
import type { APIGatewayProxyEventV2, Context } from "aws-lambda";
import type { SessionInterface } from "lambda-sessions";
import { createWithSession, type WithSession } from "lambda-sessions/lambda";
import type { SessionStore } from "lambda-sessions/server-side";
import type { SessionData } from "./session-data.ts";

/**
 * What a function does while it starts, at a time when Lambda gives it more CPU than a small one has for its requests.
 * What fails then is left to the first request, which tries again and reports.
 */
export type WarmUp = (withSession: WithSession<SessionData>) => Promise<void>;

/**
 * Runs a session through its life: begun and signed, then verified and read. It reads the keys and compiles the code
 * that every request needs.
 *
 * @param silent the session interface, which logs nothing: nobody's session begins
 */
export function warmUpCookies(silent: SessionInterface): WarmUp {
  const handler = createWithSession({ sessionInterface: silent })((_event, session) => {
    session.flash(`${session.flashes().length} messages`);
    return null;
  });
  return async () => {
    const { cookies = [] } = await handler(eventWith([]), {} as Context);
    for (const cookie of cookies) await handler(eventWith([cookie.split(";", 1).join()]), {} as Context);
  };
}

/** Opens a session that begins, and connects to the table by looking for one that is not there. Writes nothing. */
export function warmUpStore(store: SessionStore): WarmUp {
  return async (withSession) => {
    const handler = withSession((_event, session) => session.isNew);
    await Promise.all([handler(eventWith([]), {} as Context), store.read(randomUUID())]);
  };
}

function eventWith(cookies: string[]): APIGatewayProxyEventV2 {
  return {
    cookies,
    headers: {},
    requestContext: { http: { method: "GET" } },
  } as unknown as APIGatewayProxyEventV2;
}
