import { type App, Validations } from "aws-cdk-lib";

/**
 * Has an app check what it synthesizes by cdk-nag's AWS Solutions rules
 * (https://github.com/cdklabs/cdk-nag/blob/main/RULES.md#awssolutions). A violation fails the synthesis with its place in
 * the code, unless the construct that causes it acknowledges it with a reason: `Validations.of(...).acknowledge(...)`.
 *
 * Where CDK's own validation is left out (`CDK_VALIDATION=false`, as in the local run) the rules are not even loaded.
 */
export async function addSecurityRules(app: App): Promise<void> {
  if (process.env.CDK_VALIDATION === "false") return;
  const { AwsSolutionsChecks } = await import("cdk-nag");
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
}
