import { readForm, refuse } from "lambda-sessions/lambda";
import { sessions } from "#session-interface";
import { seeOther } from "../runtime/responses.ts";
import { withSession } from "../runtime/session.ts";
import { asPage } from "./response/as-page.ts";
import { toPageAddress } from "./response/notice.ts";

/** `POST /demo/sessions/end`: ends one session of the user (`id`) or several (`which`: `others`, `all`). */
export const handler = asPage(
  withSession(async (event, session) => {
    if (!session.user) return refuse(event, 401, "Please sign in.");
    const { body: form, problem } = readForm(event);
    if (problem) return problem;
    const which = form.get("which");
    if (which === "all") await sessions.endAll(session);
    else if (which === "others") await sessions.endOthers(session);
    else if (!(await sessions.end(session, form.get("id") ?? "")))
      return refuse(event, 404, "You have no such session.");
    return seeOther(toPageAddress(which === "all" || which === "others" ? which : "ended"));
  }),
);
