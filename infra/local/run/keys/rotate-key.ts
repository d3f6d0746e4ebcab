/**
 * `npm run rotate-key`: adds a new secret key to the local run, which signs from then on, even if the local
 * run is already running. An optional argument is the folder of another project.
 */

import { join } from "node:path";
import { keyId } from "lambda-sessions/keys";
import { PROJECT_ROOT } from "../../../bundling.ts";
import { LocalRunError } from "../local-run-error.ts";
import { rotateSecretKeys, SECRET_KEYS_FILE } from "./secret-keys-file.ts";

const [root = PROJECT_ROOT] = process.argv.slice(2);
const file = join(root, SECRET_KEYS_FILE);

try {
  const [signing, ...others] = (await rotateSecretKeys(file)).map(keyId);
  console.log(`The key ${signing} signs from now on. These still verify: ${others.join(", ")}.`);
  if (process.env.SESSION_SECRET_KEYS)
    console.log(
      "SESSION_SECRET_KEYS is set, so npm start uses its keys instead. Unset it to use the new key.",
    );
} catch (error) {
  if (!(error instanceof LocalRunError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
