import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { type HttpEvent, type LambdaHandler, readForm, refuse, requireFresh } from "lambda-sessions/lambda";
import { seeOther } from "../runtime/responses.ts";
import { withSession } from "../runtime/session.ts";
import { renderFreshBody } from "./authentication/fresh-body.ts";
import { freshFor } from "./authentication/sign-in-mode.ts";
import { createAsset, respondWithPage } from "./page/html-page.ts";
import { css } from "./page/style.ts";
import { withErrorPage } from "./response/with-error-page.ts";

const LONGEST_NOTE = 100;
const style = createAsset(css);

/**
 * `GET /demo/fresh`: shows a section for users who have just signed in, with a form. `POST /demo/fresh`:
 * takes the form's note (`note`). Both ask others to sign in again (step-up authentication).
 */
export const handler: LambdaHandler<APIGatewayProxyEventV2> = withErrorPage(
  withSession(
    requireFresh(
      freshFor,
      (event, session) => {
        if (event.requestContext.http.method === "POST") return takeNote(event, session);
        const body = renderFreshBody(session, freshFor);
        return respondWithPage({ title: "A fresh sign-in", style, body });
      },
      { form: "/demo/fresh" },
    ),
  ),
);

/** Takes the note, and keeps its length only. */
function takeNote(event: HttpEvent, session: { flash(message: string): void }) {
  const { body, problem } = readForm(event);
  if (problem) return problem;
  const { length } = [...(body.get("note")?.trim() ?? "")];
  if (length === 0 || length > LONGEST_NOTE)
    return refuse(event, 400, `Please write a note of 1 to ${LONGEST_NOTE} characters.`);
  session.flash(`Your note has arrived. It has ${length === 1 ? "1 character" : `${length} characters`}.`);
  return seeOther("/demo/fresh");
}
