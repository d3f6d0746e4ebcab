import { secretsManagerKeys } from "../../../../shared/keys/secrets-manager-keys.ts";

/** Returns the keys as a deployed function gets them. */
export const handler = secretsManagerKeys({
  secretId: process.env.SESSION_SECRET_ARN ?? "",
  environment: process.env,
});
