/**
 * `npm run test:cfn-lint`: AWS's linter for CloudFormation on the template of every stack.
 *
 * Installs cfn-lint into `.venv/cfn-lint` and writes the templates to `.local/cfn-lint`; git ignores both.
 * Needs Python 3.10 or newer.
 */
import { spawnSync } from "node:child_process";
import { globSync, rmSync } from "node:fs";
import { join } from "node:path";
import { PROJECT_ROOT } from "../../../infra/bundling.ts";
import { DELIVERY_ROLES } from "../../../infra/delivery/delivery-settings.ts";
import { DeliveryStack } from "../../../infra/delivery/delivery-stack.ts";
import { SessionStack } from "../../../infra/session-stack.ts";
import { STACK_VARIANTS } from "../../infra/stack-variants.ts";
import { appWithoutBundling } from "../../infra/synthesize.ts";
import { installPython } from "../../support/python-environment.ts";

/** The regions in which every resource and property must exist: old and new ones, on four continents. */
const REGIONS = ["us-east-1", "us-west-2", "eu-central-1", "eu-south-2", "ap-southeast-2", "sa-east-1"];

/** Rules of cfn-lint that every template of the CDK breaks, with the reason. */
const NOT_OURS: Readonly<Record<string, string>> = {
  I1022: "The CDK joins strings with Fn::Join, never with Fn::Sub.",
  W3005: "The CDK writes every dependency on a construct, even where a reference implies it.",
  I4010: "The CDK's templates are generated, and the source declares the architecture.",
};

const commands = installPython({ name: "cfn-lint", oldest: "3.10" });
const templates = synthesizeAll(join(PROJECT_ROOT, ".local/cfn-lint"));
const { status } = spawnSync(
  join(commands, "cfn-lint"),
  [
    ...["--include-checks", "I", "--include-experimental", "--non-zero-exit-code", "informational"],
    ...["--configure-rule", "E3012:strict=true", "--ignore-checks", ...Object.keys(NOT_OURS)],
    ...["--regions", ...REGIONS, "--template", ...templates],
  ],
  { stdio: "inherit" },
);
if (status === 0)
  console.log(`cfn-lint found no problems in ${templates.length} templates for ${REGIONS.length} regions.`);
process.exitCode = status ?? 1;

function synthesizeAll(outdir: string): string[] {
  rmSync(outdir, { recursive: true, force: true });
  const app = appWithoutBundling(outdir);
  // The demo is linted too, which a production has only on request.
  for (const [name, props] of Object.entries(STACK_VARIANTS))
    new SessionStack(app, name, { ...props, demo: true });
  new DeliveryStack(app, "Delivery", { repository: "octo-org/octo-repo", roles: DELIVERY_ROLES });
  app.synth();
  return globSync("*.template.json", { cwd: outdir }).map((file) => join(outdir, file));
}
