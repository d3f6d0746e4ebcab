import type { Draft } from "../draft.ts";
import { importsOf } from "./module-imports.ts";

const ROUTES = "infra/routes.ts";
const HOUSE_RULES = "test/house-rules.ts";

/** Removes the routes and limits of removed handlers, and what the routes import from removed modules. */
export function removeRoutes(draft: Draft): void {
  for (const file of [ROUTES, HOUSE_RULES])
    draft.removeLines(file, (line) =>
      (line.match(/functions\/[\w/-]+\.ts/g) ?? []).some((path) => draft.isRemoved(path)),
    );
  const gone: string[] = [];
  draft.removeLines(ROUTES, (line) => {
    const isGone = importsOf(ROUTES, line).some((path) => draft.isRemoved(path));
    if (isGone) gone.push(...(/\{(.*)\}/.exec(line)?.[1] ?? "").split(",").map((name) => name.trim()));
    return isGone;
  });
  draft.removeLines(ROUTES, (line) => gone.some((name) => line.trim().startsWith(`...${name}`)));
  draft.write(ROUTES, draft.read(ROUTES).replace(/\{\n\}/g, "{}"));
}
