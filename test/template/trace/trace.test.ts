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
  { storage: "cookie", use: "read", functions: 54, files: 18, changes: 32 },
  { storage: "cookie", use: "change", functions: 76, files: 18, changes: 49 },
  { storage: "server-side", use: "read", functions: 73, files: 27, changes: 53 },
  { storage: "server-side", use: "change", functions: 102, files: 30, changes: 76 },
])("a $use of a $storage session runs no more functions, files and changes of file than before", (limit) => {
  const { storage, use } = limit;
  const trace = traces.find((candidate) => candidate.storage === storage && candidate.use === use);
  expect(trace?.functions).toBeGreaterThan(20);
  expect(trace?.functions).toBeLessThanOrEqual(limit.functions);
  expect(trace?.files).toBeLessThanOrEqual(limit.files);
  expect(trace?.changes).toBeLessThanOrEqual(limit.changes);
});
