import { App } from "aws-cdk-lib";
import { addSecurityRules } from "./constructs/security-rules.ts";
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
