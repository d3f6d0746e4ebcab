import { App } from "aws-cdk-lib";
import { readSettings } from "./read-settings.ts";
import { addSecurityRules } from "./security-rules.ts";
import { SessionStack } from "./session-stack.ts";
import { SettingError } from "./setting-error.ts";
import { stackNameOf } from "./stack-name.ts";

/** The CDK app: one stack, with the settings that the command line (`-c NAME=VALUE`) or cdk.json gave. */
async function main(): Promise<void> {
  const app = new App();
  const settings = readSettings(app.node.getAllContext());
  new SessionStack(app, stackNameOf(settings), settings);
  await addSecurityRules(app);
}

try {
  await main();
} catch (error) {
  if (!(error instanceof SettingError)) throw error;
  console.error(error.message);
  // Leaving at once also keeps the App from writing a half-made cloud assembly.
  process.exit(1);
}
