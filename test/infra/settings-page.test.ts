import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { PROJECT_ROOT } from "../../infra/bundling.ts";
import { SETTINGS } from "../../infra/settings.ts";

/** The rows of docs/settings.md that begin with a setting's name, cell by cell. */
function rowsOfThePage(): string[][] {
  const page = readFileSync(join(PROJECT_ROOT, "docs/settings.md"), "utf8");
  const rows = page.split("\n").filter((line) => line.startsWith("| `"));
  return rows.map((row) =>
    row
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

function shown(value: unknown): string {
  return value === undefined || (Array.isArray(value) && value.length === 0) ? "none" : `\`${value}\``;
}

test("docs/settings.md lists every setting with its values, its default and its meaning", () => {
  const rows = Object.entries(SETTINGS).map(([name, setting]) => [
    `\`${name}\``,
    setting.kind.allowed,
    shown(setting.default),
    setting.meaning,
  ]);
  expect(rowsOfThePage().toSorted()).toEqual(rows.toSorted());
});
