import { execFile } from "node:child_process";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { formatKeyRing, keyId } from "lambda-sessions/keys";
import { describe, expect, test, vi } from "vitest";
import { PROJECT_ROOT } from "../../../infra/bundling.ts";
import { KeyCommandError } from "../../../infra/keys/aws-cli.ts";
import { runKeyCommand } from "../../../infra/keys/end-key.ts";
import { keysIn } from "../../shared/keys/key-witness.ts";
import { fakeDeployment } from "./fake-aws-cli.ts";

const [A, B, C] = ["a", "b", "c"].map((letter) => letter.repeat(40)) as [string, string, string];
const DATE = Date.UTC(2026, 0, 1) / 1000;
const RING = {
  current: { key: A, signsSince: DATE },
  next: { key: B, createdAt: DATE },
  previous: [{ key: C, retiredAt: DATE }],
};

/** Deploys a stack with a key ring to the fake AWS. */
function deploy(changes: object = {}, temporary?: string) {
  const versions = { v0: formatKeyRing(RING, '{"OTHER":"ü"}'), other: formatKeyRing(RING) };
  return fakeDeployment({ versions, stages: { AWSCURRENT: "v0" }, ...changes }, temporary);
}

/** Does what `npm run end-key -- …` does, in this process. */
async function run(environment: Readonly<Record<string, string>>, ...args: string[]) {
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  const lines: string[] = [];
  const failure = await runKeyCommand(args, (line) => lines.push(`${line}\n`)).then(
    () => undefined,
    (error: unknown) => error,
  );
  if (failure !== undefined && !(failure instanceof KeyCommandError)) throw failure;
  return { code: failure ? 1 : 0, stdout: lines.join(""), stderr: failure ? `${failure.message}\n` : "" };
}

