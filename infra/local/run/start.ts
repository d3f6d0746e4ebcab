/** Runs the stack until a signal arrives. `../start.ts` imports this file. */
import { PROJECT_ROOT } from "../../bundling.ts";
import { LocalRunError } from "./local-run-error.ts";
import { type LocalServer, startLocalServer } from "./local-server.ts";
import { readLocalSettings } from "./local-settings.ts";
import { watchNpm } from "./npm-watch.ts";
import { Output } from "./output.ts";
import { TypeCheck } from "./type-check.ts";

/** Maximum duration of a stop in milliseconds. */
const MOST_TO_STOP = 5000;

let server: LocalServer | undefined;
let types: TypeCheck | undefined;
let isStopping = false;

/** Stops everything. Ctrl-C sends a signal to this process twice: from the terminal and from npm. */
async function stop(): Promise<void> {
  if (isStopping) return;
  isStopping = true;
  setTimeout(() => process.exit(1), MOST_TO_STOP).unref();
  types?.close();
  await server?.close();
  process.exit(0);
}

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => void stop());
void watchNpm(() => void stop());

try {
  const { checksTypes, ...settings } = readLocalSettings(process.argv.slice(2), process.env);
  const output = new Output(process.stdout);
  if (checksTypes) types = new TypeCheck(PROJECT_ROOT, output);
  server = await startLocalServer({ ...settings, output, onSave: () => void types?.check() });
  void types?.check();
} catch (error) {
  if (!(error instanceof LocalRunError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
