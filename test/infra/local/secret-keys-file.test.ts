import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { keptSecretKeys, turnSecretKeys } from "../../../infra/local/run/keys/secret-keys-file.ts";
import { LocalProject } from "./local-project.ts";

test("a random key is made once, in a file for its owner only, and stays", async () => {
  const { root } = await LocalProject.make();
  const file = join(root, ".local/secret-keys.json");
  const keys = await keptSecretKeys(file);
  expect(keys).toEqual([expect.stringMatching(/^[\w-]{64}$/)]);
  expect(await keptSecretKeys(file)).toEqual(keys);
  expect((await stat(file)).mode & 0o777).toBe(process.platform === "win32" ? 0o666 : 0o600);
  expect(await readFile(file, "utf8")).toBe(`${JSON.stringify(keys)}\n`);
});

test("two projects have different keys", async () => {
  const projects = [await LocalProject.make(), await LocalProject.make()];
  const [one, other] = await Promise.all(projects.map(({ root }) => keptSecretKeys(join(root, "keys.json"))));
  expect(one).not.toEqual(other);
});

test("a file with something else is named, and left alone", async () => {
  const { root } = await LocalProject.make({ "keys.json": "{}" });
  const file = join(root, "keys.json");
  await expect(keptSecretKeys(file)).rejects.toThrow(
    `${file} must be a JSON list of secret keys, newest first`,
  );
  expect(await readFile(file, "utf8")).toBe("{}");
});

describe("a turn of the keys", () => {
  test("puts a new one in front, for the owner only, and leaves nothing else behind", async () => {
    const { root } = await LocalProject.make();
    const file = join(root, "keys.json");
    const [first] = await keptSecretKeys(file);
    const keys = await turnSecretKeys(file);
    expect(keys).toEqual([expect.stringMatching(/^[\w-]{64}$/), first]);
    expect(keys[0]).not.toBe(first);
    expect(await keptSecretKeys(file)).toEqual(keys);
    expect((await stat(file)).mode & 0o777).toBe(process.platform === "win32" ? 0o666 : 0o600);
    expect(await readdir(root)).toEqual(["keys.json"]);
  });

  test("lets the eleventh go", async () => {
    const { root } = await LocalProject.make();
    const file = join(root, "keys.json");
    const [first] = await keptSecretKeys(file);
    for (let turn = 0; turn < 9; turn++) await turnSecretKeys(file);
    expect(await keptSecretKeys(file)).toHaveLength(10);
    expect((await keptSecretKeys(file)).at(-1)).toBe(first);
    expect(await turnSecretKeys(file)).toHaveLength(10);
    expect(await keptSecretKeys(file)).not.toContain(first);
  });

  test("leaves a file with something else alone", async () => {
    const { root } = await LocalProject.make({ "keys.json": "{}" });
    const file = join(root, "keys.json");
    await expect(turnSecretKeys(file)).rejects.toThrow("must be a JSON list of secret keys");
    expect(await readFile(file, "utf8")).toBe("{}");
  });
});
