/** An event or a response. Payload 1.0 may have a header in one of the two objects, or in both. */
interface WithHeaders {
  readonly headers?: object | null | undefined;
  readonly multiValueHeaders?: object | null | undefined;
}

/** Returns the names of all headers, in lower case. */
export function headerNames({ headers, multiValueHeaders }: WithHeaders): string[] {
  return Object.keys({ ...headers, ...multiValueHeaders }).map((name) => name.toLowerCase());
}
