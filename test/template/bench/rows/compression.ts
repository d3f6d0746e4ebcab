import type { Contestant } from "../contestants/contestant.ts";
import { COMPRESSING, CONTESTANTS } from "../contestants/index.ts";
import { type Effort, measure } from "../measure.ts";
import { SIZE_NAMES, sessionOf } from "../sizes.ts";
import type { Table } from "../table.ts";

/** Measures reading a number from compressed cookies, which are the same for all contestants. */
export function zlibRead(effort: Effort): Promise<Table> {
  return table("Verify and read a number, with zlib", effort, (contestant, compressed) => {
    return () => contestant.read(compressed, "visits");
  });
}

/** Measures reading, changing, compressing and signing a session. */
export async function zlibChange(effort: Effort): Promise<Table> {
  const made = await table("Read, change, sign, with zlib", effort, (contestant, compressed) => {
    return () => contestant.change(compressed);
  });
  return { ...made, note: "This project compresses from 300 bytes of JSON; the floor compresses always." };
}

/** Measures the size of the cookie that the visitor sends with each request. */
export async function cookieBytes(): Promise<Table> {
  const rows = [...CONTESTANTS, ...COMPRESSING].map(async ({ name, issue }) => ({
    name,
    values: await Promise.all(SIZE_NAMES.map(async (size) => (await issue(sessionOf(size))).length)),
  }));
  return {
    title: "Bytes of the Cookie header",
    columns: SIZE_NAMES,
    unit: "B",
    rows: await Promise.all(rows),
  };
}

type RunOf = (contestant: Contestant, compressed: string) => () => unknown;

async function table(title: string, effort: Effort, runOf: RunOf): Promise<Table> {
  const [floor] = COMPRESSING;
  const columns: number[][] = [];
  for (const size of SIZE_NAMES) {
    const cookie = (await floor?.issue(sessionOf(size))) ?? "";
    const tasks = COMPRESSING.map((contestant) => ({
      name: contestant.name,
      run: runOf(contestant, cookie),
    }));
    columns.push(await measure(tasks, effort));
  }
  const rows = COMPRESSING.map(({ name }, index) => ({
    name,
    values: columns.map((column) => column[index]),
  }));
  return { title, columns: SIZE_NAMES, unit: "µs", rows };
}
