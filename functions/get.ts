import { text } from "./runtime/responses.ts";
import { withSession } from "./runtime/session.ts";

/** `GET /get`: shows the value that `GET /set` stored. */
export const handler = withSession((_event, session) => text(session.get("key") ?? "Not set"));
