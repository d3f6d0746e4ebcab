/**
 * `npm run test:deploy`: deploys the stacks, lives through them as visitors do, changes and destroys them.
 *
 *   npm run test:deploy            on MiniStack, an emulator of AWS, which it installs into `.venv/deploy`
 *   npm run test:deploy -- --aws   on AWS, with your own credentials, in an account that is bootstrapped
 *
 * The emulator needs Python 3.10 or newer and openssl; docs/deployment-test.md tells more.
 */
import { rmSync } from "node:fs";
import { parseArgs } from "node:util";
import { EMULATOR_LOG, startEmulator } from "./emulator.ts";
import { FOLDER } from "./emulator-environment.ts";
import { DeployTestError, installClients, installEmulator } from "./installation.ts";
import { Rehearsal } from "./rehearsal.ts";

const { values: options } = parseArgs({ options: { aws: { type: "boolean", default: false } } });

let interrupted = false;
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, interrupt);

try {
  installClients();
  rmSync(FOLDER, { recursive: true, force: true });
  await (options.aws ? runOnAws() : runOnEmulator());
} catch (error) {
  if (!(error instanceof DeployTestError)) throw error;
  console.error(`\n${error.message}`);
  process.exitCode = 1;
}

async function runOnEmulator(): Promise<void> {
  const emulator = await startEmulator(installEmulator());
  console.log(`MiniStack answers at ${emulator.endpoint}; its log is ${EMULATOR_LOG}`);
  try {
    await new Rehearsal({ emulator, goOn }).run();
  } finally {
    await emulator.stop();
  }
}

async function runOnAws(): Promise<void> {
  // Only now is it installed.
  const { describeAccount } = await import("./aws-account.ts");
  console.log(`AWS: ${await describeAccount()}`);
  await new Rehearsal({ goOn }).run();
}

/** The emulator and all that runs there end with this process; on AWS the stacks must go first. */
function interrupt(): void {
  if (!options.aws || interrupted) process.exit(1);
  interrupted = true;
  console.error("\nThe stacks are destroyed now. If you interrupt again, they stay.");
}

/** @throws DeployTestError when this was interrupted */
function goOn(): void {
  if (interrupted) throw new DeployTestError("This was interrupted.");
}
