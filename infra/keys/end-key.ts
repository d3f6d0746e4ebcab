/** `npm run end-key`: lists the keys of a deployed stack, rotates them or ends one; see docs/keys.md. */
import { runKeyCommand } from "./key-command.ts";
import { KeyCommandError } from "./key-command-error.ts";

try {
  await runKeyCommand(process.argv.slice(2), console.log);
} catch (error) {
  if (!(error instanceof KeyCommandError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
