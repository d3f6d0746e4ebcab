import { runApp } from "./run-app.ts";
import { SessionStack } from "./session-stack.ts";
import { readSettings } from "./settings/read-settings.ts";
import { chooseStackName } from "./settings/settings.ts";

// CDK app with one stack. Its settings come from the command line (`-c NAME=VALUE`) or from cdk.json.
await runApp((app) => {
  const settings = readSettings(app.node.getAllContext());
  new SessionStack(app, chooseStackName(settings), settings);
});
