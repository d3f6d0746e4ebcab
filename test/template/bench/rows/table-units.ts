import { equal } from "node:assert/strict";
import { type CountedCall, isRead, itemBytes } from "../dynamodb/calls.ts";
import type { MakeContestant } from "../dynamodb/contestant.ts";
import { type Count, counting } from "../dynamodb/count.ts";
import { type Endpoint, startEndpoint } from "../dynamodb/endpoint.ts";
import { asRecommended } from "../dynamodb/express-session.ts";
import { CROWDED, NEW, READ, REQUEST_KINDS } from "../dynamodb/requests.ts";
import { thisProject } from "../dynamodb/this-project.ts";
import { SIZE_NAMES, type Size } from "../sizes.ts";
import type { Table } from "../table.ts";

/**
 * US dollars for a million request units: us-east-1, on demand, standard table class; source in
 * docs/benchmark.md.
 */
const PRICE = { read: 0.125, write: 0.625 };

const KINDS = [...REQUEST_KINDS, CROWDED];

/** Lists the cost of each kind of request. */
export async function tableUnits(): Promise<Table> {
  await using endpoint = await startEndpoint();
  const columns: { name: string; cells: string[] }[] = [];
  for (const make of [thisProject, asRecommended])
    for (const size of SIZE_NAMES) {
      const name = size === "S" ? `${make().name}, ${size}` : size;
      columns.push({ name, cells: await priced(make, endpoint, size) });
    }
  return {
    title: "Cost of a million requests",
    note:
      "Millions of read + write request units, and what they cost. Each item that is read takes a unit for each 4 KB, each " +
      "that is written one for each 1 KB of the whole item, as the embedded DynamoDB reports it. Prices of us-east-1, " +
      `on demand: $${PRICE.read} and $${PRICE.write} for a million units.`,
    columns: columns.map(({ name }) => name),
    unit: "",
    rows: KINDS.map(({ name }, row) => ({ name, values: columns.map(({ cells }) => cells[row]) })),
  };
}

/** Measures the size of the items. */
export async function tableItem(): Promise<Table> {
  await using endpoint = await startEndpoint();
  const rows: { name: string; values: number[] }[] = [];
  for (const make of [thisProject, asRecommended]) {
    const count = counting(make, endpoint);
    const values: number[] = [];
    for (const size of SIZE_NAMES) values.push(await bytesOf(count, size));
    rows.push({ name: make().name, values });
  }
  const note =
    "By DynamoDB's rules, names of attributes included; S, M and L are the bytes of the data as one JSON.";
  return { title: "Bytes of a new session's item", note, columns: SIZE_NAMES, unit: "B", rows };
}

async function priced(make: MakeContestant, endpoint: Endpoint, size: Size): Promise<string[]> {
  const count = counting(make, endpoint);
  await checkUnits(count, size);
  const cells: string[] = [];
  for (const kind of KINDS) cells.push(priceOf(await count(kind, size)));
  return cells;
}

function priceOf(calls: readonly CountedCall[]): string {
  const [reads, writes] = [sumOf(calls.filter(isRead)), sumOf(calls.filter((call) => !isRead(call)))];
  return `${reads} + ${writes}, **$${(reads * PRICE.read + writes * PRICE.write).toFixed(3)}**`;
}

function sumOf(calls: readonly CountedCall[]): number {
  return calls.reduce((sum, { units }) => sum + units, 0);
}

/** Checks that the units of the embedded DynamoDB match the rules for the item's size. */
async function checkUnits(count: Count, size: Size): Promise<void> {
  const bytes = await bytesOf(count, size);
  const [read] = await count(READ, size);
  equal(read?.units, Math.ceil(bytes / 4096), `a read of ${bytes} bytes`);
  const begin = (await count(NEW, size)).at(-1);
  equal(begin?.units, Math.ceil(bytes / 1024), `a write of ${bytes} bytes`);
}

async function bytesOf(count: Count, size: Size): Promise<number> {
  const [read] = await count(READ, size);
  const [item = {}] = read?.items ?? [];
  return itemBytes(item);
}
