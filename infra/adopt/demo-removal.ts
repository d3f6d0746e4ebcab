import type { Draft } from "./draft.ts";
import type { PackageJson } from "./package-json.ts";

/** What goes with the demo, and this command, which has nothing left to do then. */
const GONE = [
  "functions/demo",
  "infra/demo-routes.ts",
  "test/functions/demo",
  "test/template/browser",
  "docs/decisions/demo.md",
  "docs/images/dynamodb-light.png",
  "docs/images/cookie-refused-dark.png",
  "infra/adopt",
];

const CHECKS = ".ci/run";
const WORKFLOW = ".github/workflows/checks.yml";

const RUNBOOK = "docs/runbook.md";

const FROM_THE_DEMO = "- *From the demo:* each press of *Flip one bit of the cookie* is one.";

const INSTALL_CHROMIUM =
  "[ -x /usr/bin/chromium ] || { step apt-get update -qq && step apt-get install -y -qq --no-install-recommends chromium; }";

/** The step that keeps the screenshots of the demo's tests; Dependabot changes its first line. */
const SCREENSHOTS =
  / {6}- uses: actions\/upload-artifact@[^\n]*\n {8}if: [^\n]*test:browser[^\n]*\n(?: {8}[^\n]*\n)+/;

/** Takes the demo out: what is left are the plain handlers beneath it. */
export function removeDemo(draft: Draft): void {
  for (const path of GONE) draft.remove(path);
  removeRoutes(draft);
  draft.editJson<PackageJson>("package.json", ({ imports, scripts, devDependencies }) => {
    delete imports["#demo-storage"];
    for (const name of ["test:browser", "adopt"]) delete scripts[name];
    for (const name of ["@axe-core/playwright", "playwright-core"]) delete devDependencies[name];
  });
  removeMentions(draft);
}

function removeRoutes(draft: Draft): void {
  const file = "infra/routes.ts";
  draft.removeLine(
    file,
    'import { DEMO_ROUTES, DEMO_SESSIONLESS, DEMO_USER_SESSION_ROUTES } from "./demo-routes.ts";',
  );
  draft.replace(
    file,
    `  const routes = hasTable ? { ...ROUTES, ...USER_SESSION_ROUTES } : ROUTES;
  return { ...routes, ...DEMO_ROUTES, ...(hasTable && DEMO_USER_SESSION_ROUTES) };
`,
    "  return hasTable ? { ...ROUTES, ...USER_SESSION_ROUTES } : ROUTES;\n",
  );
  draft.replace(file, "[...DEMO_SESSIONLESS]", "[]");
}

/** A project may have its checks elsewhere than on GitHub, and another runbook. */
function removeMentions(draft: Draft): void {
  if (draft.has(CHECKS)) {
    for (const line of [INSTALL_CHROMIUM, "step npm run test:browser"]) draft.removeLine(CHECKS, line);
  }
  if (draft.has(WORKFLOW)) {
    draft.removeLine(WORKFLOW, "- npm run test:browser");
    draft.replace(WORKFLOW, SCREENSHOTS, "");
  }
  if (draft.has(RUNBOOK)) draft.removeLine(RUNBOOK, FROM_THE_DEMO);
}
