import { DYNAMODB_OPERATIONS, type DynamoDBOperation } from "lambda-sessions/dynamodb";

/** What became of the session's cookie: left as it was, sent to the browser anew, or taken away. */
export type CookieFate = "kept" | "sent" | "cleared";

/** What the session cost a request. */
export interface Cost {
  readonly cookie: CookieFate;
  /** How often each operation of DynamoDB was called. */
  readonly calls: Readonly<Partial<Record<DynamoDBOperation, number>>>;
}

const FATES = {
  kept: "No new cookie",
  sent: "The cookie was sent anew",
  cleared: "The cookie was taken away",
} as const satisfies Record<CookieFate, string>;

/** How often each operation stands in a list of calls. */
export function countCalls(operations: readonly DynamoDBOperation[]): Cost["calls"] {
  const counts: Partial<Record<DynamoDBOperation, number>> = {};
  for (const operation of operations) counts[operation] = (counts[operation] ?? 0) + 1;
  return counts;
}

/** A cost as the fields of a query, for the page after a redirect. */
export function costFields({ cookie, calls }: Cost): Record<string, string> {
  const counts = Object.entries(calls).map(([operation, count]) => [operation, `${count}`]);
  return { cookie, ...Object.fromEntries(counts) };
}

/** The cost in a query; `undefined` where it tells none. Anybody may have written it: only known words and numbers count. */
export function readCost(query: Readonly<Record<string, string | undefined>> = {}): Cost | undefined {
  const { cookie = "" } = query;
  if (!Object.hasOwn(FATES, cookie)) return undefined;
  const counts = DYNAMODB_OPERATIONS.filter((operation) => /^[1-9]\d{0,3}$/.test(query[operation] ?? ""));
  const calls = Object.fromEntries(counts.map((operation) => [operation, Number(query[operation])]));
  return { cookie: cookie as CookieFate, calls };
}

/** A cost in words, such as `No new cookie, 1 database call (GetItem)`. It needs no escaping. */
export function costText({ cookie, calls }: Cost): string {
  const counts = Object.entries(calls);
  const total = counts.reduce((sum, [, count]) => sum + count, 0);
  if (total === 0) return `${FATES[cookie]}, no database call`;
  const parts = counts.map(([operation, count]) => (count === 1 ? operation : `${count} × ${operation}`));
  return `${FATES[cookie]}, ${total} database call${total === 1 ? "" : "s"} (${parts.join(", ")})`;
}
