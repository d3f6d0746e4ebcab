import { formOf } from "../runtime/form.ts";
import { seeOther, text } from "../runtime/responses.ts";
import { withSession } from "../runtime/session.ts";
import { asPage } from "./response/as-page.ts";

const LONGEST_NAME = 100;

/** `POST /demo/sign-in`: signs in whoever gives a name, without asking for a proof. */
export const handler = asPage(
  withSession((event, session) => {
    const name = formOf(event).get("name")?.trim() ?? "";
    if (name === "") return text("Please give a name.\n", 400);
    if ([...name].length > LONGEST_NAME) return text(`A name has at most ${LONGEST_NAME} characters.\n`, 400);
    const isAgain = session.user?.id === name;
    session.signIn({ id: name, name });
    if (!isAgain) session.flash(`You are signed in as ${name}.`);
    return seeOther("/demo");
  }),
);
