import { equal } from "node:assert/strict";
import type { MakeContestant } from "../dynamodb/contestant.ts";
import { startEndpoint } from "../dynamodb/endpoint.ts";
import { asRecommended, byDefault } from "../dynamodb/express-session.ts";
import { thisProject } from "../dynamodb/this-project.ts";
import { SIGN_OUTS, type Trial, UPDATES } from "../dynamodb/trials.ts";
import type { Effort } from "../measure.ts";
import type { Table } from "../table.ts";

const CONTESTANTS = [thisProject, asRecommended, byDefault];

/** Counts the updates of parallel requests that are lost. */
export function lostUpdates(effort: Effort): Promise<Table> {
  return trialTable("Updates lost in parallel requests", UPDATES, effort);
}

/** Counts the sessions that come back after they were signed out. */
export function resurrections(effort: Effort): Promise<Table> {
  return trialTable("Sessions that came back after a sign-out", SIGN_OUTS, effort);
}

async function trialTable(
  title: string,
  trials: readonly Trial[],
  { processes: rounds }: Effort,
): Promise<Table> {
  await using _ = await startEndpoint();
  const columns: string[][] = [];
  for (const make of CONTESTANTS) columns.push(await wrongIn(make, trials, rounds));
  return {
    title,
    note: `Ten requests of one session at a time, ${rounds} times, on an embedded DynamoDB. The benchmark fails when this project's count is not 0.`,
    columns: CONTESTANTS.map((make) => make().name),
    unit: "",
    rows: trials.map(({ name }, row) => ({ name, values: columns.map((cells) => cells[row]) })),
  };
}

async function wrongIn(make: MakeContestant, trials: readonly Trial[], rounds: number): Promise<string[]> {
  const contestant = make();
  const cells: string[] = [];
  for (const { name, most, run } of trials) {
    let wrong = 0;
    for (let round = 0; round < rounds; round++) wrong += await run(contestant);
    if (make === thisProject) equal(wrong, 0, name);
    cells.push(`**${wrong}** of ${most * rounds}`);
  }
  return cells;
}
