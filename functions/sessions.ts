import { refuse } from "lambda-sessions/lambda";
import { sessions } from "#session-interface";
import { json } from "./runtime/responses.ts";
import { withSession } from "./runtime/session.ts";

/** `GET /sessions`: lists the sessions of the signed-in user on all devices. Never their tokens. */
export const handler = withSession(async (event, session) => {
  if (!session.user) return refuse(event, 401, "Please sign in.");
  return json({ sessions: await sessions.list(session) });
});
