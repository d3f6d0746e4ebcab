import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import { AdoptionError } from "../../../infra/adopt/adoption-error.ts";
import { Draft } from "../../../infra/adopt/draft.ts";

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

test("a draft changes nothing before it is applied, and then all", () => {
  draft.replace("a.txt", "one", "1");
  draft.removeLine("a.txt", "two");
  draft.replace("a.txt", /th.ee\n/, "3\n");
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

test("a draft lists its changes, but not those within what it removes", () => {
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

test("JSON keeps the order of its keys and ends with a line end", () => {
  draft.write("a.json", '{"b":1,"a":{"c":[]}}');
  draft.editJson<{ b: number }>("a.json", (value) => {
    value.b = 2;
  });
  expect(draft.read("a.json")).toBe('{\n  "b": 2,\n  "a": {\n    "c": []\n  }\n}\n');
});

test.each<[what: string, change: () => void, sentence: string]>([
  [
    "a text is not there",
    () => draft.replace("a.txt", "four", "4"),
    'a.txt should hold this exactly once, and does not: "four".',
  ],
  [
    "a text is there twice",
    () => draft.replace("a.txt", "o", "0"),
    "a.txt should hold this exactly once, and does not",
  ],
  [
    "a line is not there",
    () => draft.removeLine("a.txt", "tw"),
    "a.txt should have this line exactly once, and does not: tw",
  ],
  [
    "a file is not there",
    () => draft.read("b.txt"),
    "There is no b.txt, which was to be changed or removed.",
  ],
  [
    "a folder is not there",
    () => draft.remove("other"),
    "There is no other, which was to be changed or removed.",
  ],
])("a draft says so when %s", (_what, change, sentence) => {
  expect(change).toThrow(AdoptionError);
  expect(change).toThrow(sentence);
});
