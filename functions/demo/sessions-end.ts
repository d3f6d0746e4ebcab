import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { formOf } from "../runtime/form.ts";
import { handler as original } from "../sessions-end.ts";
import { asPage } from "./page/as-page.ts";
import { type Done, toThePage } from "./page/notice.ts";

/** `POST /sessions/end` for the page, which tells what was done. */
export const handler = asPage(async (event, context) => {
  const response = await original(event, context);
  if (response.statusCode !== 303) return response;
  return { ...response, headers: { ...response.headers, location: toThePage(doneBy(event)) } };
});

function doneBy(event: APIGatewayProxyEventV2): Done {
  const which = formOf(event).get("which");
  return which === "all" || which === "others" ? which : "ended";
}
