/**
 * `npm run adopt -- NAME`: turns the template into your own project, and removes the workshop that proves the
 * template. `--without-demo`, `--without-examples` and `--with-package VERSION-OR-TARBALL` remove more,
 * `--with-workshop` removes nothing; `--stack NAME` names the stack; `--dry-run` lists the changes.
 */
import { PROJECT_ROOT } from "../bundling.ts";
import { type CommandOptions, readAdoptOptions } from "./adopt-options.ts";
import { draftAdoption } from "./adoption.ts";
import { AdoptionError } from "./adoption-error.ts";
import type { Draft } from "./draft.ts";
import { updateLockFile } from "./lock-file.ts";
import { tarballAdvice } from "./package-source.ts";
import type { PackageJson } from "./references/package-json.ts";
import { assertCommitted } from "./work-tree.ts";

const NEXT = "Then: npm ci && npm test, and commit.";

const LEFT = `Left to you: how to report a vulnerability in SECURITY.md, your own notice in LICENSE beside the present one, which the
MIT license requires, and the first lines of README.md.`;

try {
  adopt(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof AdoptionError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

function adopt(args: readonly string[]): void {
  const options = readAdoptOptions(args);
  if (!options.withoutGit && !options.dryRun) assertCommitted(PROJECT_ROOT);
  const draft = draftAdoption(PROJECT_ROOT, options, process.env.INIT_CWD ?? process.cwd());
  for (const { kind, path } of draft.changes) console.log(`${kind}  ${path}`);
  console.log("changed  package-lock.json");
  if (!options.dryRun) {
    draft.apply();
    updateLockFile(PROJECT_ROOT);
  }
  console.log(closing(options, draft));
}

function closing({ dryRun, name }: CommandOptions, draft: Draft): string {
  if (dryRun) return "\nNothing was changed: this was a dry run.";
  const { dependencies } = JSON.parse(draft.read("package.json")) as PackageJson;
  const advice = tarballAdvice(dependencies["lambda-sessions"] ?? "");
  const parts = [name === undefined ? undefined : LEFT, advice, NEXT];
  return `\n${parts.filter((part) => part !== undefined).join("\n")}`;
}
