import type { Context } from "aws-lambda";
import type { HttpEvent } from "../../lambda/http-event.ts";
import type { HttpResult } from "../../lambda/http-result.ts";
import type { WithSession } from "../../lambda/with-session.ts";
import type { AnyData, Session } from "../../session/session.ts";
import { discard } from "../discard.ts";
import { toErrorResult } from "../error-result.ts";
import { openedRequests } from "../opened-requests.ts";
import { openExchange, type SessionExchange } from "../session-exchange.ts";
import { RefusalError } from "./refusal-error.ts";

/** The parts of Middy's request that the session needs. */
export interface MiddyRequest<D extends object> {
  readonly event: unknown;
  context: Context & { session: Session<D> };
  readonly internal: { session: Session<D> };
  // biome-ignore lint/suspicious/noExplicitAny: Middy's own type of a response
  response: any;
  readonly error: unknown;
}

/** Middleware of Middy, which types `context.session` and `request.internal.session`. */
export interface MiddySession<D extends object> {
  /** Opens the session. Throws an HTTP error of Middy's kind if the request is refused. */
  before(request: MiddyRequest<D>): Promise<void>;
  /** Saves the session, and sets the response with its headers, or the refusal. */
  after(request: MiddyRequest<D>): Promise<void>;
  /**
   * Saves nothing. Answers refusals and errors of the session layer; all other errors stay as they are. The
   * response that another middleware has made of one is private if the session was used.
   */
  onError(request: MiddyRequest<D>): Promise<void>;
}

/** An exchange, and the request that ends it. */
interface OwnedExchange<D extends object> extends SessionExchange<D> {
  /**
   * Request of the Middy that has opened the session and saves it; a Middy inside has another request. Absent
   * once the exchange has ended.
   */
  owner?: object | undefined;
}

/**
 * Returns the middleware of an application: `middy().use(middySession(withSession)).handler(handler)`.
 *
 * The session is saved after the middlewares that were added later, and before the earlier ones, which also
 * see the session layer's own responses: CORS belongs before it. In a Middy that the handler calls, such as a
 * route of `@middy/http-router`, the session is the same, and the outer Middy saves it.
 *
 * @throws OptionError if `withSession` is no function
 */
export function middySession<D extends object = AnyData>(withSession: WithSession<D>): MiddySession<D> {
  const opened = openedRequests<OwnedExchange<D>>(withSession);
  return {
    async before(request) {
      const owned = opened.get(request) ?? opened.get(request.context) ?? (await open(withSession, request));
      opened.set(request, owned).set(request.context, owned);
      request.internal.session = owned.session;
    },
    async after(request) {
      const owned = opened.get(request);
      if (!owned) throw new Error("middySession: no `before`");
      if (owned.owner !== request) return;
      owned.owner = undefined;
      const own: HttpResult | undefined = request.response;
      request.response = await owned.save(own as HttpResult);
      if (request.response.body !== own?.body) discard(own?.body);
    },
    async onError(request) {
      const { error, event } = request;
      if (error instanceof RefusalError) request.response = error.refusal;
      const owned = opened.get(request);
      if (!owned?.owner) return;
      owned.owner = undefined;
      const own: HttpResult | undefined = request.response;
      const toResult = () => own && toErrorResult(event as HttpEvent, own, owned.session);
      request.response = await owned.fail(error).catch(toResult);
    },
  };
}

/** Opens the session of a request, and adds it to the context. */
async function open<D extends object>(
  withSession: WithSession<D>,
  request: MiddyRequest<D>,
): Promise<OwnedExchange<D>> {
  const event = request.event as HttpEvent;
  // Middleware may have capitalized the names, which the protection against other sites would not find then.
  const headers = Object.fromEntries(
    Object.entries(event.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]),
  );
  const exchange = await openExchange(withSession, { ...event, headers }, request.context);
  if (!exchange.session) throw new RefusalError(exchange.refusal);
  // An object of its own, because requests in parallel may share one context.
  request.context = Object.create(request.context, { session: { value: exchange.session } });
  return { ...exchange, owner: request };
}
