import type { HttpResponse } from "../gateway/http-response.ts";

/** Response as a browser receives it. */
export class BrowserResponse {
  /** URL of the response: after redirects, the last one. */
  readonly url: string;
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Uint8Array;

  constructor(url: string, status: number, headers: Headers, bytes: Uint8Array) {
    this.url = url;
    this.status = status;
    this.headers = headers;
    this.bytes = bytes;
  }

  /** Returns the response of a gateway. */
  static from(url: string, { statusCode, headers, body }: HttpResponse): BrowserResponse {
    const received = new Headers(headers.map(([name, value]): [string, string] => [name, value]));
    return new BrowserResponse(url, statusCode, received, body);
  }

  /** Body as a string. */
  get body(): string {
    return Buffer.from(this.bytes).toString();
  }

  /** Set-Cookie headers. */
  get cookies(): readonly string[] {
    return this.headers.getSetCookie();
  }

  /** Returns the body, parsed as JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: a test knows the type of its response, as with JSON.parse
  json(): any {
    return JSON.parse(this.body);
  }
}
