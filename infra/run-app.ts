import { App, Validations } from "aws-cdk-lib";
import { SettingError } from "./settings/setting-error.ts";

/**
 * Runs a CDK app with the security rules, as the CDK's command line expects it. For an invalid setting,
 * prints one sentence, writes nothing and exits.
 *
 * @param fill adds the stacks, with the settings of the app's context
 */
export async function runApp(fill: (app: App) => void): Promise<void> {
  try {
    const app = new App();
    fill(app);
    await addSecurityRules(app);
  } catch (error) {
    if (!(error instanceof SettingError)) throw error;
    console.error(error.message);
    // Exiting here also keeps the App from writing an incomplete cloud assembly.
    process.exit(1);
  }
}

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
