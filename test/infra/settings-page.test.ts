import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { PROJECT_ROOT } from "../../infra/bundling.ts";
import { DELIVERY_SETTINGS } from "../../infra/delivery/delivery-settings.ts";
import { SETTINGS } from "../../infra/settings/settings.ts";

/** The rows of a page that begin with a setting's name, cell by cell. */
function rowsOf(page: string): string[][] {
  const text = readFileSync(join(PROJECT_ROOT, page), "utf8");
  const rows = text.split("\n").filter((line) => /^\| `[a-z]\w+` \|/.test(line));
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

test.each([
  ["docs/settings.md", SETTINGS],
  ["docs/delivery.md", DELIVERY_SETTINGS],
])("%s lists every setting with its values, its default and its meaning", (page, settings) => {
  const rows = Object.entries(settings).map(([name, setting]) => [
    `\`${name}\``,
    setting.kind.allowed,
    shown(setting.default),
    setting.meaning,
  ]);
  expect(rowsOf(page).toSorted()).toEqual(rows.toSorted());
});
