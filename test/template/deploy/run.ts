/**
 * `npm run test:deploy`: deploys the stacks, uses them as visitors do, changes and destroys them.
 *
 *   npm run test:deploy            on MiniStack, an emulator of AWS, which it installs into `.venv/deploy`
 *   npm run test:deploy -- --aws   on AWS, with your own credentials, in a bootstrapped account
 *
 * The emulator needs Python 3.10 or newer and openssl; docs/deployment-test.md explains both ways.
 */
import { rmSync } from "node:fs";
import { parseArgs } from "node:util";
import { installFrameworks } from "../frameworks/installation.ts";
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
  if (!installFrameworks()) throw new DeployTestError("Nothing was deployed.");
  const emulator = await startEmulator(installEmulator());
  console.log(`MiniStack listens at ${emulator.endpoint}; its log is ${EMULATOR_LOG}`);
  try {
    await new Rehearsal({ emulator, goOn }).run();
  } finally {
    await emulator.stop();
  }
}

async function runOnAws(): Promise<void> {
  // Imported late, because its packages are installed above.
  const { describeAccount } = await import("./aws-account.ts");
  console.log(`AWS: ${await describeAccount()}`);
  await new Rehearsal({ goOn }).run();
}

/**
 * Stops the run. The emulator and everything on it end with this process; on AWS the stacks are destroyed
 * first.
 */
function interrupt(): void {
  if (!options.aws || interrupted) process.exit(1);
  interrupted = true;
  console.error("\nDestroying the stacks. If you interrupt again, they are not destroyed.");
}

/** @throws DeployTestError when the run was interrupted */
function goOn(): void {
  if (interrupted) throw new DeployTestError("The run was interrupted.");
}
