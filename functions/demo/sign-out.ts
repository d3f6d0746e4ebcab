import { seeOther } from "../runtime/responses.ts";
import { withSession } from "../runtime/session.ts";
import { asPage } from "./response/as-page.ts";

/** `POST /demo/sign-out`: ends the visitor's session, and redirects to the page. */
export const handler = asPage(
  withSession((_event, session) => {
    session.signOut();
    session.flash("You are signed out.");
    return seeOther("/demo");
  }),
);
