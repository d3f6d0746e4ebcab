/** `npm start`: runs the stack on this machine until Ctrl-C. */
import { LocalRunError } from "./local-run-error.ts";
import { startLocalServer } from "./local-server.ts";
import { readLocalSettings } from "./local-settings.ts";

// As in Lambda; threads take the time zone from the process, not from their own variables.
process.env.TZ = "UTC";

try {
  const server = await startLocalServer(readLocalSettings(process.argv.slice(2), process.env));
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    process.once(signal, () => void server.close().then(() => process.exit(0)));
} catch (error) {
  if (!(error instanceof LocalRunError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
