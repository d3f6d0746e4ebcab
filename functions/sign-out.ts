import { seeOther } from "./runtime/responses.ts";
import { withSession } from "./runtime/session.ts";

/** `POST /sign-out`: signs the visitor out, which ends the session. */
export const handler = withSession((_event, session) => {
  session.signOut();
  session.flash("You are signed out.");
  return seeOther("/");
});
