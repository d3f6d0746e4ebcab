import { globSync, readFileSync } from "node:fs";
import { basename, dirname, join, normalize, resolve } from "node:path";
import { describe, expect, test } from "vitest";

const SHARED = resolve(import.meta.dirname, "../../shared");

/** The rooms of the library. Each may import itself and the rooms before it. */
const ROOMS = [
  "options",
  "log",
  "crypto",
  "keys",
  "values",
  "session",
  "stores",
  "cookie",
  "users",
  "server-side",
  "lambda",
  "gateway",
  "testing",
];

/** The only files that may import the AWS SDK. */
const SDK_FILES = ["stores/dynamodb/dynamodb-store.ts", "stores/dynamodb/dynamodb-failure.ts"];

/** The sources of the library, without the scripts that pack it. */
const FILES = globSync("**/*.ts", { cwd: SHARED, exclude: ["**/node_modules/**", "dist/**", "pack/**"] });

/** A file of a room, and the room. Entry points are in none. */
const ROOM_FILES = FILES.filter((file) => dirname(file) !== ".").map((file) => [file, roomOf(file)] as const);

function roomOf(file: string): string {
  return file.split("/", 1).join();
}

function textOf(file: string): string {
  return readFileSync(join(SHARED, file), "utf8");
}

/** Returns the imports of a file, types too: files relative to `shared/`, packages by name. */
function importsOf(file: string): string[] {
  const code = textOf(file).replaceAll(/^\s*(\/?\*|\/\/).*$/gm, "");
  const names = [...code.matchAll(/\b(?:from|import|getBuiltinModule|require)\s*\(?\s*["'`]([^"'`]+)/g)];
  return names.map(([, name = ""]) => (name.startsWith(".") ? normalize(join(dirname(file), name)) : name));
}

describe("the rooms of the library", () => {
  test("are the folders of shared/, each of them in the order", () => {
    expect([...new Set(ROOM_FILES.map(([, room]) => room))].sort()).toEqual([...ROOMS].sort());
  });

  test.each(ROOMS)("let %s import only itself and the rooms before it", (room) => {
    const allowed = ROOMS.slice(0, ROOMS.indexOf(room) + 1);
    const files = ROOM_FILES.filter(([, own]) => own === room).map(([file]) => file);
    const stray = files.flatMap((file) =>
      importsOf(file)
        .filter((name) => /\.ts$/.test(name) && !allowed.includes(roomOf(name)))
        .map((name) => `${file} imports ${name}`),
    );
    expect(files).not.toEqual([]);
    expect(stray).toEqual([]);
  });

  test("import the AWS SDK in the files of the DynamoDB store only", () => {
    const users = FILES.filter((file) => importsOf(file).some((name) => /^(@aws-sdk|@smithy)\b/.test(name)));
    expect(users.filter((file) => !SDK_FILES.includes(file))).toEqual([]);
  });

  test("import nothing of the application", () => {
    const outside = FILES.flatMap(importsOf).filter((name) => name.startsWith(".."));
    expect(outside).toEqual([]);
  });
});

describe("the files of the library", () => {
  test("are at most 14 to a folder", () => {
    const folders = Map.groupBy(FILES, dirname);
    const full = [...folders].filter(([, files]) => files.length > 14).map(([folder]) => folder);
    expect(full).toEqual([]);
  });

  test("have 250 lines at most, and nine in ten have 130 or fewer", () => {
    const lengths = FILES.map((file) => [file, textOf(file).split("\n").length - 1] as const);
    expect(lengths.filter(([, lines]) => lines > 250)).toEqual([]);
    const long = lengths.filter(([, lines]) => lines > 130);
    expect(long.length / FILES.length, JSON.stringify(long)).toBeLessThanOrEqual(0.1);
  });

  test("are named in kebab-case after what they export", () => {
    const kebab = /^[a-z0-9]+(-[a-z0-9]+)*\.ts$/;
    const nothing = /(^|-)(utils?|helpers?|common|misc)([-.]|$)/;
    expect(FILES.filter((file) => !kebab.test(basename(file)) || nothing.test(basename(file)))).toEqual([]);
  });
});