/** Runs `npm run end-key -- …`. */
function runScript(environment: NodeJS.ProcessEnv, ...args: string[]) {
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
  test("npm run end-key without options lists the keys by their ids and dates and changes nothing", async () => {
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
    "npm run end-key with %s but without --yes only prints what it would do",
    async (...args) => {
      const { environment, state } = await deploy();
      const { code, stdout } = await run(environment, ...args);
      expect(code).toBe(0);
      expect(stdout).toMatch(/\nNothing was changed\. Add --yes to do it\.\n$/);
      expect(await changesOf(state)).toEqual([]);
    },
  );

  test("npm run end-key ends the signing key: the next key signs, and all functions are restarted", async () => {
    const { environment, state, temporaryFolder } = await deploy();
    const { stdout, stderr } = await run(environment, "--key", keyId(A), "--yes");
    expect(stderr).toBe("");
    expect(stdout).toMatch(/\nDone\.\n$/);
    const { versions, stages, mode, calls } = await state();
    const text = versions[stages.AWSCURRENT];
    expect(keysIn(text)).toEqual([B, expect.stringMatching(/^[\w-]{64}$/), C]);
    expect(JSON.parse(text).OTHER).toBe("ü");
    expect(stages).toEqual({ AWSCURRENT: "v2" });
    expect(mode).toBe(0o600);
    const restarted = calls
      .filter(([service]: string[]) => service === "lambda")
      .map((call: string[]) => call[3]);
    expect(restarted).toEqual(["home-1", "get-1"]);
    expect(await readdir(temporaryFolder)).toEqual([]);
    for (const key of [A, B, C]) expect(`${stdout}${JSON.stringify(calls)}`).not.toContain(key);
  });

  test.each(["a folder", "Jürgen 東京", "100%20", "a#b?c"])(
    "npm run end-key ends a key where the folder for temporary files is named %s",
    async (name) => {
      const { environment, state } = await deploy({}, name);
      const { stdout, stderr } = await run(environment, "--key", keyId(C), "--yes");
      expect(stderr).toBe("");
      expect(stdout).toMatch(/\nDone\.\n$/);
      const { versions, stages } = await state();
      expect(keysIn(versions[stages.AWSCURRENT])).toEqual([A, B]);
    },
  );

  test("npm run end-key ends a key that only verifies, and the other keys stay", async () => {
    const { environment, state } = await deploy();
    await run(environment, "--key", keyId(C), "--yes");
    const { versions, stages } = await state();
    expect(keysIn(versions[stages.AWSCURRENT])).toEqual([A, B]);
  });

  test("npm run end-key starts a rotation by Secrets Manager if the secret has a schedule", async () => {
    const { environment, state } = await deploy();
    expect((await run(environment, "--rotate", "--yes")).stdout).toMatch(/\nDone\.\n$/);
    expect(await changesOf(state)).toEqual(["rotate-secret"]);
  });

  test("npm run end-key rotates the keys itself if the secret has no schedule, and drops none", async () => {
    const { environment, state } = await deploy({ rotated: false });
    await run(environment, "--rotate", "--yes");
    const { versions, stages } = await state();
    expect(keysIn(versions[stages.AWSCURRENT])).toEqual([B, expect.any(String), A, C]);
    expect((await run(environment, "--rotate", "--yes")).stdout).toContain("Rotate again then");
    expect(keysIn((await state()).versions[(await state()).stages.AWSCURRENT])).toHaveLength(4);
  });

  test("npm run end-key changes nothing if the keys were changed by someone else at the same time", async () => {
    const { environment, state } = await deploy({ meanwhile: "other" });
    expect(await run(environment, "--key", keyId(A), "--yes")).toMatchObject({
      code: 1,
      stderr:
        "The keys were changed by someone else at the same time, so nothing was changed here. Run the command again.\n",
    });
    expect((await state()).stages).toEqual({ AWSCURRENT: "other" });
  });

  test("npm run end-key changes the stack that --stack names", async () => {
    const { environment } = await deploy({ stack: "Shop-prod" });
    expect((await run(environment, "--stack", "Shop-prod")).code).toBe(0);
    expect(await run(environment)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("Stack does not exist"),
    });
  });

  test.each([
    [
      "--rotate together with --key",
      ["--key", "00000000", "--rotate"],
      "--rotate and --key ID cannot be combined. Leave one of them out.\n",
    ],
    [
      "an unknown option",
      ["--now"],
      "Unknown option '--now'. The command takes --stack NAME, --key ID, --rotate and --yes.\n",
    ],
  ])("npm run end-key rejects %s with an error that names the option", async (_, args, sentence) => {
    const { environment } = await deploy();
    const { code, stderr } = await run(environment, ...args);
    expect(code).toBe(1);
    expect(stderr).toMatch(sentence);
  });

  test("npm run end-key names the functions that were not restarted, and tries all of them again when it is run again", async () => {
    const { environment, state } = await deploy({ failure: ["update-function-configuration", "(Conflict)"] });
    const first = await run(environment, "--key", keyId(A), "--yes");
    expect(first.code).toBe(1);
    expect(first.stderr).toMatch(/were not restarted\. Run the same command again:\nhome-1: .*\nget-1: /);
    const { versions, stages } = await state();
    expect(keysIn(versions[stages.AWSCURRENT])).not.toContain(A);
    const second = await run(environment, "--key", keyId(A), "--yes");
    expect(second.stdout).toContain(`The list contains no key ${keyId(A)}. All functions are restarted`);
    expect(second.stderr).toMatch(/were not restarted.*\nhome-1: .*\nget-1: /);
  });

  test("npm run end-key rejects a secret in another format without printing it", async () => {
    const { environment } = await deploy({ versions: { v0: "a-secret-text" } });
    const { code, stdout, stderr } = await run(environment);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^the secret must be JSON/);
    expect(stdout + stderr).not.toContain("a-secret-text");
  });

  test("npm run end-key says that a response of the AWS CLI is no JSON object without printing it", async () => {
    const { environment } = await deploy({ notice: "a notice" });
    const { code, stdout, stderr } = await runScript(environment);
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toBe(
      "aws secretsmanager get-secret-value did not print a JSON object alone. Let nothing else print to the output of aws.\n",
    );
  });

  test("npm run end-key asks to install the AWS CLI if it is not installed", async () => {
    expect(await run({ PATH: "/nowhere" })).toMatchObject({
      code: 1,
      stderr: "The AWS CLI is not installed. Install it: https://aws.amazon.com/cli/\n",
    });
  });

  test("npm run end-key prints the error message of the AWS CLI, and ends with the exit code 1", async () => {
    const { environment } = await deploy({ failure: ["get-secret-value", "(AccessDeniedException)"] });
    expect(await runScript(environment)).toMatchObject({
      code: 1,
      stderr: "An error occurred (AccessDeniedException)\n",
    });
  });

  test("npm run end-key ends with an error if the AWS CLI asks for the code of a second factor without a terminal", async () => {
    const { environment } = await deploy({ secondFactor: true });
    const { code, stderr } = await runScript(environment);
    expect([code, stderr]).toEqual([1, "An error occurred (the fake): EOF when reading a line\n"]);
  });
});
