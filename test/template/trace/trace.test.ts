import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { beforeAll, expect, test } from "vitest";
import { PROJECT_ROOT } from "../../../infra/bundling.ts";

interface Trace {
  readonly storage: string;
  readonly use: string;
  readonly functions: number;
  readonly files: number;
  readonly changes: number;
}

let traces: readonly Trace[];

beforeAll(async () => {
  const argv = ["test/template/trace/run.ts", "--json"];
  const { stdout } = await promisify(execFile)(process.execPath, argv, { cwd: PROJECT_ROOT });
  traces = JSON.parse(stdout);
});

test.each([
  { storage: "cookie", use: "read", functions: 67, files: 23, changes: 56 },
  { storage: "cookie", use: "change", functions: 104, files: 25, changes: 87 },
  { storage: "server-side", use: "read", functions: 87, files: 31, changes: 74 },
  { storage: "server-side", use: "change", functions: 125, files: 36, changes: 101 },
])("a $use of a $storage session stays within its limits of functions and files", (limit) => {
  const { storage, use } = limit;
  const trace = traces.find((candidate) => candidate.storage === storage && candidate.use === use);
  expect(trace?.functions).toBeGreaterThan(20);
  expect(trace?.functions).toBeLessThanOrEqual(limit.functions);
  expect(trace?.files).toBeLessThanOrEqual(limit.files);
  expect(trace?.changes).toBeLessThanOrEqual(limit.changes);
});
