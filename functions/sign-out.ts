import { seeOther } from "./runtime/responses.ts";
import { withSession } from "./runtime/session.ts";

/** `POST /sign-out`: ends the visitor's session. */
export const handler = withSession((_event, session) => {
  session.signOut();
  session.flash("You are signed out.");
  return seeOther("/");
});
