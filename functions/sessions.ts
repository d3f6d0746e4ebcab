import { sessions } from "#session-interface";
import { json, text } from "./runtime/responses.ts";
import { withSession } from "./runtime/session.ts";

/** `GET /sessions`: the sessions of the user who is signed in, on all devices. Never their tokens. */
export const handler = withSession(async (_event, session) =>
  session.user ? json({ sessions: await sessions.list(session) }) : text("Please sign in.\n", 401),
);
