import type { Draft } from "./draft.ts";
import type { ProjectName } from "./project-name.ts";

/**
 * Files that replace the template's, by their paths. `.txt` after a module's name keeps the compiler away
 * from it.
 */
const FILES = "infra/adopt/files";

/**
 * Writes the files with which a project begins: its README, other pages and its home page.
 *
 * @param template the template's name and version, for the changelog
 */
export function writeOwnFiles(draft: Draft, { npm, stack }: ProjectName, template: string): void {
  writeFiles(draft, "default", { NAME: npm, STACK: stack, TEMPLATE: template });
}

/** Writes the one handler that stays without the examples, its test and the data of its session. */
export function writeHandler(draft: Draft): void {
  writeFiles(draft, "without-examples", {});
}

function writeFiles(draft: Draft, name: string, values: Readonly<Record<string, string>>): void {
  const folder = `${FILES}/${name}/`;
  for (const path of draft.files.filter((file) => file.startsWith(folder))) {
    const text = draft.read(path).replace(/\{\{(\w+)\}\}/g, (_, value: string) => values[value] ?? "");
    draft.write(path.slice(folder.length).replace(/\.txt$/, ""), text);
  }
}
