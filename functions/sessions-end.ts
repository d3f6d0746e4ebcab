import { sessions } from "#session-interface";
import { formOf } from "./runtime/form.ts";
import { seeOther, text } from "./runtime/responses.ts";
import { withSession } from "./runtime/session.ts";

/** `POST /sessions/end`: ends a session of the user who is signed in (`id`), or several (`which`: `others`, `all`). */
export const handler = withSession(async (event, session) => {
  if (!session.user) return text("Please sign in.\n", 401);
  const form = formOf(event);
  const [id, which] = [form.get("id"), form.get("which")];
  if (which === "all") await sessions.endAll(session);
  else if (which === "others") await sessions.endOthers(session);
  else if (id === null) return text("Please say which session: id, or which=others or which=all.\n", 400);
  else if (!(await sessions.end(session, id))) return text("You have no such session.\n", 404);
  return seeOther("/");
});
