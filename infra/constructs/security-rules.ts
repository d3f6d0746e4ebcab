import { type App, Validations } from "aws-cdk-lib";

/**
 * Adds cdk-nag's AWS Solutions rules to an app
 * (https://github.com/cdklabs/cdk-nag/blob/main/RULES.md#awssolutions). A violation fails the synthesis with
 * its place in the code, unless the construct acknowledges it with a reason:
 * `Validations.of(...).acknowledge(...)`.
 *
 * The rules are not loaded if CDK's validation is turned off (`CDK_VALIDATION=false`, as in the local run).
 */
export async function addSecurityRules(app: App): Promise<void> {
  if (process.env.CDK_VALIDATION === "false") return;
  const { AwsSolutionsChecks } = await import("cdk-nag");
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
}
