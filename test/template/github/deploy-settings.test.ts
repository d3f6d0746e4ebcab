import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { scriptsWith } from "./workflow.ts";

const folder = mkdtempSync(join(tmpdir(), "deploy-settings-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** The file with the calls of `npx`: each argument with a zero byte after it. */
const CALLS = join(folder, "calls");

/** Runs a step's script as GitHub does, with an `npx` that records its arguments. */
function run(script: string, settings: string) {
  const npx = join(folder, "npx");
  writeFileSync(npx, `#!/bin/sh\nprintf '%s\\0' "$@" >> "${CALLS}"\nexit "\${NPX_STATUS:-0}"\n`);
  chmodSync(npx, 0o755);
  writeFileSync(CALLS, "");
  const file = join(folder, "step.sh");
  writeFileSync(file, script);
  const env = { PATH: [folder, process.env.PATH].join(delimiter), SETTINGS: settings };
  const runWith = (more: NodeJS.ProcessEnv) =>
    spawnSync("bash", ["-e", file], { cwd: folder, encoding: "utf8", env: { ...env, ...more } });
  const { status, stderr } = runWith({});
  const args = readFileSync(CALLS, "utf8").split("\0").slice(0, -1);
  const own = args.indexOf("stage=prod") + 1;
  return {
    ...{ status, stderr, command: args.slice(0, own), settings: args.slice(own) },
    failure: () => runWith({ NPX_STATUS: "1" }).status,
  };
}

const BOTH = ["-c", "alarmEmail=ops@example.com", "-c", "domainName=app.example.com"];

// The scripts are for GitHub's runners.
describe.skipIf(process.platform === "win32").each([
  ["deploy.yml", "cdk deploy"],
  ["diff.yml", "cdk synth"],
])("the variable AWS_DEPLOY_SETTINGS in %s", (file, command) => {
  const [script = "", ...others] = scriptsWith(file, "SETTINGS");

  test("one step reads the settings of the deployment, and none loses a failure of the CDK", () => {
    expect(others).toEqual([]);
    const { command: called, failure } = run(script, "");
    expect(called.slice(0, 2).join(" ")).toBe(command);
    expect(failure()).not.toBe(0);
  });

  test.each([
    ["on one line", "-c alarmEmail=ops@example.com -c domainName=app.example.com"],
    ["on two lines", "-c alarmEmail=ops@example.com\n-c domainName=app.example.com"],
    ["with a line break inside an option", "-c\nalarmEmail=ops@example.com -c domainName=app.example.com\n"],
    ["with Windows line ends", "-c alarmEmail=ops@example.com\r\n-c domainName=app.example.com\r\n"],
    ["with empty lines", "\n\n-c alarmEmail=ops@example.com\n \n\t\n-c domainName=app.example.com\n\n"],
    ["in quotes", "-c \"alarmEmail=ops@example.com\"\n-c domainName='app.example.com'"],
  ])("all settings %s reach the CDK", (_, settings) => {
    expect(run(script, settings)).toMatchObject({ status: 0, stderr: "", settings: BOTH });
  });

  test.each([
    ["nothing", ""],
    ["only white space", " \n\r\n "],
  ])("a variable that contains %s adds no argument", (_, settings) => {
    expect(run(script, settings)).toMatchObject({ status: 0, settings: [] });
  });

  test("a value in quotes may contain spaces, and no character has a meaning for the shell", () => {
    const settings = `-c "trustedOrigins=https://a.example, https://b.example" -c a=$(id)*;\`id\`&|>x`;
    expect(run(script, settings).settings).toEqual([
      ...["-c", "trustedOrigins=https://a.example, https://b.example"],
      ...["-c", "a=$(id)*;`id`&|>x"],
    ]);
  });

  test.each(["-c alarmEmail='ops@example.com", '-c a=1\n-c b="2\n-c c=3"'])(
    "an unclosed quote ends the job before the CDK runs: %j",
    (settings) => {
      const { status, stderr, command: called } = run(script, settings);
      expect(status).not.toBe(0);
      expect(stderr).toMatch(/unmatched (single|double) quote/);
      expect(called).toEqual([]);
    },
  );
});
