import type { Context } from "aws-lambda";
import { type HttpEvent, HttpRequest } from "../../lambda/http-event.ts";
import { type HandlerResult, type HttpResult, toHttpResult } from "../../lambda/http-result.ts";
import { ResponseHeaders } from "../../lambda/response-headers.ts";
import type { LambdaHandler } from "../../lambda/with-session.ts";
import { assertFunctions } from "../../options/assert-functions.ts";
import { type CorsOptions, resolveCorsOptions } from "./cors-options.ts";

/** A handler as Lambda calls it, also one without a session. */
type Handler<E extends HttpEvent> = (event: E, context: Context) => HandlerResult | Promise<HandlerResult>;

/**
 * Lets scripts of other origins call a handler with the visitor's cookies, for gateways that do not do this
 * themselves: load balancers, REST APIs, VPC Lattice. Preflight requests are answered with 204 and do not
 * reach the handler. Every response gets `Vary: Origin`, and a response to a trusted origin gets the headers
 * with which its script may read it, also a refusal of the session layer.
 *
 * Wrap it around `withSession`. CORS headers of the handler are removed, as HTTP APIs do. An error of the
 * handler is thrown on.
 *
 * @throws OptionError that names the option
 * @see https://fetch.spec.whatwg.org/#http-cors-protocol
 */
export function withCors<E extends HttpEvent>(handler: Handler<E>, options: CorsOptions): LambdaHandler<E> {
  const { trustedOrigins, exposeHeaders, allowMethods, allowHeaders, maxAge } = resolveCorsOptions(options);
  assertFunctions({ handler });
  const trusted = new Set<string | undefined>(trustedOrigins);
  const ofPreflight = { "allow-methods": allowMethods, "allow-headers": allowHeaders, "max-age": maxAge };
  const ofResponse = { "expose-headers": exposeHeaders };
  return async (event, context) => {
    const request = new HttpRequest(event);
    const origin = request.header("origin");
    const isPreflight = request.method === "OPTIONS" && request.header(`${PREFIX}request-method`);
    const result = isPreflight ? { statusCode: 204 } : toHttpResult(await handler(event, context));
    const headers = new ResponseHeaders(event, withoutCorsHeaders(result));
    headers.set("vary", [headers.get("vary") ?? [], "Origin"].flat().join(", "));
    const added = {
      "allow-origin": origin,
      "allow-credentials": true,
      ...(isPreflight ? ofPreflight : ofResponse),
    };
    if (trusted.has(origin))
      for (const [name, value] of Object.entries(added)) headers.set(PREFIX + name, `${value}`);
    return headers.toResult([]);
  };
}

const PREFIX = "access-control-";

function withoutCorsHeaders({ headers, multiValueHeaders, ...result }: HttpResult): HttpResult {
  return {
    ...result,
    headers: omitCors(headers),
    ...(multiValueHeaders && { multiValueHeaders: omitCors(multiValueHeaders) }),
  };
}

function omitCors<Value>(headers: Record<string, Value> = {}): Record<string, Value> {
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => !name.toLowerCase().startsWith(PREFIX)),
  );
}
