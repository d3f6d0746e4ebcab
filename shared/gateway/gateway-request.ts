/** Request as API Gateway receives it, before it is converted to an event. */
export interface GatewayRequest {
  readonly method: string;
  /** Decoded path. */
  readonly path: string;
  /** Query string as it was sent, without the question mark. */
  readonly queryString: string;
  /** Headers by name in lower case, in alphabetical order, including those that API Gateway adds. */
  readonly headers: ReadonlyMap<string, readonly string[]>;
  readonly body: Buffer;
  readonly sourceIp: string;
  readonly requestId: string;
  readonly time: Date;
  readonly routeKey: string;
  readonly pathParameters?: Readonly<Record<string, string>>;
  /** Context of the authorizer that allowed the request. */
  readonly authorizer?: Readonly<Record<string, unknown>>;
}
