import type { Context } from "aws-lambda";
import type { HttpEvent } from "../../lambda/http-event.ts";
import type { HttpResult } from "../../lambda/http-result.ts";
import type { LambdaHandler, WithSession } from "../../lambda/with-session.ts";
import { assertFunctions } from "../../options/assert-functions.ts";
import type { Session } from "../../session/session.ts";
import { toErrorResult } from "../error-result.ts";
import { openedRequests } from "../opened-requests.ts";
import { openExchange, type SessionExchange } from "../session-exchange.ts";
import { withHeaders } from "./powertools-result.ts";
import { rememberEvent } from "./session-events.ts";

/** The part of the request context of Powertools that is used. */
export interface PowertoolsContext {
  readonly event: object;
  readonly res: Response;
}

/** The session in an application of the HTTP event handler of Powertools. */
export interface PowertoolsSession<D extends object> {
  /** Middleware that must be registered first: `app.use(sessions.middleware)`. */
  readonly middleware: (args: {
    readonly reqCtx: PowertoolsContext;
    readonly next: () => Promise<unknown>;
  }) => Promise<void>;
  /** Returns the session of a request. Throws where the middleware or the handler is missing. */
  of(reqCtx: PowertoolsContext): Session<D>;
  /**
   * Returns the function's handler: `sessions.handler((event, context) => app.resolve(event, context))`. It
   * opens the session before and saves it after.
   */
  handler(resolve: (event: HttpEvent, context: Context) => Promise<object>): LambdaHandler<HttpEvent>;
}

/** A request under way. */
interface Call<D extends object> {
  readonly session: Session<D>;
  /**
   * Context that Powertools has made for the request. Its response has headers that are not yet converted.
   */
  reqCtx?: PowertoolsContext;
  /** Error of a route or a middleware, which Powertools has turned into a response. */
  failure?: { readonly error: unknown };
}

/**
 * Gives the session to an application of the HTTP event handler of Powertools for AWS Lambda (TypeScript), in
 * all its event forms.
 *
 * The session is saved outside of Powertools, which cuts Set-Cookie values at their commas; the application's
 * own cookies pass uncut too. If a route or a middleware throws, nothing is saved, and Powertools responds.
 * `resolveStream` is not served, because it sends one cookie of several.
 *
 * @param withSession the application's, from `createWithSession`
 * @throws OptionError that names the argument
 */
export function powertoolsSession<D extends object>(withSession: WithSession<D>): PowertoolsSession<D> {
  const calls = openedRequests<Call<D>>(withSession);
  const callOf = ({ event }: PowertoolsContext): Call<D> => {
    const call = calls.get(event);
    if (call === undefined) throw new Error(NOT_OPEN);
    return call;
  };
  return {
    of: (reqCtx) => {
      const call = callOf(reqCtx);
      if (!call.reqCtx) throw new Error("the middleware must come first: app.use(sessions.middleware)");
      return call.session;
    },
    middleware: async ({ reqCtx, next }) => {
      const call = callOf(reqCtx);
      call.reqCtx = reqCtx;
      try {
        await next();
      } catch (error) {
        call.failure = { error };
        throw error;
      }
    },
    handler: (resolve) => {
      assertFunctions({ resolve });
      return async (event, context) => {
        const exchange = await openExchange(withSession, event, context);
        if (!exchange.session) return exchange.refusal;
        // A copy, because a test may send one event in parallel.
        const own = { ...event };
        const call: Call<D> = { session: exchange.session };
        calls.set(own, call);
        rememberEvent(exchange.session, own);
        return respond(exchange, call, own, () => resolve(own, context));
      };
    },
  };
}

const NOT_OPEN = "the session is not open: export sessions.handler(…) as the handler";

async function respond<D extends object>(
  exchange: SessionExchange<D>,
  call: Call<D>,
  event: HttpEvent,
  resolve: () => Promise<HttpResult>,
): Promise<HttpResult> {
  let result: HttpResult;
  try {
    result = await resolve();
  } catch (error) {
    return exchange.fail(error);
  }
  if (call.reqCtx) result = withHeaders(result, call.reqCtx.res.headers, event);
  if (!call.failure) return exchange.save(result);
  return exchange.fail(call.failure.error).catch(() => toErrorResult(event, result, call.session));
}
