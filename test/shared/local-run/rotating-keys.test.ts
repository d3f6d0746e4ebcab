import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { keyId } from "lambda-sessions/keys";
import { describe, expect, test } from "vitest";
import { PROJECT_ROOT } from "../../../infra/bundling.ts";
import { rotateSecretKeys, SECRET_KEYS_FILE } from "../../../shared/local-run/keys/secret-keys-file.ts";
import { makeBarrier } from "./barrier.ts";
import { runProject } from "./local-project.ts";

const FILES = { "keys.ts": "export const handler = () => process.env.SESSION_SECRET_KEYS;" };
const ROUTES = { "GET /keys": "keys.ts" };

/** Runs a server with its own secret keys, in a file that may change. */
async function runWithFile(files: Readonly<Record<string, string>> = FILES, environment = {}) {
  const running = await runProject(files, ROUTES, { secretKeys: undefined as never, environment });
  const file = join(running.project.root, SECRET_KEYS_FILE);
  const keys = async (): Promise<string[]> => JSON.parse(await (await fetch(`${running.url}/keys`)).text());
  return { ...running, file, keys };
}

describe("a rotation of the secret keys during a local run", () => {
  test("rotated keys apply at the next event, and their ids are printed", async () => {
    const { file, keys, terminal } = await runWithFile();
    const [first = ""] = await keys();
    const turned = await rotateSecretKeys(file);
    expect(await keys()).toEqual(turned);
    expect(turned).toEqual([expect.any(String), first]);
    expect(terminal.text).toContain(
      `The secret keys are now ${turned.map(keyId).join(", ")}; the first one signs.\n`,
    );
    for (const key of turned) expect(terminal.text).not.toContain(key);
  });

  test("npm run rotate-key rotates the keys of a running server, and prints no key", async () => {
    const { project, keys } = await runWithFile();
    const [first = ""] = await keys();
    const script = join(PROJECT_ROOT, "infra/local/rotate-key.ts");
    const { stdout } = await promisify(execFile)(process.execPath, [script, project.root], { env: {} });
    const [newest = "", ...others] = await keys();
    expect(others).toEqual([first]);
    expect(stdout).toBe(`The key ${keyId(newest)} signs from now on. These still verify: ${keyId(first)}.\n`);
  });

  test("npm run rotate-key rejects a folder that does not exist, and creates none", async () => {
    const { project } = await runWithFile();
    const script = join(PROJECT_ROOT, "infra/local/rotate-key.ts");
    const missing = join(project.root, "--help");
    const rotation = promisify(execFile)(process.execPath, [script, missing], { env: {} });
    await expect(rotation).rejects.toMatchObject({
      code: 1,
      stderr: `There is no folder ${missing}. Give the folder of a project, or nothing for this one.\n`,
    });
    expect(existsSync(missing)).toBe(false);
  });

  test("the previous keys apply while the file is invalid, and a message says so once", async () => {
    const { project, file, keys, terminal } = await runWithFile();
    const before = await keys();
    await project.write(SECRET_KEYS_FILE, "[]");
    expect(await keys()).toEqual(before);
    expect(await keys()).toEqual(before);
    expect(terminal.text.match(/contains no key, .* The previous keys still apply\.\n/g)).toHaveLength(1);
    await project.write(SECRET_KEYS_FILE, JSON.stringify(before));
    expect(await rotateSecretKeys(file)).toEqual(await keys());
  });

  test("a running event keeps the keys that it started with", async () => {
    const barrier = await makeBarrier();
    const waiting =
      "let first = true; export const handler = async () => { if (first) { first = false; await fetch(process.env.BARRIER); } return process.env.SESSION_SECRET_KEYS; };";
    const { file, keys } = await runWithFile({ "keys.ts": waiting }, { BARRIER: barrier.url });
    const before = JSON.parse(await readFile(file, "utf8"));
    const underWay = keys();
    await barrier.waiting(1);
    const turned = await rotateSecretKeys(file);
    barrier.open();
    expect(await keys()).toEqual(turned);
    expect(await underWay).toEqual(before);
  });
});
