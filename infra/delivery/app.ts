import { App } from "aws-cdk-lib";
import { readSetting } from "../read-settings.ts";
import { addSecurityRules } from "../security-rules.ts";
import { SettingError } from "../setting-error.ts";
import { SETTINGS } from "../settings.ts";
import { readDeliverySettings } from "./delivery-settings.ts";
import { DeliveryStack } from "./delivery-stack.ts";

/**
 * `npm run delivery`: the CDK app with the roles for GitHub Actions; see docs/delivery.md. Its stack bears the name of
 * the sessions' stack with `-delivery` after it.
 */
async function main(): Promise<void> {
  const app = new App();
  const context = app.node.getAllContext();
  const settings = readDeliverySettings(context);
  new DeliveryStack(app, `${nameOf(context.stackName)}-delivery`, settings);
  await addSecurityRules(app);
}

function nameOf(stackName: unknown = SETTINGS.stackName.default): string {
  return readSetting("stackName", SETTINGS.stackName.kind, stackName);
}

try {
  await main();
} catch (error) {
  if (!(error instanceof SettingError)) throw error;
  console.error(error.message);
  // Leaving at once also keeps the App from writing a half-made cloud assembly.
  process.exit(1);
}
