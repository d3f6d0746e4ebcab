import { runApp } from "../run-app.ts";
import { readSetting } from "../settings/read-settings.ts";
import { SETTINGS } from "../settings/settings.ts";
import { readDeliverySettings } from "./delivery-settings.ts";
import { DeliveryStack } from "./delivery-stack.ts";

// `npm run delivery`: the CDK app with the roles for GitHub Actions; see docs/delivery.md. Its stack has the
// name of the sessions' stack followed by `-delivery`.
await runApp((app) => {
  const context = app.node.getAllContext();
  new DeliveryStack(app, `${nameOf(context.stackName)}-delivery`, readDeliverySettings(context));
});

function nameOf(stackName: unknown = SETTINGS.stackName.default): string {
  return readSetting("stackName", SETTINGS.stackName.kind, stackName);
}
