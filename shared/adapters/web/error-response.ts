import type { Session } from "../../session/session.ts";
import { toErrorResult } from "../error-result.ts";
import type { WebRequest } from "./web-request.ts";
import { toHeadResult, toSessionResponse } from "./web-response.ts";

/** Returns the framework's response to a handler's own error, with the headers of `toErrorResult`. */
export function toErrorResponse<D extends object>(
  { event }: WebRequest,
  response: Response,
  session: Session<D>,
): Response {
  return toSessionResponse(response, toErrorResult(event, toHeadResult(response), session), false);
}
