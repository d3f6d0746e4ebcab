import type { HttpResult } from "../../lambda/http-result.ts";
import type { WithSession } from "../../lambda/with-session.ts";
import type { Session } from "../../session/session.ts";
import { discard } from "../discard.ts";
import { toErrorResult } from "../error-result.ts";
import { openedRequests } from "../opened-requests.ts";
import { openExchange, type SessionExchange } from "../session-exchange.ts";
import { rememberEvent } from "./session-events.ts";
import { toWebRequest, type WebRequest } from "./web-request.ts";
import { addSessionHeaders, toHeadResult, toWebResponse } from "./web-response.ts";

/** The part of an event of h3 that is used. */
export interface H3SessionEvent {
  readonly req: Request & {
    readonly ip?: string | undefined;
    readonly runtime?: { readonly awsLambda?: { readonly event: unknown } | undefined } | undefined;
  };
  readonly res: {
    readonly headers: Headers;
    readonly errHeaders: Headers;
    readonly status?: number | undefined;
  };
}

/** The session in an application of h3. */
export interface H3Session<D extends object> {
  /** Middleware: `app.use(sessions.middleware)`. */
  readonly middleware: (event: H3SessionEvent, next: () => unknown) => Promise<unknown>;
  /** Returns the session of a request. Throws where the middleware has not opened one. */
  of(event: H3SessionEvent): Session<D>;
}

/**
 * Gives the session to an application of h3 version 2, on Lambda with `toLambdaHandler` of `srvx/aws-lambda`.
 *
 * The session is saved when the handler has returned its value, before h3 makes a response of it. If a
 * handler throws or returns an error, nothing is saved, and h3 responds.
 *
 * @param withSession the application's, from `createWithSession`
 * @throws OptionError if `withSession` is no function
 */
export function h3Session<D extends object>(withSession: WithSession<D>): H3Session<D> {
  const sessions = openedRequests<Session<D>>(withSession);
  return {
    of: (event) => {
      const session = sessions.get(event);
      if (!session) throw new Error("no session: app.use(sessions.middleware) must come first");
      return session;
    },
    middleware: async (event, next) => {
      if (sessions.has(event)) return next();
      const { ip: address, runtime } = event.req;
      const request = toWebRequest(event.req, { source: runtime?.awsLambda?.event, address });
      const exchange = await openExchange(withSession, request.event);
      const { session } = exchange;
      if (!session) return toWebResponse(exchange.refusal);
      sessions.set(event, session);
      rememberEvent(session, request.event);
      return respond(exchange, request, event, next);
    },
  };
}

async function respond<D extends object>(
  exchange: SessionExchange<D>,
  request: WebRequest,
  event: H3SessionEvent,
  next: () => unknown,
): Promise<unknown> {
  let value: unknown;
  try {
    value = await next();
    if (value instanceof Error) throw value;
  } catch (error) {
    const { errHeaders } = event.res;
    const own = toHead(error, errHeaders);
    // h3 adds these headers to its response to the error. They do not depend on its status.
    const result = toErrorResult(request.event, toHeadResult(own), exchange.session);
    addSessionHeaders(errHeaders, result, false, own.headers);
    return toRefusal(errHeaders, await exchange.fail(error));
  }
  return save(exchange, request, event.res, value);
}

/** Returns a refusal, which h3 sends without the cookies of the handler. */
function toRefusal(errHeaders: Headers, refusal: HttpResult): Response {
  errHeaders.delete("set-cookie");
  return toWebResponse(refusal);
}

/** Returns the head of a response or an error, with the headers that h3 adds. */
function toHead(value: unknown, prepared: Headers, status = 200): Pick<Response, "status" | "headers"> {
  // Data that h3 sends as JSON may have members of these names.
  const own: Partial<Response> = Object(value).headers instanceof Headers ? (value as Response) : {};
  const headers = new Headers(own.headers);
  for (const [name, text] of prepared) headers.set(name, text);
  return { status: own.status ?? status, headers };
}

async function save<D extends object>(
  exchange: SessionExchange<D>,
  { sendsOneCookie }: WebRequest,
  res: H3SessionEvent["res"],
  value: unknown,
): Promise<unknown> {
  // h3 sends the one or the other beside the headers of the value; a symbol is an unknown route.
  const hasFailed = typeof value === "symbol" || (value instanceof Response && value.status >= 400);
  const prepared = hasFailed ? res.errHeaders : res.headers;
  const own = toHead(value, prepared, res.status);
  const saved = await exchange.save(toHeadResult(own));
  if (saved.body !== undefined) {
    discard(value);
    discard(Object(value).body);
    return toRefusal(res.errHeaders, saved);
  }
  addSessionHeaders(prepared, saved, sendsOneCookie, own.headers);
  return value;
}
