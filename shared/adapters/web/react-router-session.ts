import type { WithSession } from "../../lambda/with-session.ts";
import { assertFunctions } from "../../options/assert-functions.ts";
import { OptionError } from "../../options/option-error.ts";
import type { Session } from "../../session/session.ts";
import { toErrorResponse } from "./error-response.ts";
import { sessionResponder } from "./session-responder.ts";
import { type RequestOrigin, toWebRequest } from "./web-request.ts";

/** Key of the session in React Router's context: `createContext<Session<SessionData>>()`. */
export interface SessionContext<D extends object> {
  defaultValue?: Session<D>;
}

/** The part of a middleware's arguments that is used. */
export interface MiddlewareArguments<D extends object> {
  readonly request: Request;
  readonly context: { set(key: SessionContext<D>, session: Session<D>): void };
}

/** Options of `reactRouterSession`. */
export interface ReactRouterSessionOptions {
  /**
   * Returns the parts of a request that the server or the function knows beside the `Request`. Default: none.
   */
  // biome-ignore lint/suspicious/noExplicitAny: they are the arguments of the application's React Router
  readonly origin?: (args: any) => RequestOrigin;
}

/**
 * Returns a middleware for React Router 7 and 8, for the root route: loaders and actions read the session
 * with `context.get(sessionContext)`.
 *
 * Redirects and other responses that loaders and actions throw save the session. React Router turns an error
 * into a response before a middleware sees it, so with a status from 500 nothing is saved. A refusal of the
 * session layer is the response; a navigation shows it in the error boundary, as `isRouteErrorResponse`.
 *
 * @param withSession the application's, from `createWithSession`
 * @throws OptionError that names the argument or the option
 */
export function reactRouterSession<D extends object>(
  withSession: WithSession<D>,
  sessionContext: SessionContext<D>,
  { origin = () => ({}) }: ReactRouterSessionOptions = {},
): (args: MiddlewareArguments<D>, next: () => Promise<unknown>) => Promise<Response> {
  const respondInSession = sessionResponder(withSession);
  if (!sessionContext) throw new OptionError("sessionContext", "must be a context");
  assertFunctions({ origin });
  return async (args, next) => {
    const request = toWebRequest(args.request, origin(args));
    let failed: Response | undefined;
    const respond = async (session: Session<D>): Promise<Response> => {
      args.context.set(sessionContext, session);
      const response = (await next()) as Response;
      if (response.status < 500) return response;
      failed = toErrorResponse(request, response, session);
      // Makes the session layer save nothing.
      throw new Error("failed");
    };
    try {
      return await respondInSession(request, respond, args.request);
    } catch (error) {
      if (failed) return failed;
      throw error;
    }
  };
}
