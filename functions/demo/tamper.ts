import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { type LambdaHandler, readForm } from "lambda-sessions/lambda";
import { seeOther } from "../runtime/responses.ts";
import { withSession } from "../runtime/session.ts";
import { flipBit } from "./inspection/flip-bit.ts";
import { cookiesOf, replaceCookie } from "./inspection/session-cookie.ts";
import { asPage } from "./response/as-page.ts";
import { toThePage } from "./response/notice.ts";

/** Says whether to flip. A cookie that gives no session is left alone, unless it may be one whose bit was flipped. */
const decide = withSession((event, session) => {
  const { body: form, problem } = readForm(event);
  if (problem) return problem;
  const isBack = form.get("back") === "yes";
  const mayFlip = isBack ? session.refusal === "bad_signature" : !session.isNew;
  return seeOther(mayFlip ? toThePage(isBack ? "restored" : "flipped") : "/demo");
});

/**
 * `POST /demo/tamper`: flips one bit of the visitor's own cookie, as somebody might who would like to be another, and leads
 * to the page that refuses it. With `back=yes` it puts the bit right again.
 */
export const handler: LambdaHandler<APIGatewayProxyEventV2> = asPage(async (event, context) => {
  const response = await decide(event, context);
  const [value, ...others] = cookiesOf(event);
  const isDecided = response.statusCode === 303 && response.headers?.location !== "/demo";
  if (!isDecided || value === undefined || others.length > 0) return response;
  return { ...response, cookies: [replaceCookie(flipBit(value))] };
});
