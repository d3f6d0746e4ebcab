import type { Contestant } from "../contestants/contestant.ts";
import { CONTESTANTS } from "../contestants/index.ts";
import { type Effort, measure, type Task } from "../measure.ts";
import { PAYLOADS, type Payload, sessionOf } from "../sizes.ts";
import type { Table } from "../table.ts";
import { tamper } from "../tamper.ts";

/** Measures verifying a session and reading a number in it, without a change. */
export function read(effort: Effort): Promise<Table> {
  return sizeTable(
    "Verify and read a number",
    effort,
    (contestant, cookie) => () => contestant.read(cookie, "visits"),
  );
}

/** Measures verifying a session and reading a list of dictionaries, which a handler could change in place. */
export function readNested(effort: Effort): Promise<Table> {
  return sizeTable(
    "Verify and read a list",
    effort,
    (contestant, cookie) => () => contestant.read(cookie, "cart"),
  );
}

/** Measures verifying a session, incrementing a number in it, and signing it again. */
export function change(effort: Effort): Promise<Table> {
  return sizeTable("Read, change, sign", effort, (contestant, cookie) => () => contestant.change(cookie));
}

/** Measures rejecting a cookie with one changed character. */
export function tampered(effort: Effort): Promise<Table> {
  return sizeTable("Tampered", effort, (contestant, cookie) => {
    const changed = tamper(cookie);
    return () => contestant.read(changed, "visits");
  });
}

/** Measures a request without a cookie. */
export async function noCookie(effort: Effort): Promise<Table> {
  const tasks = CONTESTANTS.map((contestant) => ({
    name: contestant.name,
    run: () => contestant.read(undefined, "visits"),
  }));
  const values = await measure(tasks, effort);
  const rows = CONTESTANTS.map(({ name }, index) => ({ name, values: [values[index]] }));
  return { title: "No cookie", columns: ["CPU time"], unit: "µs", rows };
}

type TaskOf = (contestant: Contestant, cookie: string) => Task["run"];

async function sizeTable(title: string, effort: Effort, taskOf: TaskOf): Promise<Table> {
  const columns: number[][] = [];
  for (const payload of PAYLOADS) columns.push(await measure(await tasksOf(payload, taskOf), effort));
  const rows = CONTESTANTS.map(({ name }, index) => ({
    name,
    values: columns.map((column) => column[index]),
  }));
  return { title, columns: PAYLOADS, unit: "µs", rows };
}

function tasksOf(payload: Payload, taskOf: TaskOf): Promise<Task[]> {
  return Promise.all(
    CONTESTANTS.map(async (contestant) => {
      const cookie = await contestant.issue(sessionOf(payload));
      return { name: contestant.name, run: taskOf(contestant, cookie) };
    }),
  );
}
