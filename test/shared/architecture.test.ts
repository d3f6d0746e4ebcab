import { globSync, readFileSync } from "node:fs";
import { basename, dirname, join, normalize, resolve } from "node:path";
import { describe, expect, test } from "vitest";

const SHARED = resolve(import.meta.dirname, "../../shared");

/** Rooms of the library. Each may import itself and the rooms before it. */
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
  "adapters",
  "oidc",
  "gateway",
  "testing",
  "local-provider",
  "local-run",
];

/** Files that may import the AWS SDK. */
const SDK_FILES = [
  "stores/dynamodb/dynamodb-store.ts",
  "stores/dynamodb/sdk/create-dynamodb-client.ts",
  "stores/dynamodb/sdk/open-table.ts",
];

/** Sources of the library, without the scripts that pack it. */
const FILES = globSync("**/*.ts", { cwd: SHARED, exclude: ["**/node_modules/**", "dist/**", "pack/**"] });

/** Files with their rooms. Entry points belong to no room. */
const ROOM_FILES = FILES.filter((file) => dirname(file) !== ".").map((file) => [file, roomOf(file)] as const);

function roomOf(file: string): string {
  return file.split("/", 1).join();
}

function textOf(file: string): string {
  return readFileSync(join(SHARED, file), "utf8");
}

/** Returns the imports of a file, including types: files relative to `shared/`, packages by name. */
function importsOf(file: string): string[] {
  const code = textOf(file).replaceAll(/^\s*(\/?\*|\/\/).*$/gm, "");
  const names = [...code.matchAll(/\b(?:from|import|getBuiltinModule|require)\s*\(?\s*["'`]([^"'`]+)/g)];
  return names.map(([, name = ""]) => (name.startsWith(".") ? normalize(join(dirname(file), name)) : name));
}

describe("rooms", () => {
  test("every folder of shared/ has its place in the order of the rooms", () => {
    expect([...new Set(ROOM_FILES.map(([, room]) => room))].sort()).toEqual([...ROOMS].sort());
  });

  test.each(ROOMS)("files in shared/%s import only from their own room and the rooms before it", (room) => {
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

  test("only the files of the DynamoDB store import the AWS SDK", () => {
    const users = FILES.filter((file) => importsOf(file).some((name) => /^(@aws-sdk|@smithy)\b/.test(name)));
    expect(users.filter((file) => !SDK_FILES.includes(file))).toEqual([]);
  });

  test("no file of the library imports the application", () => {
    const outside = FILES.flatMap(importsOf).filter((name) => name.startsWith(".."));
    expect(outside).toEqual([]);
  });
});

describe("files", () => {
  test("no folder of a room has more than 14 files", () => {
    const folders = Map.groupBy(ROOM_FILES, ([file]) => dirname(file));
    const full = [...folders].filter(([, files]) => files.length > 14).map(([folder]) => folder);
    expect(full).toEqual([]);
  });

  test("every file of the library has at most 250 lines, and nine in ten have at most 130", () => {
    const lengths = FILES.map((file) => [file, textOf(file).split("\n").length - 1] as const);
    expect(lengths.filter(([, lines]) => lines > 250)).toEqual([]);
    const long = lengths.filter(([, lines]) => lines > 130);
    expect(long.length / FILES.length, JSON.stringify(long)).toBeLessThanOrEqual(0.1);
  });

  test("every file of the library is named in kebab-case after its exports", () => {
    const kebab = /^[a-z0-9]+(-[a-z0-9]+)*\.ts$/;
    const nothing = /(^|-)(utils?|helpers?|common|misc)([-.]|$)/;
    expect(FILES.filter((file) => !kebab.test(basename(file)) || nothing.test(basename(file)))).toEqual([]);
  });
});
