import { equal } from "node:assert/strict";
import { bundle } from "../bundles.ts";
import type { CountedCall } from "../dynamodb/calls.ts";
import type { MakeContestant, TableContestant } from "../dynamodb/contestant.ts";
import { type Endpoint, startEndpoint } from "../dynamodb/endpoint.ts";
import { READ, type RequestKind, SIGNED_IN_READ, WRITE } from "../dynamodb/requests.ts";
import { type Effort, measure, type Task } from "../measure.ts";
import { SIZE_NAMES, type Size, sessionOf } from "../sizes.ts";
import type { Table } from "../table.ts";

const HOUR = 60 * 60 * 1000;

/** Measures reading a session from the table. */
export function tableRead(effort: Effort): Promise<Table> {
  return cpuTable("Read a session from DynamoDB", READ, effort);
}

/** Measures reading a session from the table and incrementing a number in it. */
export function tableWrite(effort: Effort): Promise<Table> {
  return cpuTable("Read and change a session in DynamoDB", WRITE, effort);
}

/** Measures reading a session and the record that lists its user's sessions. */
export function tableSignedInRead(effort: Effort): Promise<Table> {
  return cpuTable("Read a session of a user who is signed in", SIGNED_IN_READ, effort);
}

/** Measures all sizes together, so that the code is equally warm for all. */
async function cpuTable(title: string, kind: RequestKind, effort: Effort): Promise<Table> {
  await using endpoint = await startEndpoint();
  const contestants = await bundledContestants();
  const columns: CheckedTask[][] = [];
  for (const size of SIZE_NAMES) columns.push(await tasksOf(contestants, kind, size, endpoint));
  await endpoint.replay();
  for (const { check } of columns.flat()) await check();
  const { rounds, warmUp } = effort;
  const times = await measure(columns.flat(), { ...effort, rounds: rounds * 3, warmUp: warmUp * 4 });
  const rows = columns[0] ?? [];
  return {
    title,
    note:
      "CPU time of this process alone: another one answers each call as an embedded DynamoDB answered it before, over HTTP " +
      "without TLS. Each contestant is bundled as the stack bundles functions, with an AWS SDK of its own. The first row " +
      "only sends this project's calls by the SDK.",
    columns: SIZE_NAMES,
    unit: "µs",
    rows: rows.map(({ name }, row) => ({
      name,
      values: SIZE_NAMES.map((_, column) => times[column * rows.length + row]),
    })),
  };
}

/** A task with a check of its work. */
interface CheckedTask extends Task {
  /** @throws AssertionError when the task does not do its work */
  readonly check: () => Promise<void>;
}

/** A contestant whose clock is right, and one whose clock is an hour behind. */
interface Clocked {
  readonly before: TableContestant;
  readonly now: TableContestant;
}

interface Contestants {
  readonly ours: Clocked;
  readonly peers: readonly Clocked[];
  readonly sendAgain: (calls: readonly CountedCall[]) => Promise<void>;
}

async function bundledContestants(): Promise<Contestants> {
  const { thisProject } = await bundled<typeof import("../dynamodb/this-project.ts")>("this-project");
  const { asRecommended, byDefault } =
    await bundled<typeof import("../dynamodb/express-session.ts")>("express-session");
  const { sendAgain } = await bundled<typeof import("../dynamodb/aws-sdk.ts")>("aws-sdk");
  const clocked = (make: MakeContestant): Clocked => ({ before: make(() => Date.now() - HOUR), now: make() });
  return {
    ours: clocked(thisProject),
    peers: [asRecommended, byDefault].map(clocked),
    sendAgain: sendAgain(),
  };
}

async function tasksOf(
  { ours, peers, sendAgain }: Contestants,
  kind: RequestKind,
  size: Size,
  endpoint: Endpoint,
): Promise<CheckedTask[]> {
  const { calls, ...task } = await taskOf(ours, kind, size, endpoint);
  const operations = calls.map(({ operation }) => operation).join(" and ");
  const run = () => sendAgain(calls);
  const tasks: CheckedTask[] = [{ name: `AWS SDK alone: ${operations}`, run, check: run }, task];
  for (const peer of peers) tasks.push(await taskOf(peer, kind, size, endpoint));
  return tasks;
}

/** Prepares a session that was created an hour ago and changed since, as sessions usually are. */
async function taskOf(
  { before, now }: Clocked,
  kind: RequestKind,
  size: Size,
  endpoint: Endpoint,
): Promise<CheckedTask & { readonly calls: readonly CountedCall[] }> {
  const data = sessionOf(size);
  const visitor = await kind.before(before, data);
  await before.request(visitor, (session) => WRITE.handle(session, data));
  const check = async (): Promise<void> => {
    const visits = await now.request(visitor, (session) => session.get("visits"));
    equal(visits, data.visits + 1, `${now.name}: reads what was written`);
  };
  await check();
  await endpoint.take();
  const run = () => now.request(visitor, (session) => kind.handle(session, data));
  await run();
  return { name: now.name, run, check, calls: await endpoint.take() };
}

async function bundled<M>(name: string): Promise<M> {
  const { file } = await bundle(`dynamodb/${name}.ts`);
  return import(file);
}
