import type { AdoptOptions } from "./adopt-options.ts";
import { AdoptionError } from "./adoption-error.ts";
import { removeDemo } from "./demo-removal.ts";
import { Draft } from "./draft.ts";
import { changeName, TEMPLATE } from "./name-change.ts";
import type { PackageJson } from "./package-json.ts";
import { projectName } from "./project-name.ts";

/**
 * The changes that make the template somebody's own project.
 *
 * @throws AdoptionError with one sentence, when the project has a name already, is asked for nothing, or is not as the
 * changes expect it
 */
export function draftAdoption(
  root: string,
  options: Pick<AdoptOptions, "name" | "stack" | "withoutDemo">,
): Draft {
  const draft = new Draft(root);
  const { name: present } = JSON.parse(draft.read("package.json")) as PackageJson;
  assertSense(present, options);
  if (options.name !== undefined) changeName(draft, root, projectName(options.name, options.stack));
  if (options.withoutDemo) removeDemo(draft);
  return draft;
}

function assertSense(
  present: string,
  { name, stack, withoutDemo }: Parameters<typeof draftAdoption>[1],
): void {
  const isAdopted = present !== TEMPLATE;
  if (isAdopted && (name !== undefined || stack !== undefined || !withoutDemo))
    throw new AdoptionError(
      `This project was adopted already, as ${present}; what is left to do is npm run adopt -- --without-demo.`,
    );
  if (!isAdopted && (name === undefined || name === TEMPLATE))
    throw new AdoptionError("Say what your project is called: npm run adopt -- NAME, such as web-shop.");
}
