import { spawn, spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { APPLICATION } from "../../../infra/application.ts";
import { PROJECT_ROOT } from "../../../infra/bundling.ts";
import { TEST_KEYS } from "../../shared/local-run/local-project.ts";
import { Terminal } from "../../shared/local-run/terminal.ts";

const SECRETS = { SESSION_SECRET_KEYS: JSON.stringify(TEST_KEYS) };

/** Runs the command of `npm start`. */
function start(args: readonly string[] = [], environment: Record<string, string> = {}) {
  const child = spawn(
    process.execPath,
    [join(PROJECT_ROOT, "infra/local/start.cjs"), "--no-types", ...args],
    {
      env: { ...process.env, PORT: "0", ...SECRETS, ...environment },
    },
  );
  onTestFinished(() => void child.kill("SIGKILL"));
  const [stdout, stderr] = [new Terminal(), new Terminal()];
  child.stdout.pipe(stdout);
  child.stderr.pipe(stderr);
  const ended = new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) => {
    child.once("close", (code) => resolve({ code, stdout: stdout.text, stderr: stderr.text }));
  });
  return { child, stdout, ended };
}

test("node infra/local/start.cjs prints what to do if Node cannot run TypeScript", () => {
  // Node 24 without its types behaves like Node 20 here.
  const args = ["--no-experimental-strip-types", "infra/local/start.cjs"];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: PROJECT_ROOT,
    encoding: "utf8",
  });
  expect({ status, stdout, stderr }).toEqual({
    status: 1,
    stdout: "",
    stderr: `Node ${process.version} cannot run TypeScript. Run npm ci, and npm rebuild if npm ignores scripts. Then npm start uses the Node 24 that they install.\n`,
  });
});

describe("npm start", () => {
  test("npm start serves the project's routes until Ctrl-C", async () => {
    const { child, stdout, ended } = start();
    await stdout.until(/http:\/\/localhost:\d+\n/);
    const [url = ""] = /http:\S+/.exec(stdout.text) ?? [];
    for (const routeKey of Object.keys(APPLICATION.routesOf({ hasTable: false })))
      expect(stdout.text).toContain(`  ${routeKey} `);
    expect((await fetch(url)).headers.get("date")).toEqual(expect.any(String));
    child.kill("SIGINT");
    expect(await ended).toMatchObject({ code: 0, stderr: "" });
  });

  test.each([
    [
      "a wrong setting",
      ["-c", "lifetime=soon"],
      {},
      'The setting lifetime must be an integer number of seconds from 1 to 315360000, not "soon".\n',
    ],
    [
      "a short key",
      [],
      { SESSION_SECRET_KEYS: '["short-secret"]' },
      "SESSION_SECRET_KEYS: key 1 of the array is shorter than 32 bytes. Use 32 random bytes or more.\n",
    ],
  ])("npm start answers %s with one sentence", async (_, args, environment, sentence) => {
    expect(await start(args, environment).ended).toEqual({ code: 1, stdout: "", stderr: sentence });
  });
});
