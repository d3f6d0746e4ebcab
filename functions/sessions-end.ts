import { readForm, refuse } from "lambda-sessions/lambda";
import { sessions } from "#session-interface";
import { seeOther } from "./runtime/responses.ts";
import { withSession } from "./runtime/session.ts";

/**
 * `POST /sessions/end`: ends one session of the signed-in user (`id`), or several (`which`: `others`, `all`).
 */
export const handler = withSession(async (event, session) => {
  if (!session.user) return refuse(event, 401, "Please sign in.");
  const { body, problem } = readForm(event);
  if (problem) return problem;
  const [id, which] = [body.get("id"), body.get("which")];
  if (which === "all") await sessions.endAll(session);
  else if (which === "others") await sessions.endOthers(session);
  else if (id === null)
    return refuse(event, 400, "Please say which session: id, or which=others or which=all.");
  else if (!(await sessions.end(session, id))) return refuse(event, 404, "You have no such session.");
  return seeOther("/");
});
