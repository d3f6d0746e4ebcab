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
