import { type HttpEvent, isVersion1 } from "./http-event.ts";
import type { Headers, HttpResult } from "./http-result.ts";

type Repeated = NonNullable<HttpResult["multiValueHeaders"]>;

/**
 * Headers of a response that the session layer adds to. Names are in any case. A name in `multiValueHeaders`,
 * which only payload 1.0 has, hides the same name in `headers`.
 */
export class ResponseHeaders {
  readonly #event: HttpEvent;
  readonly #result: HttpResult;
  readonly #headers: Headers;
  readonly #repeated: Repeated;

  constructor(event: HttpEvent, result: HttpResult) {
    this.#event = event;
    this.#result = result;
    this.#headers = { ...result.headers };
    this.#repeated = isVersion1(event) ? { ...result.multiValueHeaders } : {};
  }

  /** Returns a header's value, several ones with commas between them. Null counts as no value. */
  get(name: string): string | undefined {
    const value = (entryOf(this.#repeated, name) ?? entryOf(this.#headers, name))?.[1];
    return value == null ? undefined : [value].flat().join(", ");
  }

  /** Replaces a header's value. */
  set(name: string, value: string): void {
    const repeated = entryOf(this.#repeated, name);
    if (repeated) this.#repeated[repeated[0]] = [value];
    else this.#headers[entryOf(this.#headers, name)?.[0] ?? name] = value;
  }

  /**
   * Returns the response with these headers, and with further cookies after the handler's own ones.
   *
   * A load balancer with multi-value headers reads `multiValueHeaders` alone. One without them reads
   * `headers` alone, so it sends one cookie; those before the last of `setCookies` only delete old ones.
   *
   * @throws Error for a second cookie where a load balancer sends one
   */
  toResult(setCookies: readonly string[]): HttpResult {
    const event: HttpEvent & { requestContext?: { elb?: object } } = this.#event;
    const headers = this.#headers;
    const result = { ...this.#result, headers };
    if (!isVersion1(event))
      return setCookies.length ? { ...result, cookies: [result.cookies ?? [], setCookies].flat() } : result;
    const repeated = this.#repeated;
    const isLoadBalancer = event.requestContext?.elb;
    const sendsOne = isLoadBalancer && !event.multiValueHeaders;
    const own = entryOf(headers, COOKIE);
    const [name, others] = entryOf(repeated, COOKIE) ?? [COOKIE, []];
    const cookies = [own?.[1] ?? [], others, sendsOne ? setCookies.slice(-1) : setCookies].flat();
    const [cookie, second] = cookies;
    if (sendsOne) {
      if (second) throw new Error("two cookies need lambda.multi_value_headers.enabled in the target group");
      if (cookie && !own) headers[name] = cookie;
    } else if (cookies.length) {
      if (own) delete headers[own[0]];
      repeated[name] = cookies;
    }
    if (isLoadBalancer && !sendsOne)
      for (const name in headers)
        if (!entryOf(repeated, name.toLowerCase())) repeated[name] = [headers[name] ?? ""];
    return { ...result, multiValueHeaders: repeated };
  }
}

const COOKIE = "set-cookie";

/** Returns a header's own name and value. */
function entryOf<Value>(headers: Record<string, Value>, name: string): [string, Value] | undefined {
  for (const key in headers) {
    const value = headers[key];
    if (key.length === name.length && key.toLowerCase() === name && value !== undefined) return [key, value];
  }
  return undefined;
}
