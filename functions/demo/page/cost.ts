/** What became of the session's cookie: left as it was, sent to the browser anew, or taken away. */
export type CookieFate = "kept" | "sent" | "cleared";

/** What the session cost a request. */
export interface Cost {
  readonly cookie: CookieFate;
  /** The calls to DynamoDB, by operation. */
  readonly calls: readonly string[];
}

const FATES = {
  kept: "The cookie stayed as it was",
  sent: "The cookie was sent anew",
  cleared: "The cookie was taken away",
} as const satisfies Record<CookieFate, string>;

/** The most calls that a query tells. */
const MOST_CALLS = 50;

/** A cost as a query, for the page after a redirect. */
export function costQuery({ cookie, calls }: Cost): string {
  return new URLSearchParams({ cookie, ...(calls.length > 0 && { calls: calls.join(" ") }) }).toString();
}

/** The cost in a query; `undefined` where it tells none. Anybody may have written it, so it is read strictly. */
export function readCost(query: Readonly<Record<string, string | undefined>> = {}): Cost | undefined {
  const { cookie = "", calls = "" } = query;
  const operations = calls.split(" ").filter((operation) => operation !== "");
  if (!Object.hasOwn(FATES, cookie) || operations.length > MOST_CALLS) return undefined;
  if (!operations.every((operation) => /^[A-Za-z]{1,30}$/.test(operation))) return undefined;
  return { cookie: cookie as CookieFate, calls: operations };
}

/** A cost in words, such as `The cookie stayed as it was, 1 database call (GetItem)`. It needs no escaping. */
export function costText({ cookie, calls }: Cost): string {
  if (calls.length === 0) return `${FATES[cookie]}, no database call`;
  const operations = Map.groupBy(calls, (operation) => operation);
  const parts = [...operations].map(([name, { length }]) => (length === 1 ? name : `${length} × ${name}`));
  return `${FATES[cookie]}, ${calls.length} database call${calls.length === 1 ? "" : "s"} (${parts.join(", ")})`;
}
