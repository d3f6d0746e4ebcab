import type { Context } from "aws-lambda";
import type { HttpEvent } from "../lambda/http-event.ts";
import type { HandlerResult, HttpResult } from "../lambda/http-result.ts";
import type { WithSession } from "../lambda/with-session.ts";
import type { Session } from "../session/session.ts";

/** A request whose session is open, until exactly one of `save` and `fail` is called. */
export interface SessionExchange<D extends object> {
  readonly session: Session<D>;
  /**
   * Saves the session. Resolves to the response with the session's headers, or to the refusal that replaces
   * it: 403, 409, 413 or 503. Later changes of the session throw.
   *
   * @param response the handler's response. Of its headers, `vary` and those of caches are read
   */
  save(response: HttpResult): Promise<HttpResult>;
  /**
   * Saves nothing. Resolves to the refusal that answers an error of the session layer, and rejects with every
   * other error.
   */
  fail(error: unknown): Promise<HttpResult>;
}

/** The response to a request that is refused before its handler runs. */
export interface Refused {
  readonly session?: undefined;
  readonly refusal: HttpResult;
}

/**
 * Opens the session of a request for frameworks that call their middleware before and after the handler.
 *
 * @param withSession the application's, which has the session interface, the protection and the log
 * @param context of the invocation. Default: an empty one, outside Lambda
 */
export function openExchange<D extends object>(
  withSession: WithSession<D>,
  event: HttpEvent,
  context = {} as Context,
): Promise<SessionExchange<D> | Refused> {
  const opened = Promise.withResolvers<SessionExchange<D> | Refused>();
  const response = Promise.withResolvers<HandlerResult>();
  const handler = withSession<HttpEvent>((_event, session) => {
    const save = (own: HttpResult) => {
      response.resolve(own);
      return result;
    };
    const fail = (error: unknown) => {
      response.reject(error);
      return result;
    };
    opened.resolve({ session, save, fail });
    return response.promise;
  });
  const result = handler(event, context);
  // Once the session is open, neither changes anything: the result belongs to `save` or `fail`.
  result.then((refusal) => opened.resolve({ refusal }), opened.reject);
  return opened.promise;
}
