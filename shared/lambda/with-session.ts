import type { APIGatewayProxyEventV2, Context } from "aws-lambda";
import { failureRecord, writeLog } from "../log/write-log.ts";
import { OptionError } from "../options/option-error.ts";
import type { AnyData, Session } from "../session/session.ts";
import {
  SessionNotSavedError,
  SessionTooLargeError,
  SessionUnavailableError,
} from "../session/session-errors.ts";
import type { SessionInterface } from "../session/session-interface.ts";
import { closeSession, settleSession } from "../session/session-outcome.ts";
import type { Storable } from "../values/session-value.ts";
import { CrossOriginProtection } from "./cross-origin-protection.ts";
import { type HttpEvent, HttpRequest } from "./http-event.ts";
import { addSession, type HandlerResult, type HttpResult, toHttpResult } from "./http-result.ts";
import { refuse } from "./refuse.ts";
import type { RequestLog } from "./request-log.ts";

/** The options that all handlers of an application share. */
export interface WithSessionOptions {
  /** Opens and saves the sessions. */
  readonly sessionInterface: SessionInterface;
  /**
   * Further origins whose unsafe requests are allowed, such as `https://app.example.com` or
   * `capacitor://localhost`. Default: none.
   */
  readonly trustedOrigins?: readonly string[];
  /** True if unsafe requests from other sites are refused with 403. Default: true. */
  readonly crossOriginProtection?: boolean;
  /** Receives the records of requests. Default: one line of JSON for each record. */
  readonly log?: RequestLog;
}

/** A handler that receives the event and the visitor's session. */
export type SessionHandler<D extends object, E extends HttpEvent> = (
  event: E,
  session: Session<D>,
  context: Context,
) => HandlerResult | Promise<HandlerResult>;

/** A handler as Lambda calls it. */
export type LambdaHandler<E extends HttpEvent> = (event: E, context: Context) => Promise<HttpResult>;

/** Wraps a handler that receives the session. For payload 1.0: `withSession<APIGatewayProxyEvent>(…)`. */
export type WithSession<D extends object> = <E extends HttpEvent = APIGatewayProxyEventV2>(
  handler: SessionHandler<D, E>,
) => LambdaHandler<E>;

/**
 * Creates an application's `withSession`. `D` declares the keys of its sessions and the types of their
 * values.
 *
 * The session is opened before the handler runs and saved after it has returned. If the handler throws,
 * nothing is saved. The response waits for an `update` or `increment` that the handler did not await; if it
 * fails, the request fails like one that awaited it.
 *
 * A session that is too large is answered with 413, a failing store with 503 and Retry-After, a session that
 * ended while the handler changed it with 409, and a user with too many sessions with 403. These responses
 * are problem details for clients that prefer JSON, and a sentence for all others.
 *
 * @throws OptionError that names the option
 */
export function createWithSession<D extends object = AnyData>(options: WithSessionOptions): Checked<D> {
  const { sessionInterface, trustedOrigins, crossOriginProtection = true, log = writeLog } = options;
  if (!sessionInterface?.open) throw new OptionError("sessionInterface", "must be a session interface");
  const protection = new CrossOriginProtection(trustedOrigins);
  const withSession: WithSession<D> = (handler) => {
    if (typeof handler !== "function") throw new OptionError("handler", "must be a function");
    return async (event, context) => {
      const request = new HttpRequest(event);
      if (crossOriginProtection && protection.refuses(request)) {
        log({ level: "WARN", event: "request_refused", reason: "cross_origin" });
        return refuse(event, 403, "This request came from another site, so it was refused.");
      }
      let session: Session | undefined;
      try {
        session = await sessionInterface.open(request);
        const result = toHttpResult(await handler(event, session as Session<D>, context));
        await settleSession(session);
        return addSession(event, result, await sessionInterface.save(session, request), session);
      } catch (error) {
        return answer(event, error, log);
      } finally {
        if (session) await closeSession(session);
      }
    };
  };
  return withSession as Checked<D>;
}

/** `WithSession<D>`, or an object that names the keys of `D` whose type a session cannot store. */
type Checked<D extends object> =
  D extends Storable<D>
    ? WithSession<D>
    : { readonly problem: `a session cannot store the type of ${UnstorableKey<D>}` };

type UnstorableKey<D extends object> = {
  [K in keyof D]-?: Required<D>[K] extends Storable<Required<D>[K]> ? never : K;
}[keyof D] &
  string;

/**
 * Returns the response to an error of the session layer. All other errors are the handler's own, and are
 * thrown.
 */
function answer(event: HttpEvent, error: unknown, log: RequestLog): HttpResult {
  if (error instanceof SessionNotSavedError)
    return addSession(event, refuse(event, error.statusCode, error.answer), error.saved);
  if (error instanceof SessionTooLargeError) {
    log(failureRecord("session_too_large", error));
    return refuse(event, 413, "This would be more than your session can hold, so nothing was saved.");
  }
  if (error instanceof SessionUnavailableError) {
    log(failureRecord("session_unavailable", error));
    const detail = "Sessions are not available at the moment. Please try again.";
    return refuse(event, 503, detail, { "retry-after": "1" });
  }
  throw error;
}
