import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { findFreePort, isRunning } from "../../support/child-process.ts";
import { emulatorEnvironment, FOLDER, REGION } from "./emulator-environment.ts";
import { DeployTestError } from "./installation.ts";

/** A running MiniStack. */
export interface Emulator {
  /** Its URL, which serves every AWS service. */
  readonly endpoint: string;
  /** The complete environment for a process that uses it. */
  readonly environment: NodeJS.ProcessEnv;
  stop(): Promise<void>;
}

/** The file with MiniStack's log, in which the cause of a failure can be found. */
export const EMULATOR_LOG = join(FOLDER, "ministack.log");

const MOST_SECONDS = 180;

/**
 * Starts an empty MiniStack on a free port of the loopback interface. It and its functions end with this
 * process at the latest.
 *
 * It checks signatures and permissions (`AUTH`), so the functions and the CDK's roles can do only what their
 * policies allow. It uses HTTPS, because the CDK's bucket rejects everything else. It is started as a web
 * application, because its own command would also take port 443.
 *
 * @param python the Python of the virtual environment
 * @throws DeployTestError with the end of its log, when it does not listen
 */
export async function startEmulator(python: string): Promise<Emulator> {
  const port = await findFreePort();
  const endpoint = `https://127.0.0.1:${port}`;
  const certificate = join(FOLDER, "tmp/ministack-tls/server.crt");
  const environment = emulatorEnvironment(endpoint, certificate);
  const child = spawnEmulator(python, port, environment);
  const stop = () => end(child);
  if (await listens(port, child)) return { endpoint, environment, stop };
  await stop();
  throw new DeployTestError(
    `MiniStack does not listen. The end of its log:\n${readFileSync(EMULATOR_LOG, "utf8").slice(-4000)}`,
  );
}

function spawnEmulator(python: string, port: number, environment: NodeJS.ProcessEnv): ChildProcess {
  mkdirSync(join(FOLDER, "tmp"), { recursive: true });
  mkdirSync(join(FOLDER, "home"));
  // MiniStack's script around a function is CommonJS, which the project's package.json would not allow.
  writeFileSync(join(FOLDER, "package.json"), "{}");
  const log = openSync(EMULATOR_LOG, "w");
  const application = [
    "-m",
    "hypercorn",
    "ministack.app:app",
    "--config",
    "python:ministack.core.hypercorn_conf",
  ];
  const child = spawn(python, [...application, "--bind", `127.0.0.1:${port}`, "--keep-alive", "75"], {
    stdio: ["ignore", log, log],
    // The functions are further processes; a process group ends them together.
    detached: true,
    env: {
      ...environment,
      AUTH: "true",
      USE_SSL: "1",
      GATEWAY_PORT: `${port}`,
      // Makes APIs respond at the URLs in the outputs of their stacks.
      MINISTACK_HOST: `${REGION}.amazonaws.com`,
      S3_DATA_DIR: join(FOLDER, "s3"),
      STATE_DIR: join(FOLDER, "state"),
    },
  });
  const kill = () => killGroup(child);
  process.once("exit", kill);
  child.once("exit", () => process.off("exit", kill));
  child.once("error", () => process.off("exit", kill));
  return child;
}

async function end(child: ChildProcess): Promise<void> {
  if (!isRunning(child)) return;
  const exited = once(child, "exit");
  killGroup(child);
  await exited;
}

function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // The process has already exited.
  }
}

async function listens(port: number, child: ChildProcess): Promise<boolean> {
  const until = Date.now() + MOST_SECONDS * 1000;
  while (isRunning(child) && Date.now() < until) {
    if (await accepts(port)) return true;
    await pause(100);
  }
  return false;
}

function accepts(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  return new Promise<boolean>((resolve) => {
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
  }).finally(() => socket.destroy());
}
