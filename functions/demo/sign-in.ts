import { readForm, refuse } from "lambda-sessions/lambda";
import { seeOther } from "../runtime/responses.ts";
import { withSession } from "../runtime/session.ts";
import { asPage } from "./response/as-page.ts";

const LONGEST_NAME = 100;

/** `POST /demo/sign-in`: signs the visitor in under any name, without authentication. */
export const handler = asPage(
  withSession((event, session) => {
    const { body: form, problem } = readForm(event);
    if (problem) return problem;
    const name = form.get("name")?.trim() ?? "";
    if (name === "") return refuse(event, 400, "Please give a name.");
    if ([...name].length > LONGEST_NAME)
      return refuse(event, 400, `A name has at most ${LONGEST_NAME} characters.`);
    const isAgain = session.user?.id === name;
    session.signIn({ id: name, name });
    if (!isAgain) session.flash(`You are signed in as ${name}.`);
    return seeOther("/demo");
  }),
);
