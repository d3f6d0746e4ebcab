import { once } from "node:events";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";

/** Request to this machine. */
export interface LoopbackRequest {
  readonly method: string;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Response of this machine. */
export interface LoopbackResponse {
  readonly status: number;
  /** Value of the header Location, if there is one. */
  readonly location: string | undefined;
  readonly setCookies: readonly string[];
  readonly body: string;
}

/** Milliseconds until a request fails. A function of the local run may have to be bundled and start first. */
const TIMEOUT = 60_000;

/** Returns whether a URL is one of plain HTTP on this machine. */
export function isLoopbackUrl(url: string): boolean {
  const { protocol, hostname = "" } = URL.parse(url) ?? {};
  return protocol === "http:" && /^(([\w-]+\.)*localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
}

/**
 * Sends a request to this machine. Follows no redirect. Unlike fetch, it uses no proxy of the environment.
 *
 * @throws Error for another machine, or if no response arrives within a minute
 */
export async function sendOverLoopback(request: LoopbackRequest): Promise<LoopbackResponse> {
  const { method, url, headers = {}, body } = request;
  if (!isLoopbackUrl(url)) throw new Error(`${url} is not a URL of http:// on this machine.`);
  const signal = AbortSignal.timeout(TIMEOUT);
  const sent = httpRequest(url, { method, headers: { ...headers }, agent: false, signal });
  const [response] = (await once(sent.end(body), "response")) as [IncomingMessage];
  return {
    status: response.statusCode ?? 0,
    location: response.headers.location,
    setCookies: response.headers["set-cookie"] ?? [],
    body: await text(response),
  };
}
