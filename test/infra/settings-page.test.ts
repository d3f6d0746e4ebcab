import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { OptionTable } from "lambda-sessions/settings";
import { describe, expect, test } from "vitest";
import { PROJECT_ROOT } from "../../infra/bundling.ts";
import { DELIVERY_SETTINGS } from "../../infra/delivery/delivery-settings.ts";
import { STORAGE_NEEDS } from "../../infra/settings/session-storage.ts";
import { SETTINGS, type SettingName } from "../../infra/settings/settings.ts";

const LIBRARY = join(PROJECT_ROOT, "node_modules/lambda-sessions");

/** Returns the meanings of the settings in a file: the doc comments of its declarations, by name. */
function meaningsIn(file: string): Map<string, string> {
  const text = readFileSync(file, "utf8");
  const declarations = text.matchAll(/\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*(?:readonly )?(\w+): /g);
  return new Map([...declarations].map(([, comment = "", name = ""]) => [name, plain(comment)]));
}

function plain(comment: string): string {
  return comment
    .replaceAll(/^\s*\*/gm, "")
    .replaceAll(/\s+/g, " ")
    .trim();
}

/** Returns the meanings in a file of the library: TypeScript here, a declaration file in the package. */
function libraryMeanings(name: string): Map<string, string> {
  const [file = ""] = globSync(`**/${name}.{ts,d.ts}`, { cwd: LIBRARY, exclude: ["node_modules/**"] });
  return meaningsIn(join(LIBRARY, file));
}

function cookieMeanings(): [string, string][] {
  const capitalized = (name: string) => name.charAt(0).toUpperCase() + name.slice(1);
  return [...libraryMeanings("cookie-settings")].map(([name, meaning]) => [
    `cookie${capitalized(name)}`,
    meaning,
  ]);
}

const MEANINGS = new Map([
  ...libraryMeanings("session-settings"),
  ...cookieMeanings(),
  ...["settings/settings", "settings/stack-settings", "delivery/delivery-settings"].flatMap((file) => [
    ...meaningsIn(join(PROJECT_ROOT, `infra/${file}.ts`)),
  ]),
]);

/** Returns the rows of a page that begin with a setting's name, as arrays of cells. */
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
  const isNone = value === undefined || value === Number.POSITIVE_INFINITY || `${value}` === "";
  return isNone ? "none" : `\`${value}\``;
}

/** Returns a setting's meaning and the storage that it needs. */
function meaningOf(name: string): string | undefined {
  const storages = STORAGE_NEEDS[name as SettingName];
  const suffix = storages
    ? ` Needs ${storages.map((storage) => `\`storage=${storage}\``).join(" or ")}.`
    : "";
  return `${MEANINGS.get(name)}${suffix}`;
}

describe.each<[string, OptionTable, string]>([
  ["docs/settings.md", SETTINGS, "infra/settings/settings.ts"],
  ["docs/delivery.md", DELIVERY_SETTINGS, "infra/delivery/delivery-settings.ts"],
])("on the page %s", (page, settings, source) => {
  test.each(Object.keys(settings))("the page has a row for %s that matches its declaration", (name) => {
    const setting = settings[name];
    const row = [`\`${name}\``, setting?.kind.allowed, shown(setting?.default), meaningOf(name)];
    const rows = rowsOf(page).filter(([cell]) => cell === `\`${name}\``);
    expect(rows, `Put this row into ${page}: | ${row.join(" | ")} |`).toEqual([row]);
  });

  test("the page has no row of an unknown setting", () => {
    const names = rowsOf(page).map(([cell = ""]) => cell.replaceAll("`", ""));
    const unknown = names.filter((name) => !Object.hasOwn(settings, name));
    expect(unknown, `Remove these rows from ${page}, or declare the settings in ${source}`).toEqual([]);
  });
});
