import type { WithSession } from "../../lambda/with-session.ts";
import type { AnyData, Session } from "../../session/session.ts";
import type { Guard } from "../guard.ts";
import { openedRequests } from "../opened-requests.ts";
import { guardMiddleware } from "./guard-middleware.ts";
import { type NodeExchange, openNodeExchange } from "./node-exchange.ts";
import { nodeRequestOf, nodeResponseOf, type RequestLike, type ResponseLike } from "./node-message.ts";

/** Callback that continues with the next handler, or with an error. */
export type NextHandler = (error?: Error) => void;

/** Middleware of Express and of `node:http`, and a hook of Fastify. */
export type NodeMiddleware = (request: RequestLike, response: ResponseLike, next: NextHandler) => void;

/** Sessions for servers of `node:http`. */
export interface NodeSession<D extends object> {
  /**
   * Opens the session of a request before the next handler, and saves it before the first byte of the
   * response. Later changes throw. The session is `request.session`, and what `of` returns.
   */
  (...parameters: Parameters<NodeMiddleware>): void;
  /** Returns the session of a request. Throws an Error if the middleware has not run for it. */
  of(request: RequestLike): Session<D>;
  /**
   * Ends the session of a request whose handler has failed: nothing is saved. Changes that follow are lost,
   * and throw once the session is closed. An error of the session layer is answered by its refusal, which
   * replaces the response that follows.
   */
  fail(request: RequestLike, error: unknown): void;
  /**
   * Middleware of Express for errors: calls `fail`, and passes the error on, but not before a response that
   * has ended is sent. Use it after the routes.
   */
  onError(error: unknown, request: RequestLike, response: ResponseLike, next: NextHandler): void;
  /**
   * Returns middleware that only lets requests pass which a guard does: `guard(requireUser)`, or
   * `guard((handler) => requireFresh(300, handler))`.
   */
  guard(guard: Guard<D>): NodeMiddleware;
}

/**
 * Creates the middleware of an application for servers of Node, which answer many requests in parallel.
 *
 * A refusal of the session layer replaces the response; headers that were set before this middleware remain.
 * An error of opening or saving that is no refusal is passed to `next`.
 *
 * @throws OptionError if `withSession` is no function
 */
export function nodeSession<D extends object = AnyData>(withSession: WithSession<D>): NodeSession<D> {
  const exchanges = openedRequests<NodeExchange<D>>(withSession);
  const find = (request: RequestLike) => exchanges.get(nodeRequestOf(request));
  const exchangeOf = (request: RequestLike) => {
    const exchange = find(request);
    if (exchange) return exchange;
    throw new Error("the request has no session: use nodeSession before this handler");
  };
  const middleware: NodeMiddleware = (request, response, next) => {
    if (find(request)) return next();
    openNodeExchange(withSession, request, response, next).then((exchange) => {
      if (!exchange) return;
      exchanges.set(nodeRequestOf(request), exchange);
      (request as { session?: Session<D> }).session = exchange.session;
      next();
    }, next);
  };
  const fail = (request: RequestLike, error: unknown) => find(request)?.fail(error);
  return Object.assign(middleware, {
    of: (request: RequestLike) => exchangeOf(request).session,
    fail,
    // Express counts the parameters.
    onError(error: unknown, request: RequestLike, response: ResponseLike, next: NextHandler) {
      fail(request, error);
      const { writableEnded, destroyed } = nodeResponseOf(response);
      if (!writableEnded || destroyed) return next(error as Error);
      // Express closes the connection of a response whose head was sent, and this one is whole.
      nodeResponseOf(response).once("close", () => next(error as Error));
    },
    guard: (guard: Guard<D>) => guardMiddleware(guard, exchangeOf),
  });
}
