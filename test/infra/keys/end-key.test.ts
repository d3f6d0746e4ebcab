import { execFile } from "node:child_process";
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { formatKeyRing, keyId } from "lambda-sessions/keys";
import { describe, expect, onTestFinished, test } from "vitest";
import { PROJECT_ROOT } from "../../../infra/bundling.ts";
import { SETTINGS } from "../../../infra/settings/settings.ts";
import { keysIn } from "../../shared/keys/key-witness.ts";

const [A, B, C] = ["a", "b", "c"].map((letter) => letter.repeat(40)) as [string, string, string];
const DATE = Date.UTC(2026, 0, 1) / 1000;
const RING = {
  current: { key: A, signs: DATE },
  next: { key: B, born: DATE },
  previous: [{ key: C, retired: DATE }],
};

/**
 * The AWS CLI, as far as the command calls it, with its state in a file. It takes a secret's text from a file only, and
 * moves a label only from where it is.
 */
const AWS = `#!${process.execPath}
const fs = require("node:fs");
const state = JSON.parse(fs.readFileSync(process.env.FAKE_AWS_STATE, "utf8"));
const args = process.argv.slice(2);
const option = (name) => args[args.indexOf(name) + 1];
const fail = (text) => { console.error("\\nAn error occurred " + text); process.exit(254); };
const answer = (value) => console.log(JSON.stringify(value));
state.calls.push(args);
if (state.failure && args[1] === state.failure[0]) fail(state.failure[1]);
switch (args[1]) {
  case "list-stack-resources":
    if (option("--stack-name") !== state.stack) fail("(ValidationError): Stack does not exist");
    answer({ StackResourceSummaries: [
      { ResourceType: "AWS::SecretsManager::Secret", LogicalResourceId: "OtherKeys", PhysicalResourceId: "arn:other" },
      { ResourceType: "AWS::SecretsManager::Secret", LogicalResourceId: "SecretKeys1234", PhysicalResourceId: "arn:keys" },
      { ResourceType: "AWS::Lambda::Function", LogicalResourceId: "Home", PhysicalResourceId: "home-1" },
      { ResourceType: "AWS::Lambda::Function", LogicalResourceId: "Get", PhysicalResourceId: "get-1" },
    ] });
    break;
  case "get-secret-value": answer({ VersionId: state.stages.AWSCURRENT, SecretString: state.versions[state.stages.AWSCURRENT] }); break;
  case "describe-secret": answer({ RotationEnabled: state.rotated }); break;
  case "put-secret-value": {
    const url = option("--secret-string");
    if (!url.startsWith("file://")) fail("(the fake): a secret among the arguments");
    state.mode = fs.statSync(new URL(url)).mode & 0o777;
    const id = "v" + Object.keys(state.versions).length;
    state.versions[id] = fs.readFileSync(new URL(url), "utf8");
    state.stages[option("--version-stages")] = id;
    if (state.meanwhile) state.stages.AWSCURRENT = state.meanwhile;
    answer({ VersionId: id });
    break;
  }
  case "update-secret-version-stage": {
    const stage = option("--version-stage");
    if (state.stages[stage] !== option("--remove-from-version-id")) fail("(InvalidParameterException) when calling");
    if (args.includes("--move-to-version-id")) state.stages[stage] = option("--move-to-version-id");
    else delete state.stages[stage];
    answer({});
    break;
  }
}
fs.writeFileSync(process.env.FAKE_AWS_STATE, JSON.stringify(state));
`;

/** A deployed stack in a folder, with an `aws` that knows it. */
async function deploy(changes: object = {}) {
  const folder = await mkdtemp(join(tmpdir(), "fake-aws-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const [aws, file] = [join(folder, "aws"), join(folder, "state.json")];
  await writeFile(aws, AWS);
  await chmod(aws, 0o755);
  const versions = { v0: formatKeyRing(RING, '{"OTHER":1}'), other: formatKeyRing(RING) };
  const first = {
    stack: SETTINGS.stackName.default,
    rotated: true,
    versions,
    stages: { AWSCURRENT: "v0" },
    calls: [],
  };
  await writeFile(file, JSON.stringify({ ...first, ...changes }));
  const environment = {
    FAKE_AWS_STATE: file,
    PATH: [folder, dirname(process.execPath)].join(delimiter),
    TMPDIR: folder,
  };
  return { folder, state: async () => JSON.parse(await readFile(file, "utf8")), environment };
}

/** Runs what `npm run end-key -- …` runs. */
function run(environment: NodeJS.ProcessEnv, ...args: string[]) {
  return new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    const script = join(PROJECT_ROOT, "infra/keys/end-key.ts");
    execFile(process.execPath, [script, ...args], { env: environment }, (error, stdout, stderr) =>
      resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
    );
  });
}

const CHANGES = /^(put|update|rotate)-/;

async function changesOf(state: () => Promise<{ calls: string[][] }>): Promise<(string | undefined)[]> {
  return (await state()).calls.map(([, action]) => action).filter((action) => CHANGES.test(action ?? ""));
}

