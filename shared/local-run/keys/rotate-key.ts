import { existsSync } from "node:fs";
import { join } from "node:path";
import { keyId } from "../../keys/key-ring.ts";
import { LocalRunError, printLocalRunError } from "../local-run-error.ts";
import { rotateSecretKeys, SECRET_KEYS_FILE } from "./secret-keys-file.ts";

/**
 * Adds a new secret key to the local run of a project, which signs from then on, even if the local run is
 * already running. Prints the ids of the keys, or the problem.
 */
export async function rotateKey(root: string): Promise<void> {
  await printLocalRunError(async () => {
    if (!existsSync(root))
      throw new LocalRunError(
        `There is no folder ${root}. Give the folder of a project, or nothing for this one.`,
      );
    const [signing, ...others] = (await rotateSecretKeys(join(root, SECRET_KEYS_FILE))).map(keyId);
    console.log(`The key ${signing} signs from now on. These still verify: ${others.join(", ")}.`);
    if (process.env.SESSION_SECRET_KEYS)
      console.log(
        "SESSION_SECRET_KEYS is set, so npm start uses its keys instead. Unset it to use the new key.",
      );
  });
}
