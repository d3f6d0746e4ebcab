import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import { findFreePort, isRunning, killAtExit } from "../../support/child-process.ts";
import { EngineError } from "./installation.ts";

/** A server in a process of its own. */
export interface ServerProcess {
  /** The URL of the server. */
  readonly endpoint: string;
  stop(): Promise<void>;
}

const MOST_SECONDS = 180;

/**
 * Starts a server on a free port and waits until it responds. The server ends with this process at the
 * latest.
 *
 * @param argsFor returns the server's arguments for a port
 * @throws EngineError with the server's output, when it exits or does not respond
 */
export async function startServer(
  command: string,
  argsFor: (port: number) => readonly string[],
): Promise<ServerProcess> {
  const port = await findFreePort();
  const child = spawn(command, argsFor(port), { stdio: ["ignore", "pipe", "pipe"] });
  killAtExit(child);
  const printed = collectOutput(child);
  const stop = async () => {
    if (isRunning(child) && child.kill()) await once(child, "exit");
  };
  const endpoint = `http://127.0.0.1:${port}`;
  if (await answers(endpoint, child)) return { endpoint, stop };
  await stop();
  throw new EngineError(`${command} did not respond as a server. Its output:\n${printed()}`);
}

async function answers(endpoint: string, child: ChildProcess): Promise<boolean> {
  const until = Date.now() + MOST_SECONDS * 1000;
  while (isRunning(child) && Date.now() < until) {
    if (await fetch(endpoint).catch(() => undefined)) return true;
    await pause(100);
  }
  return false;
}

function collectOutput(child: ChildProcess): () => string {
  let text = "";
  const add = (chunk: unknown) => {
    text = `${text}${chunk}`.slice(-4000);
  };
  child.stdout?.on("data", add);
  child.stderr?.on("data", add);
  child.on("error", ({ message }) => add(message));
  return () => text;
}
