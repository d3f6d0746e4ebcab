import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { type LambdaHandler, readForm } from "lambda-sessions/lambda";
import { seeOther } from "../runtime/responses.ts";
import { withSession } from "../runtime/session.ts";
import { flipBit } from "./inspection/flip-bit.ts";
import { readCookies, replaceCookie } from "./inspection/session-cookie.ts";
import { asPage } from "./response/as-page.ts";
import { toPageAddress } from "./response/notice.ts";

/**
 * Decides whether to flip the bit. A cookie that does not open a session is not changed, except to flip its
 * bit back.
 */
const decide = withSession((event, session) => {
  const { body: form, problem } = readForm(event);
  if (problem) return problem;
  const isBack = form.get("back") === "yes";
  const mayFlip = isBack ? session.refusal === "bad_signature" : !session.isNew;
  return seeOther(mayFlip ? toPageAddress(isBack ? "restored" : "flipped") : "/demo");
});

/**
 * `POST /demo/tamper`: flips one bit of the visitor's own cookie, as a forger would, and redirects to the
 * page, which refuses it. With `back=yes` it flips the bit back.
 */
export const handler: LambdaHandler<APIGatewayProxyEventV2> = asPage(async (event, context) => {
  const response = await decide(event, context);
  const [value, ...others] = readCookies(event);
  const isDecided = response.statusCode === 303 && response.headers?.location !== "/demo";
  if (!isDecided || value === undefined || others.length > 0) return response;
  return { ...response, cookies: [replaceCookie(flipBit(value))] };
});
