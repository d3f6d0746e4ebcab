/**
 * `npm run test:deploy`: deploys the stacks, lives through them as visitors do, changes and destroys them.
 *
 *   npm run test:deploy            on MiniStack, an emulator of AWS, which it installs into `.venv/deploy`
 *   npm run test:deploy -- --aws   on AWS, with your own credentials, in an account that is bootstrapped
 *
 * The emulator needs Python 3.10 or newer and openssl; docs/deployment-test.md tells more.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Cdk } from "./cdk.ts";
import { DEPLOYMENT, type DeployedStack, newPrefix, STACKS, type StackKind } from "./deployment.ts";
import { EMULATOR_LOG, type Emulator, startEmulator } from "./emulator.ts";
import { DeployTestError, installClients, installEmulator, ROOT } from "./installation.ts";

const { values: options } = parseArgs({ options: { aws: { type: "boolean", default: false } } });

let interrupted = false;
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, interrupt);

try {
  await main();
} catch (error) {
  if (!(error instanceof DeployTestError)) throw error;
  console.error(`\n${error.message}`);
  process.exitCode = 1;
}

async function main(): Promise<void> {
  installClients();
  if (options.aws) return run(undefined);
  const emulator = await startEmulator(installEmulator());
  console.log(`MiniStack answers at ${emulator.endpoint}; its log is ${EMULATOR_LOG}`);
  try {
    await run(emulator);
  } finally {
    await emulator.stop();
  }
}

async function run(emulator: Emulator | undefined): Promise<void> {
  const environment = emulator?.environment ?? process.env;
  const cdk = new Cdk(environment, emulator !== undefined);
  const prefix = newPrefix();
  const begun: string[] = [];
  const stacks: Partial<Record<StackKind, DeployedStack>> = {};
  const told = () => ({
    ...environment,
    [DEPLOYMENT]: JSON.stringify({ stacks, prefix, emulator: emulator?.endpoint }),
  });
  // On AWS an account is bootstrapped once, by those who decide about its roles.
  if (emulator) await cdk.bootstrap();
  try {
    for (const [kind, settings] of Object.entries(STACKS)) {
      goOn();
      const name = `${prefix}-${kind}`;
      begun.push(name);
      stacks[kind as StackKind] = { name, url: await cdk.deploy(name, settings) };
    }
    for (const folder of ["story", "change"]) {
      goOn();
      await test(folder, told());
    }
  } finally {
    await destroyAll(cdk, begun);
    await test("leftovers", told());
  }
}

/** Every stack, even when one cannot be destroyed. */
async function destroyAll(cdk: Cdk, stacks: readonly string[]): Promise<void> {
  for (const stack of stacks)
    await cdk.destroy(stack).catch((error: Error) => {
      console.error(`\n${error.message}`);
      process.exitCode = 1;
    });
}

/** The emulator and what runs there ends with this process; on AWS the stacks must go first. */
function interrupt(): void {
  if (!options.aws || interrupted) process.exit(1);
  interrupted = true;
  console.error("\nThe stacks are destroyed now. If you interrupt again, they stay.");
}

/** @throws DeployTestError when this was interrupted */
function goOn(): void {
  if (interrupted) throw new DeployTestError("This was interrupted.");
}

/** Runs the tests of one folder. */
async function test(folder: string, env: NodeJS.ProcessEnv): Promise<void> {
  const vitest = join(ROOT, "node_modules/vitest/vitest.mjs");
  const config = join(ROOT, "test/deploy/vitest.config.ts");
  const argv = [vitest, "run", "--config", config, `test/deploy/${folder}/`];
  const child = spawn(process.execPath, argv, { cwd: ROOT, stdio: "inherit", env });
  const kill = () => void child.kill();
  process.once("exit", kill);
  const [status] = await once(child, "exit");
  process.off("exit", kill);
  if (status !== 0) process.exitCode = 1;
}
