import { DYNAMODB_OPERATIONS, type DynamoDBOperation } from "lambda-sessions/dynamodb";

/** Fate of the session cookie: not sent, sent to the browser, or deleted. */
export type CookieFate = "kept" | "sent" | "cleared";

/** Cost of a request: the fate of its cookie and its database calls. */
export interface Cost {
  readonly cookie: CookieFate;
  /** Number of calls of each DynamoDB operation. */
  readonly calls: Readonly<Partial<Record<DynamoDBOperation, number>>>;
}

const FATES = {
  kept: "No new cookie",
  sent: "The cookie was sent anew",
  cleared: "The cookie was taken away",
} as const satisfies Record<CookieFate, string>;

/** Counts calls by operation. */
export function countCalls(operations: readonly DynamoDBOperation[]): Cost["calls"] {
  const counts: Partial<Record<DynamoDBOperation, number>> = {};
  for (const operation of operations) counts[operation] = (counts[operation] ?? 0) + 1;
  return counts;
}

/** Returns a cost as query parameters, for the page after a redirect. */
export function toCostFields({ cookie, calls }: Cost): Record<string, string> {
  const counts = Object.entries(calls).map(([operation, count]) => [operation, `${count}`]);
  return { cookie, ...Object.fromEntries(counts) };
}

/**
 * Reads a cost from query parameters. Anybody can write them, so only known words and numbers are accepted.
 * Returns `undefined` if there is no cost.
 */
export function readCost(query: Readonly<Record<string, string | undefined>> = {}): Cost | undefined {
  const { cookie = "" } = query;
  if (!Object.hasOwn(FATES, cookie)) return undefined;
  const counts = DYNAMODB_OPERATIONS.filter((operation) => /^[1-9]\d{0,3}$/.test(query[operation] ?? ""));
  const calls = Object.fromEntries(counts.map((operation) => [operation, Number(query[operation])]));
  return { cookie: cookie as CookieFate, calls };
}

/** Formats a cost such as `No new cookie, 1 database call (GetItem)`. The result needs no escaping. */
export function formatCost({ cookie, calls }: Cost): string {
  const counts = Object.entries(calls);
  const total = counts.reduce((sum, [, count]) => sum + count, 0);
  if (total === 0) return `${FATES[cookie]}, no database call`;
  const parts = counts.map(([operation, count]) => (count === 1 ? operation : `${count} × ${operation}`));
  return `${FATES[cookie]}, ${total} database call${total === 1 ? "" : "s"} (${parts.join(", ")})`;
}
