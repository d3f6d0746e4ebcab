import type { CdkProject } from "lambda-sessions/local-run";
import { bundlingOf, PROJECT_ROOT } from "../bundling.ts";
import { checkSettings } from "../settings/read-settings.ts";
import { hasBackChannelLogout } from "../settings/sign-in.ts";

/** This project, as the local run needs to know it. */
export const LOCAL_PROJECT: CdkProject = {
  root: PROJECT_ROOT,
  bundling: bundlingOf,
  people: "infra/local/people.json",
  hasBackChannelLogout: (context) => hasBackChannelLogout(checkSettings(context)),
};
