/** Request as API Gateway sees it, before it has the form of an event. */
export interface GatewayRequest {
  readonly method: string;
  /** Decoded. */
  readonly path: string;
  /** As sent, without the question mark. */
  readonly queryString: string;
  /** By lower-case name, in alphabetical order, with those that API Gateway adds. */
  readonly headers: ReadonlyMap<string, readonly string[]>;
  readonly body: Buffer;
  readonly sourceIp: string;
  readonly requestId: string;
  readonly time: Date;
  readonly routeKey: string;
  readonly pathParameters?: Readonly<Record<string, string>>;
}
