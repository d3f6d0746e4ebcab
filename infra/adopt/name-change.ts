import { globSync } from "node:fs";
import { SETTINGS } from "../settings/settings.ts";
import { changelog } from "./changelog.ts";
import type { Draft } from "./draft.ts";
import type { PackageJson } from "./package-json.ts";
import type { ProjectName } from "./project-name.ts";
import { readme } from "./readme.ts";

/** What the template is called; a project of this name was not adopted yet. */
export const TEMPLATE = "lambda-sessions";

/** The name of the template's stack, as a word: it is said in the settings, their tests and the documentation. */
const STACK_NAME = new RegExp(`\\b${SETTINGS.stackName.default}(?![A-Za-z\\d])`, "g");

/**
 * Gives the project its own name, README and changelog, and takes out what tests this very command.
 *
 * LICENSE stays: the MIT license wants its notice kept.
 */
export function changeName(draft: Draft, root: string, name: ProjectName): void {
  const { version = "" } = JSON.parse(draft.read("package.json")) as PackageJson;
  draft.editJson<PackageJson>("package.json", (json) => {
    json.name = name.npm;
    json.description = `${name.npm}: an application with sessions, on AWS Lambda.`;
    delete json.scripts["test:adopt"];
  });
  draft.write("README.md", readme(name));
  draft.write("CHANGELOG.md", changelog(name, `${TEMPLATE} ${version}`));
  renameStack(draft, root, name.stack);
  for (const path of ["test/template/adopt", "test/template/readme.test.ts", "docs/decisions/adopt.md"])
    draft.remove(path);
  draft.removeLine(".ci/run", "step npm run test:adopt");
  draft.removeLine(".github/workflows/checks.yml", "- npm run test:adopt");
}

function renameStack(draft: Draft, root: string, stack: string): void {
  const files = globSync("{docs,infra,test}/**/*.{md,ts}", { cwd: root, exclude: ["**/node_modules/**"] });
  for (const file of files) {
    const text = draft.read(file);
    if (text.match(STACK_NAME)) draft.write(file, text.replace(STACK_NAME, stack));
  }
}
