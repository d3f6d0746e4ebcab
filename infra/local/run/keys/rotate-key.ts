/**
 * `npm run rotate-key`: lets a new secret key sign in the local run, also in one that is under way. An
 * argument names the folder of another project.
 */

import { join } from "node:path";
import { keyId } from "lambda-sessions/keys";
import { PROJECT_ROOT } from "../../../bundling.ts";
import { LocalRunError } from "../local-run-error.ts";
import { SECRET_KEYS_FILE, turnSecretKeys } from "./secret-keys-file.ts";

const [root = PROJECT_ROOT] = process.argv.slice(2);
const file = join(root, SECRET_KEYS_FILE);

try {
  const [signing, ...others] = (await turnSecretKeys(file)).map(keyId);
  console.log(`The key ${signing} signs from now on. These still verify: ${others.join(", ")}.`);
  if (process.env.SESSION_SECRET_KEYS)
    console.log("SESSION_SECRET_KEYS is set: npm start takes the keys from there, and not these.");
} catch (error) {
  if (!(error instanceof LocalRunError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
