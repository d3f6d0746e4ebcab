import { runApp } from "./run-app.ts";
import { SessionStack } from "./session-stack.ts";
import { readSettings } from "./settings/read-settings.ts";
import { stackNameOf } from "./settings/stack-name.ts";

// The CDK app: one stack, with the settings that the command line (`-c NAME=VALUE`) or cdk.json gave.
await runApp((app) => {
  const settings = readSettings(app.node.getAllContext());
  new SessionStack(app, stackNameOf(settings), settings);
});
