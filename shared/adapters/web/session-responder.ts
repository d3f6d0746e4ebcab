import type { WithSession } from "../../lambda/with-session.ts";
import type { Session } from "../../session/session.ts";
import { openedRequests } from "../opened-requests.ts";
import { openExchange, type SessionExchange } from "../session-exchange.ts";
import { rememberEvent } from "./session-events.ts";
import type { WebRequest } from "./web-request.ts";
import { isResponse, toHeadResult, toSessionResponse, toWebResponse } from "./web-response.ts";

/**
 * Opens the session of a request, calls the rest of the framework's chain, saves the session and resolves to
 * the response with the session's headers, or to the refusal that replaces it.
 *
 * A response that is thrown, such as a redirect, is saved and thrown again. With another error nothing is
 * saved; an error of the session layer is answered, and every other one is thrown again.
 *
 * @param key stands for the request. If a middleware around has opened its session, that one is passed on and
 *   saved there. Default: the event
 */
export type RespondInSession<D extends object> = (
  request: WebRequest,
  respond: (session: Session<D>) => Response | Promise<Response>,
  key?: object,
) => Promise<Response>;

/**
 * Returns the function that answers the requests of an application.
 *
 * @throws OptionError if `withSession` is no function
 */
export function sessionResponder<D extends object>(withSession: WithSession<D>): RespondInSession<D> {
  const sessions = openedRequests<Session<D>>(withSession);
  return async ({ event, sendsOneCookie }, respond, key = event) => {
    const open = sessions.get(key);
    if (open) return respond(open);
    const exchange = await openExchange(withSession, event);
    const { session } = exchange;
    if (!session) return toWebResponse(exchange.refusal);
    rememberEvent(session, event);
    sessions.set(key, session);
    let response: Response;
    try {
      response = await respond(session);
    } catch (error) {
      if (!isResponse(error)) return toWebResponse(await exchange.fail(error));
      throw await save(exchange, error, sendsOneCookie);
    } finally {
      sessions.delete(key);
    }
    return save(exchange, response, sendsOneCookie);
  };
}

async function save<D extends object>(
  exchange: SessionExchange<D>,
  response: Response,
  sendsOneCookie: boolean,
): Promise<Response> {
  const saved = await exchange.save(toHeadResult(response));
  if (saved.body === undefined) return toSessionResponse(response, saved, sendsOneCookie);
  // Not awaited, because it waits for the other half of a stream that was cloned.
  response.body?.cancel().catch(() => {});
  return toWebResponse(saved);
}
