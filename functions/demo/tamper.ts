import type { APIGatewayProxyEventV2 } from "aws-lambda";
import type { LambdaHandler } from "../../shared/lambda/with-session.ts";
import { seeOther } from "../runtime/responses.ts";
import { withSession } from "../runtime/session.ts";
import { asPage } from "./page/as-page.ts";
import { flipBit } from "./page/flip-bit.ts";
import { cookiesOf, replaceCookie } from "./page/session-cookie.ts";

/** Leaves the session alone, and refuses what comes from another site. */
const toThePage = withSession(() => seeOther("/"));

/**
 * `POST /tamper`: flips one bit of the visitor's own cookie, as somebody might who would like to be another, and leads
 * to the page that refuses it. Flipping it once more puts it right.
 */
export const handler: LambdaHandler<APIGatewayProxyEventV2> = asPage(async (event, context) => {
  const response = await toThePage(event, context);
  const [value] = cookiesOf(event);
  if (response.statusCode !== 303 || value === undefined) return response;
  return { ...response, cookies: [replaceCookie(flipBit(value))] };
});
