import { sessions } from "#session-interface";
import type { AskingSession } from "../shared/session/sessions.ts";
import { formOf } from "./runtime/form.ts";
import { seeOther, text } from "./runtime/responses.ts";
import { withSession } from "./runtime/session.ts";

/** `POST /sessions/end`: ends a session of the user who is signed in (`id`), or several (`which`: `others`, `all`). */
export const handler = withSession(async (event, session) => {
  if (!session.user) return text("Please sign in.\n", 401);
  const form = formOf(event);
  const [id, which] = [form.get("id"), form.get("which")];
  const message = await end(session, id, which);
  if (message === undefined && id === null)
    return text("Please say which session: id, or which=others or which=all.\n", 400);
  if (message === undefined) return text("You have no such session.\n", 404);
  session.flash(message);
  return seeOther("/");
});

/** What was done, for the user; `undefined` where there was nothing to do it to. */
async function end(
  session: AskingSession,
  id: string | null,
  which: string | null,
): Promise<string | undefined> {
  if (which === "all") return `You are signed out everywhere: ${counted(await sessions.endAll(session))}.`;
  if (which === "others") return `Signed out elsewhere: ${counted(await sessions.endOthers(session))}.`;
  if (id === null || !(await sessions.end(session, id))) return undefined;
  return session.user ? "That session has ended." : "You are signed out.";
}

function counted(sessions: number): string {
  return sessions === 1 ? "one session has ended" : `${sessions} sessions have ended`;
}
