import { SETTINGS } from "../settings/settings.ts";
import type { Draft } from "./draft.ts";
import type { PackageJson } from "./package-json.ts";
import type { ProjectName } from "./project-name.ts";

/** The template's own name. A project of this name has not been adopted yet. */
export const TEMPLATE = "lambda-sessions-template";

/** Files of the project's own, with which it replaces the template's. */
const OWN_PAGES = "infra/adopt/pages";

/** The name of the template's stack, as a whole word. Settings, their tests and the docs contain it. */
const STACK_NAME = new RegExp(`\\b${SETTINGS.stackName.default}(?![A-Za-z\\d])`, "g");

/** Names the package and the stack, and replaces the template's pages. LICENSE stays, because MIT requires its notice. */
export function changeName(draft: Draft, { npm, stack }: ProjectName): void {
  const { version = "" } = JSON.parse(draft.read("package.json")) as PackageJson;
  draft.editJson<PackageJson>("package.json", (json) => {
    json.name = npm;
    json.description = `${npm}: an application with sessions, on AWS Lambda.`;
  });
  const values: Readonly<Record<string, string>> = { NAME: npm, STACK: stack, TEMPLATE: `${TEMPLATE} ${version}` };
  for (const path of draft.files.filter((file) => file.startsWith(`${OWN_PAGES}/`))) {
    const text = draft.read(path).replace(/\{\{(\w+)\}\}/g, (_, name: string) => values[name] ?? "");
    draft.write(path.slice(OWN_PAGES.length + 1), text);
  }
  for (const path of draft.files.filter((file) => /^(docs|infra|test)\/.*\.(md|ts)$/.test(file)))
    draft.write(path, draft.read(path).replace(STACK_NAME, stack));
}
