import type { HttpEvent } from "../lambda/http-event.ts";
import { addSession, type HandlerResult, type HttpResult, toHttpResult } from "../lambda/http-result.ts";

/**
 * Returns the response that a framework has made of an error, with the headers of one that has read the
 * session: `Vary: Cookie`, and `Cache-Control: private, no-cache` unless it has its own. Nothing was saved,
 * but what an error handler sends may be made from the session. If the session was not used, neither is
 * added.
 */
export function toErrorResult(
  event: HttpEvent,
  result: HandlerResult,
  session: { readonly accessed: boolean },
): HttpResult {
  return addSession(event, toHttpResult(result), { vary: session.accessed });
}
