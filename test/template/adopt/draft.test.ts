import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import { AdoptionError } from "../../../infra/adopt/adoption-error.ts";
import { Draft, isIgnored } from "../../../infra/adopt/draft.ts";
import { PROJECT_ROOT } from "../../../infra/bundling.ts";

let root: string;
let draft: Draft;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "draft-"));
  onTestFinished(() => rmSync(root, { recursive: true }));
  mkdirSync(join(root, "folder"));
  for (const file of ["a.txt", "folder/b.txt"]) writeFileSync(join(root, file), "one\n  two\nthree\n");
  draft = new Draft(root);
});

const read = (path: string) => readFileSync(join(root, path), "utf8");

test("a draft changes no file until it is applied, and then all of them", () => {
  draft.replace("a.txt", "one", "1");
  draft.removeLines("a.txt", (line) => line.trim() === "two");
  draft.replace("a.txt", "three\n", "3\n");
  draft.write("c.txt", "new\n");
  draft.remove("folder");
  expect([read("a.txt"), existsSync(join(root, "c.txt")), read("folder/b.txt")]).toEqual([
    "one\n  two\nthree\n",
    false,
    "one\n  two\nthree\n",
  ]);
  draft.apply();
  expect([read("a.txt"), read("c.txt")]).toEqual(["1\n3\n", "new\n"]);
  expect(existsSync(join(root, "folder"))).toBe(false);
});

test("a draft contains no file that git ignores, such as a log or the variables of a developer", () => {
  for (const file of ["start.log", "folder/npm-debug.log", ".env.local"]) writeFileSync(join(root, file), "");
  expect(new Draft(root).files).toEqual(["a.txt", "folder/b.txt"]);
});

test("every name in .gitignore is ignored, except tarballs", () => {
  const lines = readFileSync(join(PROJECT_ROOT, ".gitignore"), "utf8").trim().split("\n");
  const names = lines.map((line) => basename(line).replace("*", "any"));
  expect(names.filter((name) => !isIgnored(name))).toEqual(["any.tgz"]);
});

test("a draft lists its changes without those in a folder that it removes", () => {
  draft.replace("folder/b.txt", "one", "1");
  draft.replace("a.txt", "one", "1");
  draft.remove("folder");
  expect(draft.changes).toEqual([
    { path: "a.txt", kind: "changed" },
    { path: "folder", kind: "removed" },
  ]);
  draft.apply();
  expect(existsSync(join(root, "folder"))).toBe(false);
});

test("an edited JSON file keeps the order of its keys and ends with a newline", () => {
  draft.write("a.json", '{"b":1,"a":{"c":[]}}');
  draft.editJson<{ b: number }>("a.json", (value) => {
    value.b = 2;
  });
  expect(draft.read("a.json")).toBe('{\n  "b": 2,\n  "a": {\n    "c": []\n  }\n}\n');
});

test("a draft lists the files that the project has after its changes", () => {
  expect(draft.files).toEqual(["a.txt", "folder/b.txt"]);
  draft.remove("folder");
  expect(draft.files).toEqual(["a.txt"]);
  expect([draft.has("a.txt"), draft.has("folder"), draft.isRemoved("folder/b.txt")]).toEqual([
    true,
    false,
    true,
  ]);
});

test.each<[situation: string, change: () => void, message: string]>([
  [
    "a string is missing",
    () => draft.replace("a.txt", "four", "4"),
    'a.txt must contain "four" exactly once.',
  ],
  ["a string occurs twice", () => draft.replace("a.txt", "o", "0"), 'a.txt must contain "o" exactly once.'],
  ["a file is missing", () => draft.read("b.txt"), "b.txt does not exist"],
  ["a folder is missing", () => draft.remove("other"), "other does not exist"],
])("a draft throws an error that names the file when %s", (_situation, change, message) => {
  expect(change).toThrow(AdoptionError);
  expect(change).toThrow(message);
});

test("a draft rejects a file with Windows line endings and says how to check it out again", () => {
  writeFileSync(join(root, "a.txt"), "one\r\n  two\r\nthree\r\n");
  expect(() => draft.removeLines("a.txt", () => true)).toThrow(
    new AdoptionError(
      "a.txt has Windows line endings. Check the files out again, as .gitattributes says: git rm -rq --cached . && git reset --hard",
    ),
  );
});
