import { sessions } from "#session-interface";
import { formOf } from "../runtime/form.ts";
import { seeOther, text } from "../runtime/responses.ts";
import { withSession } from "../runtime/session.ts";
import { asPage } from "./response/as-page.ts";
import { toThePage } from "./response/notice.ts";

/** `POST /demo/sessions/end`: ends one session of the user (`id`) or several (`which`: `others`, `all`). */
export const handler = asPage(
  withSession(async (event, session) => {
    if (!session.user) return text("Please sign in.\n", 401);
    const form = formOf(event);
    const which = form.get("which");
    if (which === "all") await sessions.endAll(session);
    else if (which === "others") await sessions.endOthers(session);
    else if (!(await sessions.end(session, form.get("id") ?? "")))
      return text("You have no such session.\n", 404);
    return seeOther(toThePage(which === "all" || which === "others" ? which : "ended"));
  }),
);
