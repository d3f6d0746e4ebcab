import type { HttpEvent } from "../../lambda/http-event.ts";
import { type HttpResult, toHttpResult } from "../../lambda/http-result.ts";
import { ResponseHeaders } from "../../lambda/response-headers.ts";
import {
  createWithSession as createWithCookies,
  type WithSession,
  type WithSessionOptions,
} from "../../lambda/with-session.ts";
import { assertFunctions } from "../../options/assert-functions.ts";
import type { AnyData, Session } from "../../session/session.ts";
import { TokenRequests, type TransportOptions } from "./token-request.ts";
import { addVary, toStandIn, toTokenResult, VARY } from "./token-response.ts";

/** The options that all handlers of an application share, with those of the transport. */
export type HeaderTransportOptions = WithSessionOptions & TransportOptions;

/**
 * Creates an application's `withSession`, like `createWithSession` of `lambda-sessions/lambda`, for clients
 * without cookies: a request brings the session's token as `Authorization: Bearer TOKEN`, and a response has
 * the new one in the header `session-token`, or the word `deleted` when the session has ended.
 *
 * Such a request reads and sets no cookie of the session, so it is not checked for cross-site request
 * forgery. Lifetimes, renewal, revocation and the responses 403, 409, 413 and 503 are those of cookies. A 401
 * gets `WWW-Authenticate: Bearer`. Other Authorization schemes are ignored; a Bearer value that is no token
 * gives an empty session, and one record in the log.
 *
 * @throws OptionError that names the option
 */
export function createWithSession<D extends object = AnyData>(
  options: HeaderTransportOptions,
): ReturnType<typeof createWithCookies<D>> {
  const { transport: _, settings: __, ...shared } = Object(options) as HeaderTransportOptions;
  assertFunctions({ sessionInterface: shared.sessionInterface?.open }, "a session interface");
  const requests = new TokenRequests(options);
  const vary = VARY[requests.transport];
  const withCookies = createWithCookies(shared) as WithSession<D>;
  const withToken = createWithCookies({ ...shared, crossOriginProtection: false }) as WithSession<D>;
  const withSession: WithSession<D> = (handler) => {
    assertFunctions({ handler });
    const byCookie = withCookies(handler);
    return async (event, context) => {
      const request = requests.read(event);
      if (request === undefined) return varyByTransport(event, await byCookie(event, context), vary);
      const byToken = withToken(async (_event, session) => {
        const own = toHttpResult(await handler(event, session, context));
        return toStandIn(event, challenge(event, own, session as Session));
      });
      return toTokenResult(event, await byToken(request.event, context), request.cookie.name, vary);
    };
  };
  return withSession as ReturnType<typeof createWithCookies<D>>;
}

/** Adds the transport's headers to Vary of a response that depends on the cookie. */
function varyByTransport(event: HttpEvent, result: HttpResult, vary: readonly string[]): HttpResult {
  const headers = new ResponseHeaders(event, result);
  if (!/(^|,)\s*cookie\s*(,|$)/i.test(headers.get("vary") ?? "")) return result;
  addVary(headers, vary);
  return headers.toResult([]);
}

/**
 * Adds the challenge that a 401 needs (RFC 9110, section 15.5.2), unless the handler has one:
 * `error="invalid_token"` if the request brought a token that was refused (RFC 6750, section 3).
 */
function challenge(event: HttpEvent, result: HttpResult, session: Session): HttpResult {
  if (result.statusCode !== 401) return result;
  const headers = new ResponseHeaders(event, result);
  if (headers.get("www-authenticate") !== undefined) return result;
  const isRefused = session.accessed && session.refusal !== undefined;
  headers.set("www-authenticate", isRefused ? 'Bearer error="invalid_token"' : "Bearer");
  return headers.toResult([]);
}
