import type { WithSession } from "../../lambda/with-session.ts";
import { assertFunctions } from "../../options/assert-functions.ts";
import type { AnyData, Session } from "../../session/session.ts";
import { toErrorResponse } from "./error-response.ts";
import { sessionResponder } from "./session-responder.ts";
import { toWebRequest } from "./web-request.ts";

/** Variables of a Hono application: `new Hono<{ Variables: SessionVariables<SessionData> }>()`. */
export interface SessionVariables<D extends object = AnyData> {
  /** Session of the visitor, in `c.get("session")` and `c.var.session`. */
  session: Session<D>;
}

/** The part of Hono's context that the middleware uses. */
export interface HonoContext<D extends object> {
  readonly req: { readonly raw: Request };
  readonly env: unknown;
  readonly error: Error | undefined;
  /** True if there is a response. */
  readonly finalized: boolean;
  get res(): Response;
  set res(response: Response | undefined);
  /** The variables of the application, which declare the session. */
  readonly var: SessionVariables<D>;
  readonly set: (key: "session", session: Session<D>) => void;
}

/** Options of `honoSession`. */
export interface HonoSessionOptions {
  /**
   * Returns the client's network address where Hono is not called by Lambda, for example
   * `(c) => getConnInfo(c).remote.address`. Default: unknown.
   */
  // biome-ignore lint/suspicious/noExplicitAny: it is the Context of the application's Hono
  readonly address?: (context: any) => string | undefined;
}

/**
 * Returns a middleware for Hono: `app.use(honoSession(withSession))`, then `c.get("session")`.
 *
 * It serves `handle` and `streamHandle` of `hono/aws-lambda`, whose events have the client's address and the
 * path with its stage, and Hono's other servers. Middlewares that are registered before it, such as `cors`,
 * apply to the session layer's own responses too. If a handler throws, nothing is saved, and Hono's `onError`
 * responds.
 *
 * @param withSession the application's, from `createWithSession`
 * @throws OptionError that names the argument or the option
 */
export function honoSession<D extends object>(
  withSession: WithSession<D>,
  { address = () => undefined }: HonoSessionOptions = {},
): (c: HonoContext<D>, next: () => Promise<void>) => Promise<Response | undefined> {
  const respondInSession = sessionResponder(withSession);
  assertFunctions({ address });
  return async (c, next) => {
    const source = (c.env as { readonly event?: unknown } | undefined)?.event;
    const request = toWebRequest(c.req.raw, { source, address: address(c) });
    let hasAnswered = false;
    const respond = async (session: Session<D>): Promise<Response> => {
      c.set("session", session);
      await next();
      hasAnswered = true;
      // Hono has turned an error into a response by now; it is thrown again, so that nothing is saved.
      if (c.error) throw c.error;
      return c.res;
    };
    try {
      const response = await respondInSession(request, respond, c);
      if (!c.finalized) return response;
      replaceResponse(c, response);
    } catch (error) {
      if (!hasAnswered) throw error;
      // Hono adds the headers of the present response to that of `onError`, which answers an error of saving.
      replaceResponse(c, toErrorResponse(request, c.error ? c.res : new Response(), c.var.session));
      if (!c.error) throw error;
    }
    return undefined;
  };
}

/** Replaces a response, but keeps the headers by which another origin may read it. */
function replaceResponse<D extends object>(c: HonoContext<D>, response: Response): void {
  if (response === c.res) return;
  for (const [name, value] of c.res.headers) {
    if (name.startsWith("access-control-")) response.headers.set(name, value);
    if (name === "vary" && !response.headers.get(name)?.includes(value)) response.headers.append(name, value);
  }
  // Hono merges the headers of a response into the next one, unless there is none between them.
  c.res = undefined;
  c.res = response;
}
