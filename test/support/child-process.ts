import type { ChildProcess } from "node:child_process";
import { randomInt } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";

/**
 * Returns a port of the loopback interface that is currently free. Systems assign ports from 32768 or above
 * to connections and to servers without a port of their own, so none of them takes this one in the meantime.
 */
export async function findFreePort(): Promise<number> {
  for (;;) {
    const port = randomInt(10_000, 32_768);
    if (await isFree(port)) return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, "127.0.0.1");
  const error = await once(server, "listening").then(
    () => undefined,
    (reason: NodeJS.ErrnoException) => reason,
  );
  if (error !== undefined && !["EADDRINUSE", "EACCES"].includes(`${error.code}`)) throw error;
  if (error === undefined) await once(server.close(), "close");
  return error === undefined;
}

/** Returns whether a process has started and not ended. */
export function isRunning({ exitCode, signalCode, pid }: ChildProcess): boolean {
  return pid !== undefined && exitCode === null && signalCode === null;
}

/** Kills a child process when this process exits. */
export function killAtExit(child: ChildProcess): void {
  const kill = () => void child.kill();
  process.once("exit", kill);
  child.once("exit", () => process.off("exit", kill));
}
