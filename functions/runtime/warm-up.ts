import { randomUUID } from "node:crypto";
import type { APIGatewayProxyEventV2, Context } from "aws-lambda";
import type { SessionInterface } from "lambda-sessions";
import { createWithSession, type WithSession } from "lambda-sessions/lambda";
import type { SessionStore } from "lambda-sessions/server-side";
import type { SessionData } from "./session-data.ts";

/**
 * Prepares a function while it starts, because Lambda gives a small function more CPU then than for its
 * requests. A failure is left to the first request, which tries again and reports it.
 */
export type WarmUp = (withSession: WithSession<SessionData>) => Promise<void>;

/**
 * Begins and signs a session, then verifies and reads it. This reads the keys and compiles the code that
 * every request needs.
 *
 * @param silent the session interface, which logs nothing because no visitor's session begins
 */
export function warmUpCookies(silent: SessionInterface): WarmUp {
  const handler = createWithSession({ sessionInterface: silent })((_event, session) => {
    session.set("requests", (session.get("requests") ?? 0) + 1);
    return null;
  });
  return async () => {
    const { cookies = [] } = await handler(eventWith([]), {} as Context);
    for (const cookie of cookies) await handler(eventWith([cookie.split(";", 1).join()]), {} as Context);
  };
}

/**
 * Opens a new session, and connects to the table by reading a session that does not exist. Writes nothing.
 */
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
