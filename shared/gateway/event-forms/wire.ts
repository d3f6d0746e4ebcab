/** Header lines in the order in which they are sent. A name may occur several times, in any case. */
export type HeaderLines = readonly (readonly [name: string, value: string])[];

/** Request as a client sends it. */
export interface WireRequest {
  readonly method: string;
  /** Path, percent-encoded. */
  readonly path: string;
  /** Query without the question mark, percent-encoded. */
  readonly queryString: string;
  readonly headers: HeaderLines;
  readonly body: Buffer;
}

/** Response as a client receives it. */
export interface WireResponse {
  readonly statusCode: number;
  readonly headers: HeaderLines;
  readonly body: Buffer;
}
