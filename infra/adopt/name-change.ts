import { SETTINGS } from "../settings/settings.ts";
import type { Draft } from "./draft.ts";
import type { ProjectName } from "./project-name.ts";
import type { PackageJson } from "./references/package-json.ts";

/** The template's own name. A project of this name has not been adopted yet. */
export const TEMPLATE = "lambda-sessions-template";

/** The name of the template's stack, as a whole word. Settings, their tests and the docs contain it. */
const STACK_NAME = new RegExp(`\\b${SETTINGS.stackName.default}(?![A-Za-z\\d])`, "g");

/** Names the package and the stack. LICENSE stays, because the MIT license requires its notice. */
export function changeName(draft: Draft, { npm, stack }: ProjectName): void {
  draft.editJson<PackageJson>("package.json", (json) => {
    json.name = npm;
    json.description = `${npm}: an application with sessions, on AWS Lambda.`;
  });
  for (const path of draft.files.filter((file) => /^(docs|infra|test)\/.*\.(md|ts)$/.test(file)))
    draft.write(path, draft.read(path).replace(STACK_NAME, stack));
}
