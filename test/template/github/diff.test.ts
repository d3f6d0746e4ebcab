import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { WORKFLOWS } from "./workflow.ts";

const STEPS = Object.values(WORKFLOWS.find(({ file }) => file === "diff.yml")?.jobs ?? {}).flatMap(
  ({ steps = [] }) => steps,
);
const SCRIPT = STEPS.find(({ run = "" }) => run.includes("npx cdk diff"))?.run ?? "";

/** Runs the step that compares, with an `npx` that prints the difference. Returns its log and its output. */
function compare(difference: string): { log: string; output: string } {
  const folder = mkdtempSync(join(tmpdir(), "diff-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, "difference"), difference);
  const npx = join(folder, "npx");
  writeFileSync(npx, `#!/bin/sh\ncat difference\ncat difference >&2\n`);
  chmodSync(npx, 0o755);
  const env = { PATH: [folder, process.env.PATH].join(delimiter), GITHUB_OUTPUT: join(folder, "output") };
  const options = ["--noprofile", "--norc", "-eo", "pipefail", "-c", SCRIPT];
  const { status, stdout, stderr } = spawnSync("bash", options, { cwd: folder, encoding: "utf8", env });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  return { log: stdout, output: readFileSync(env.GITHUB_OUTPUT, "utf8") };
}

test.skipIf(process.platform === "win32").each([
  ["[~] arn:aws:sns:eu-west-1:123456789012:topic", "[~] arn:aws:sns:eu-west-1:ACCOUNT:topic"],
  ["cdk-hnb659fds-assets-123456789012-eu-west-1", "cdk-hnb659fds-assets-ACCOUNT-eu-west-1"],
  ['"Endpoint": "ops+night@mail.example.co.uk"', '"Endpoint": "EMAIL"'],
  ["[-] o'brien@example.com [+] ops@example.com", "[-] EMAIL [+] EMAIL"],
  ["S3Key: 0123456789abcdef0123456789012345.zip", "S3Key: 0123456789abcdef0123456789012345.zip"],
  ["node_modules/@aws-sdk/client-dynamodb@3", "node_modules/@aws-sdk/client-dynamodb@3"],
])("the log and the comment of a difference with %j say %j", (difference, shown) => {
  const { log, output } = compare(`${difference}\n`);
  expect(log).toBe(`${shown}\n${shown}\n`);
  expect(output).toContain(`\n${shown}\n${shown}\n`);
  expect(output.split("\n")).toHaveLength(6);
});
