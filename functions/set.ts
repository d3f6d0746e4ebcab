import { text } from "./runtime/responses.ts";
import { withSession } from "./runtime/session.ts";

/** `GET /set`: stores a value in the visitor's session. */
export const handler = withSession((_event, session) => {
  session.set("key", "value");
  return text("Session set");
});
