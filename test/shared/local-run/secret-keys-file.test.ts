import { mkdir, readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readSecretKeys, rotateSecretKeys } from "../../../shared/local-run/keys/secret-keys-file.ts";
import { LocalRunError } from "../../../shared/local-run/local-run-error.ts";
import { LocalProject } from "./local-project.ts";

test("the first call creates a random key, in a file that only its owner can read", async () => {
  const { root } = await LocalProject.make();
  const file = join(root, ".local/secret-keys.json");
  const keys = await readSecretKeys(file);
  expect(keys).toEqual([expect.stringMatching(/^[\w-]{64}$/)]);
  expect(await readSecretKeys(file)).toEqual(keys);
  expect((await stat(file)).mode & 0o777).toBe(process.platform === "win32" ? 0o666 : 0o600);
  expect(await readFile(file, "utf8")).toBe(`${JSON.stringify(keys)}\n`);
});

test("two projects have different keys", async () => {
  const projects = [await LocalProject.make(), await LocalProject.make()];
  const [one, other] = await Promise.all(projects.map(({ root }) => readSecretKeys(join(root, "keys.json"))));
  expect(one).not.toEqual(other);
});

test("a file with other content is named in the error, and is not changed", async () => {
  const { root } = await LocalProject.make({ "keys.json": "{}" });
  const file = join(root, "keys.json");
  await expect(readSecretKeys(file)).rejects.toThrow(
    `${file} must be a JSON array of secret keys, newest first`,
  );
  expect(await readFile(file, "utf8")).toBe("{}");
});

describe("a folder .local that cannot be used", () => {
  const expectSentence = async (root: string, code: string) => {
    const error = await readSecretKeys(join(root, ".local/secret-keys.json")).catch((reason) => reason);
    expect(error).toBeInstanceOf(LocalRunError);
    expect(error.message).toMatch(
      new RegExp(
        `\\.local cannot be read and written \\(${code}\\)\\. Make it writable for you, or delete it; the next run creates it again\\.$`,
      ),
    );
  };

  test("a file in its place is reported in one sentence, with the remedy", async () => {
    const { root } = await LocalProject.make({ ".local": "" });
    await expectSentence(root, "E\\w+");
  });

  // The superuser writes into read-only folders, and Windows has none.
  test.skipIf(process.getuid?.() === 0 || process.platform === "win32")(
    "a folder of another user is reported in one sentence, with the remedy",
    async () => {
      const { root } = await LocalProject.make();
      await mkdir(join(root, ".local"), { mode: 0o555 });
      await expectSentence(root, "EACCES");
    },
  );
});

describe("a rotation of the keys", () => {
  test("a rotation adds a new key to the beginning of the file, and leaves no other file", async () => {
    const { root } = await LocalProject.make();
    const file = join(root, "keys.json");
    const [first] = await readSecretKeys(file);
    const keys = await rotateSecretKeys(file);
    expect(keys).toEqual([expect.stringMatching(/^[\w-]{64}$/), first]);
    expect(keys[0]).not.toBe(first);
    expect(await readSecretKeys(file)).toEqual(keys);
    expect((await stat(file)).mode & 0o777).toBe(process.platform === "win32" ? 0o666 : 0o600);
    expect(await readdir(root)).toEqual(["keys.json"]);
  });

  test("a rotation removes the eleventh key", async () => {
    const { root } = await LocalProject.make();
    const file = join(root, "keys.json");
    const [first] = await readSecretKeys(file);
    for (let turn = 0; turn < 9; turn++) await rotateSecretKeys(file);
    expect(await readSecretKeys(file)).toHaveLength(10);
    expect((await readSecretKeys(file)).at(-1)).toBe(first);
    expect(await rotateSecretKeys(file)).toHaveLength(10);
    expect(await readSecretKeys(file)).not.toContain(first);
  });

  test("a rotation does not change a file with other content", async () => {
    const { root } = await LocalProject.make({ "keys.json": "{}" });
    const file = join(root, "keys.json");
    await expect(rotateSecretKeys(file)).rejects.toThrow("must be a JSON array of secret keys");
    expect(await readFile(file, "utf8")).toBe("{}");
  });
});
