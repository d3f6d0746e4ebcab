/**
 * `npm run test:dynamodb`: the tests of this folder on AWS's own DynamoDB Local, then on dynoxide.
 *
 * Both are installed into `.local/test-dynamodb`, which git ignores. DynamoDB Local needs Java 17 or newer
 * and Maven; `DYNAMODB_ENDPOINT` names one that already runs. dynoxide is skipped where it cannot be
 * installed.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { killAtExit } from "../../support/child-process.ts";
import { startDynamoDBLocal } from "./dynamodb-local.ts";
import { startDynoxide } from "./dynoxide.ts";
import { EngineError, ROOT } from "./installation.ts";
import type { ServerProcess } from "./server-process.ts";

const VITEST = [
  join(ROOT, "node_modules/vitest/vitest.mjs"),
  "run",
  "--config",
  join(ROOT, "test/template/dynamodb/vitest.config.ts"),
  ...process.argv.slice(2),
];

/**
 * Credentials that neither engine checks. A given endpoint may check them and takes them from the
 * environment.
 */
const CREDENTIALS = { AWS_REGION: "us-east-1", AWS_ACCESS_KEY_ID: "local", AWS_SECRET_ACCESS_KEY: "local" };

// Both engines end with this process.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => process.exit(1));

const given = process.env.DYNAMODB_ENDPOINT;
if (given) await testOn("the given endpoint", given, { ...CREDENTIALS, ...process.env });
else await test("DynamoDB Local", startDynamoDBLocal, fail);
await test("dynoxide", startDynoxide, (message) => console.log(`\n== dynoxide was skipped. ${message}`));

async function test(
  engine: string,
  start: () => Promise<ServerProcess>,
  without: (message: string) => void,
): Promise<void> {
  try {
    const { endpoint, stop } = await start();
    await testOn(engine, endpoint, { ...process.env, ...CREDENTIALS, AWS_PROFILE: undefined });
    await stop();
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    without(error.message);
  }
}

async function testOn(engine: string, endpoint: string, variables: NodeJS.ProcessEnv): Promise<void> {
  console.log(`\n== ${engine} at ${endpoint}`);
  const env = { ...variables, DYNAMODB_ENGINE: engine, AWS_ENDPOINT_URL_DYNAMODB: endpoint };
  const vitest = spawn(process.execPath, VITEST, { cwd: ROOT, stdio: "inherit", env });
  killAtExit(vitest);
  const [status] = await once(vitest, "exit");
  if (status !== 0) process.exitCode = 1;
}

function fail(message: string): void {
  console.error(`\n== ${message}`);
  process.exitCode = 1;
}
