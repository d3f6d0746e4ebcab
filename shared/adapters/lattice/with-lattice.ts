import type { APIGatewayProxyEventV2, Context } from "aws-lambda";
import { type HandlerResult, toHttpResult } from "../../lambda/http-result.ts";
import { assertFunctions } from "../../options/assert-functions.ts";
import { fromLatticeEvent, isLattice1, type LatticeEvent } from "./lattice-event.ts";

/** A handler of payload format 2.0, such as one that `withSession` returns. */
type Handler = (event: APIGatewayProxyEventV2, context: Context) => HandlerResult | Promise<HandlerResult>;

/** Response for VPC Lattice. An array is a header that is sent several times, with event structure V2. */
export interface LatticeResult {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body: string;
  readonly isBase64Encoded: boolean;
}

/**
 * Lets VPC Lattice call a handler of payload format 2.0. Wrap it around `withSession`, and around `withCors`
 * if there is one.
 *
 * With event structure V1 a response has one cookie, and several Cookie headers of a request arrive as one
 * value with commas, in which a session is not looked for.
 *
 * The function rejects with an Error that names the remedy if a response to an event of V1 has a second
 * cookie.
 *
 * @throws OptionError if `handler` is no function
 */
export function withLattice(
  handler: Handler,
): (event: LatticeEvent, context: Context) => Promise<LatticeResult> {
  assertFunctions({ handler });
  return async (event, context) => {
    const result = toHttpResult(await handler(fromLatticeEvent(event), context));
    const { statusCode = 200, body = "", isBase64Encoded = false, cookies = [] } = result;
    const own = Object.entries(result.headers ?? {}).map(([name, value]) => [name.toLowerCase(), `${value}`]);
    const { "set-cookie": cookie, ...headers } = Object.fromEntries(own);
    const all = cookie === undefined ? cookies : [cookie, ...cookies];
    const sent = isLattice1(event) ? onlyCookie(all) : all;
    return {
      statusCode,
      headers: { ...headers, ...(sent.length > 0 && { "set-cookie": sent.length > 1 ? sent : sent[0] }) },
      body,
      isBase64Encoded,
    };
  };
}

/**
 * Returns the last cookie. Those of its name before it may be left out if they only delete it, as the session
 * layer does for the variants of its cookie.
 */
function onlyCookie(cookies: readonly string[]): string[] {
  const last = cookies.at(-1);
  if (last === undefined) return [];
  const deletes = (cookie: string) => nameOf(cookie) === nameOf(last) && /; ?max-age=0\b/i.test(cookie);
  if (cookies.slice(0, -1).every(deletes)) return [last];
  throw new Error("two cookies need event structure version V2 in the target group of VPC Lattice");
}

function nameOf(cookie: string): string {
  return cookie.split("=", 1).join();
}
