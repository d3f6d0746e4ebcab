import type { APIGatewayProxyEventV2, Context } from "aws-lambda";
import { failureRecord, writeLog } from "../log/write-log.ts";
import type { AnyData, Session } from "../session/session.ts";
import {
  SessionNotSavedError,
  SessionTooLargeError,
  SessionUnavailableError,
} from "../session/session-errors.ts";
import type { SessionInterface } from "../session/session-interface.ts";
import type { Storable } from "../values/session-value.ts";
import { CrossOriginProtection } from "./cross-origin-protection.ts";
import { type HttpEvent, HttpRequest } from "./http-event.ts";
import { addSession, type HandlerResult, type HttpResult, textResult, toHttpResult } from "./http-result.ts";
import type { RequestLog } from "./request-log.ts";

/** What all handlers of an application share. */
export interface WithSessionOptions {
  readonly sessionInterface: SessionInterface;
  /** Further origins whose unsafe requests are answered, such as `https://app.example.com`. Default: none. */
  readonly trustedOrigins?: readonly string[];
  /** Whether unsafe requests that come from another site are refused with a 403. Default: true. */
  readonly crossOriginProtection?: boolean;
  /** Default: one line of JSON for each record. */
  readonly log?: RequestLog;
}

/** A handler that gets the visitor's session beside the event. */
export type SessionHandler<D extends object, E extends HttpEvent> = (
  event: E,
  session: Session<D>,
  context: Context,
) => HandlerResult | Promise<HandlerResult>;

/** A handler as Lambda calls it. */
export type LambdaHandler<E extends HttpEvent> = (event: E, context: Context) => Promise<HttpResult>;

/** Gives a handler its session. Handlers for payload 1.0 say so: `withSession<APIGatewayProxyEvent>(…)`. */
export type WithSession<D extends object> = <E extends HttpEvent = APIGatewayProxyEventV2>(
  handler: SessionHandler<D, E>,
) => LambdaHandler<E>;

/**
 * Makes an application's `withSession`; `D` names the keys of its sessions and their types.
 *
 * The session is opened before the handler runs and saved after it has returned; when it throws, nothing is saved. A
 * session that does not fit is answered with 413, a failing store with 503 and Retry-After, a session that ended while
 * the handler changed it with 409, and a user with too many sessions with 403: a change that was not saved is never
 * reported as done.
 *
 * @throws OptionError that names the option
 */
export function createWithSession<D extends object = AnyData>(options: WithSessionOptions): Checked<D> {
  const { sessionInterface, trustedOrigins, crossOriginProtection = true, log = writeLog } = options;
  const protection = new CrossOriginProtection(trustedOrigins);
  const withSession: WithSession<D> = (handler) => async (event, context) => {
    const request = new HttpRequest(event);
    if (crossOriginProtection && protection.refuses(request)) return refuse(log);
    try {
      const session = await sessionInterface.open(request);
      try {
        const result = toHttpResult(await handler(event, session as Session<D>, context));
        session.close();
        return addSession(event, result, await sessionInterface.save(session, request));
      } finally {
        session.close();
      }
    } catch (error) {
      return answer(event, error, log);
    }
  };
  return withSession as Checked<D>;
}

/** Nothing to call where the application's type names something that a session cannot store. */
type Checked<D extends object> =
  D extends Storable<D>
    ? WithSession<D>
    : {
        readonly problem: "SessionData names a type that a session cannot store, such as a function or a Map";
      };

function refuse(log: RequestLog): HttpResult {
  log({ level: "WARN", event: "request_refused", reason: "cross_origin" });
  return textResult(403, "This request came from another site, so it was refused.\n");
}

/** What the session layer throws is answered here; all else is the handler's own, and Lambda's to report. */
function answer(event: HttpEvent, error: unknown, log: RequestLog): HttpResult {
  if (error instanceof SessionNotSavedError)
    return addSession(event, textResult(error.statusCode, `${error.answer}\n`), error.saved);
  if (error instanceof SessionTooLargeError) {
    log(failureRecord("session_too_large", error));
    return textResult(413, "This would be more than your session can hold, so nothing was saved.\n");
  }
  if (error instanceof SessionUnavailableError) {
    log(failureRecord("session_unavailable", error));
    return textResult(503, "Sessions are not available at the moment. Please try again.\n", {
      "retry-after": "1",
    });
  }
  throw error;
}
