import { readForm, refuse } from "lambda-sessions/lambda";
import { seeOther } from "./runtime/responses.ts";
import { withSession } from "./runtime/session.ts";

const LONGEST_NAME = 100;

/**
 * `POST /sign-in`: signs in every visitor who gives a name, as Flask's quickstart does. Put your identity
 * provider here: ask it who the visitor is, and pass the id and the name that it answers to `signIn`. Here
 * the name is the id.
 */
export const handler = withSession((event, session) => {
  const { body, problem } = readForm(event);
  if (problem) return problem;
  const name = body.get("name")?.trim() ?? "";
  if (name === "") return refuse(event, 400, "Please give a name.");
  if ([...name].length > LONGEST_NAME)
    return refuse(event, 400, `A name has at most ${LONGEST_NAME} characters.`);
  const isAgain = session.user?.id === name;
  session.signIn({ id: name, name });
  if (!isAgain) session.flash(`You are signed in as ${name}.`);
  return seeOther("/");
});
