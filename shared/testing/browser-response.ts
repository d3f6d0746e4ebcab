/** A response as a browser gets it. */
export class BrowserResponse {
  /** Where it came from: after redirects, the last page. */
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

  /** The body as text. */
  get body(): string {
    return Buffer.from(this.bytes).toString();
  }

  /** The Set-Cookie headers. */
  get cookies(): readonly string[] {
    return this.headers.getSetCookie();
  }

  /** The body, parsed. */
  // biome-ignore lint/suspicious/noExplicitAny: a test knows what it asked for, as with JSON.parse
  json(): any {
    return JSON.parse(this.body);
  }
}
