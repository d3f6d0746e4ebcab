import { formOf } from "./runtime/form.ts";
import { seeOther, text } from "./runtime/responses.ts";
import { withSession } from "./runtime/session.ts";

const LONGEST_NAME = 100;

/**
 * `POST /sign-in`: signs in whoever gives a name, as Flask's quickstart does. An identity provider goes in here: ask
 * it who the visitor is, and give `signIn` the id and the name that it answers; here the name is the id.
 */
export const handler = withSession((event, session) => {
  const name = formOf(event).get("name")?.trim() ?? "";
  if (name === "") return text("Please give a name.\n", 400);
  if ([...name].length > LONGEST_NAME) return text(`A name has at most ${LONGEST_NAME} characters.\n`, 400);
  const isAgain = session.user?.id === name;
  session.signIn({ id: name, name });
  if (!isAgain) session.flash(`You are signed in as ${name}.`);
  return seeOther("/");
});
