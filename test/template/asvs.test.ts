import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { PROJECT_ROOT } from "../../infra/bundling.ts";

/** Requirements of OWASP ASVS 5.0.0, chapter V7, and their levels (5.0/en/0x16-V7-Session-Management.md). */
const REQUIREMENTS: Readonly<Record<string, readonly number[]>> = {
  "7.1": [2, 2, 2],
  "7.2": [1, 1, 1, 1],
  "7.3": [2, 2],
  "7.4": [1, 1, 2, 2, 2],
  "7.5": [2, 2, 3],
  "7.6": [2, 2],
};

const textOf = (path: string): string => readFileSync(join(PROJECT_ROOT, path), "utf8");

/** The rows of the page's tables that begin with the number of a requirement, as arrays of cells. */
const ROWS = [...textOf("docs/asvs.md").matchAll(/^\| \*\*([\d.]+)\*\* .+\|$/gm)].map(([row, id = ""]) => {
  const [, level = "", how = "", tests = ""] = row.split(" |");
  return { id, level: Number(level), how, tests };
});

/** Every test that the page names. */
const TESTS = ROWS.flatMap(({ id, tests }) =>
  [...tests.matchAll(/`([^`]+)`: ((?:"[^"]+"(?:, )?)+)/g)].flatMap(([, file = "", titles = ""]) =>
    [...titles.matchAll(/"([^"]+)"/g)].map(([, title = ""]) => ({ id, file, title })),
  ),
);

test("the page has each requirement of the chapter once, in order, with its level", () => {
  const expected = Object.entries(REQUIREMENTS).flatMap(([section, levels]) =>
    levels.map((level, index) => [`${section}.${index + 1}`, level]),
  );
  expect(ROWS.map(({ id, level }) => [id, level])).toEqual(expected);
});

test.each(ROWS)("the page names a test or a duty of the application for $id", ({ id, how }) => {
  const isVerified = TESTS.some((named) => named.id === id);
  expect(isVerified || how.includes("**Yours:**")).toBe(true);
});

test.each(TESTS)('$file has the test "$title", which the page names for $id', ({ file, title }) => {
  const literal = title.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
  expect(textOf(file)).toMatch(new RegExp(`\\(\\s*(["\`])${literal}\\1,`));
});

test("the tests column of the page contains nothing but tests", () => {
  const rest = ROWS.map(({ tests }) =>
    tests.replaceAll(/`[^`]+`: ("[^"]+"(, |(?=;|<|$)))+|; |<!-- \/?(examples|library) -->/g, "").trim(),
  );
  expect(rest).toEqual(ROWS.map(() => ""));
});
