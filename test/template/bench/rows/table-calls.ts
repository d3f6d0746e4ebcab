import type { CountedCall } from "../dynamodb/calls.ts";
import { counting } from "../dynamodb/count.ts";
import { startEndpoint } from "../dynamodb/endpoint.ts";
import { TABLE_CONTESTANTS } from "../dynamodb/index.ts";
import { REQUEST_KINDS } from "../dynamodb/requests.ts";
import type { Table } from "../table.ts";

/** Lists the calls of each kind of request. */
export async function tableCalls(): Promise<Table> {
  await using endpoint = await startEndpoint();
  const columns: string[][] = [];
  for (const make of TABLE_CONTESTANTS) {
    const count = counting(make, endpoint);
    const cells: string[] = [];
    for (const kind of REQUEST_KINDS) cells.push(listed(await count(kind, "S")));
    columns.push(cells);
  }
  return {
    title: "Calls to DynamoDB per request",
    note:
      "Counted at an embedded DynamoDB. *As recommended* is `resave: false, saveUninitialized: false`. A sign-in of " +
      "express-session is `regenerate`, a sign-out `destroy`. connect-dynamodb also calls DescribeTable once when a " +
      "function starts, which is not counted.",
    columns: TABLE_CONTESTANTS.map((make) => make().name),
    unit: "",
    rows: REQUEST_KINDS.map(({ name }, row) => ({ name, values: columns.map((cells) => cells[row]) })),
  };
}

function listed(calls: readonly CountedCall[]): string {
  return calls.length === 0
    ? "**0**"
    : `**${calls.length}** ${calls.map(({ operation }) => operation).join(", ")}`;
}