describe.skipIf(process.platform === "win32")("npm run end-key", () => {
  test("shows the keys by their ids and dates, and changes nothing", async () => {
    const { environment, state } = await deploy();
    expect(await run(environment)).toEqual({
      code: 0,
      stdout: [
        `${keyId(A)}  signs     signs 2026-01-01`,
        `${keyId(B)}  next      made 2026-01-01`,
        `${keyId(C)}  verifies  retired 2026-01-01`,
        "",
      ].join("\n"),
      stderr: "",
    });
    expect(await changesOf(state)).toEqual([]);
  });

  test.each([["--rotate"], ["--key", keyId(A)]])(
    "tells what %s would do, and does nothing without --yes",
    async (...args) => {
      const { environment, state } = await deploy();
      const { code, stdout } = await run(environment, ...args);
      expect(code).toBe(0);
      expect(stdout).toMatch(/\nNothing was changed\. With --yes it is done\.\n$/);
      expect(await changesOf(state)).toEqual([]);
    },
  );

  test("ends the key that signs: the next one signs, and all functions begin anew", async () => {
    const { environment, state, folder } = await deploy();
    const { stdout, stderr } = await run(environment, "--key", keyId(A), "--yes");
    expect(stderr).toBe("");
    expect(stdout).toMatch(/\nDone\.\n$/);
    const { versions, stages, mode, calls } = await state();
    const text = versions[stages.AWSCURRENT];
    expect(keysIn(text)).toEqual([B, expect.stringMatching(/^[\w-]{64}$/), C]);
    expect(JSON.parse(text).OTHER).toBe(1);
    expect(stages).toEqual({ AWSCURRENT: "v2" });
    expect(mode).toBe(0o600);
    const restarted = calls
      .filter(([service]: string[]) => service === "lambda")
      .map((call: string[]) => call[3]);
    expect(restarted).toEqual(["home-1", "get-1"]);
    expect((await readdir(folder)).toSorted()).toEqual(["aws", "state.json"]);
    for (const key of [A, B, C]) expect(`${stdout}${JSON.stringify(calls)}`).not.toContain(key);
  });

  test("ends a key that only verifies", async () => {
    const { environment, state } = await deploy();
    await run(environment, "--key", keyId(C), "--yes");
    const { versions, stages } = await state();
    expect(keysIn(versions[stages.AWSCURRENT])).toEqual([A, B]);
  });

  test("has Secrets Manager rotate the keys", async () => {
    const { environment, state } = await deploy();
    expect((await run(environment, "--rotate", "--yes")).stdout).toMatch(/\nDone\.\n$/);
    expect(await changesOf(state)).toEqual(["rotate-secret"]);
  });

  test("rotates them itself where the schedule is off, and drops none", async () => {
    const { environment, state } = await deploy({ rotated: false });
    await run(environment, "--rotate", "--yes");
    const { versions, stages } = await state();
    expect(keysIn(versions[stages.AWSCURRENT])).toEqual([B, expect.any(String), A, C]);
    expect((await run(environment, "--rotate", "--yes")).stdout).toContain("rotate again then");
    expect(keysIn((await state()).versions[(await state()).stages.AWSCURRENT])).toHaveLength(4);
  });

  test("changes nothing when somebody else did at the same time", async () => {
    const { environment, state } = await deploy({ meanwhile: "other" });
    expect(await run(environment, "--key", keyId(A), "--yes")).toMatchObject({
      code: 1,
      stderr: "Somebody else changed the keys at the same time. Nothing was changed; try again.\n",
    });
    expect((await state()).stages).toEqual({ AWSCURRENT: "other" });
  });

  test("takes the stack by its name", async () => {
    const { environment } = await deploy({ stack: "Shop-prod" });
    expect((await run(environment, "--stack", "Shop-prod")).code).toBe(0);
    expect(await run(environment)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("Stack does not exist"),
    });
  });

  test.each([
    ["both at once", ["--key", "00000000", "--rotate"], "Give --rotate or --key ID, and not both.\n"],
    ["an unknown option", ["--now"], /Unknown option '--now'/],
  ])("answers %s with one sentence", async (_, args, sentence) => {
    const { environment } = await deploy();
    const { code, stderr } = await run(environment, ...args);
    expect(code).toBe(1);
    expect(stderr).toMatch(sentence);
  });

  test("names the functions that did not begin anew, and tries all when it is run once more", async () => {
    const { environment, state } = await deploy({ failure: ["update-function-configuration", "(Conflict)"] });
    const first = await run(environment, "--key", keyId(A), "--yes");
    expect(first.code).toBe(1);
    expect(first.stderr).toMatch(/did not begin anew; run the same command once more:\nhome-1: .*\nget-1: /);
    const { versions, stages } = await state();
    expect(keysIn(versions[stages.AWSCURRENT])).not.toContain(A);
    const second = await run(environment, "--key", keyId(A), "--yes");
    expect(second.stdout).toContain(`There is no key ${keyId(A)} in the list. All functions begin anew`);
    expect(second.stderr).toMatch(/did not begin anew.*\nhome-1: .*\nget-1: /);
  });

  test("answers a secret in another form without telling it", async () => {
    const { environment } = await deploy({ versions: { v0: "a-secret-text" } });
    const { code, stdout, stderr } = await run(environment);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^the secret must be JSON/);
    expect(stdout + stderr).not.toContain("a-secret-text");
  });

  test("says so where there is no AWS CLI", async () => {
    expect(await run({ PATH: "/nowhere" })).toMatchObject({
      code: 1,
      stderr: "The AWS CLI is not installed: https://aws.amazon.com/cli/\n",
    });
  });

  test("hands on what the AWS CLI says", async () => {
    const { environment } = await deploy({ failure: ["get-secret-value", "(AccessDeniedException)"] });
    expect(await run(environment)).toMatchObject({
      code: 1,
      stderr: "An error occurred (AccessDeniedException)\n",
    });
  });
});
