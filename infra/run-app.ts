import { App } from "aws-cdk-lib";
import { addSecurityRules } from "./constructs/security-rules.ts";
import { SettingError } from "./settings/setting-error.ts";

/**
 * Runs a CDK app as the CDK's command line calls it, held to the rules of security. A wrong setting is answered with its
 * sentence, and nothing is written.
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
    // Leaving at once also keeps the App from writing a half-made cloud assembly.
    process.exit(1);
  }
}
