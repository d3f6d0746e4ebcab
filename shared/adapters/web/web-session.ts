import type { WithSession } from "../../lambda/with-session.ts";
import { assertFunctions } from "../../options/assert-functions.ts";
import type { Session } from "../../session/session.ts";
import { sessionResponder } from "./session-responder.ts";
import { type RequestOrigin, toWebRequest } from "./web-request.ts";

/** A handler of requests in the terms of the Fetch Standard that receives the visitor's session. */
export type WebHandler<D extends object, Rest extends unknown[]> = (
  request: Request,
  session: Session<D>,
  ...rest: Rest
) => Response | Promise<Response>;

/** Options of `webSession`. */
export interface WebSessionOptions<Rest extends unknown[]> {
  /**
   * Returns the parts of a request that the server or the function knows beside the `Request`. Default: none.
   */
  readonly origin?: (request: Request, ...rest: Rest) => RequestOrigin;
}

/**
 * Returns a wrapper for handlers of `Request` and `Response`:
 * `webSession(withSession)((request, session) => …)`.
 *
 * The session is opened before the handler runs, and saved before its response is returned. The response gets
 * the session's headers; its body is not read. A response that is thrown is saved and thrown again. If the
 * handler throws anything else, nothing is saved.
 *
 * @param withSession the application's, from `createWithSession`
 * @throws OptionError that names the argument or the option
 */
export function webSession<D extends object, Rest extends unknown[] = []>(
  withSession: WithSession<D>,
  { origin = () => ({}) }: WebSessionOptions<Rest> = {},
): (handler: WebHandler<D, Rest>) => (request: Request, ...rest: Rest) => Promise<Response> {
  const respondInSession = sessionResponder(withSession);
  assertFunctions({ origin });
  return (handler) => {
    assertFunctions({ handler });
    return async (request, ...rest) =>
      respondInSession(toWebRequest(request, origin(request, ...rest)), (session) =>
        handler(request, session, ...rest),
      );
  };
}
