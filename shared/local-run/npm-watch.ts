import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** Milliseconds between two checks. */
const INTERVAL = 300;

/**
 * Calls `onEnd` when the npm that started this process has ended. npm runs scripts in a shell, so a signal to
 * npm ends npm or the shell, but does not reach this process, which would keep its port. Does nothing if npm
 * did not start this process.
 */
export async function watchNpm(
  onEnd: () => void,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<void> {
  if (environment.npm_lifecycle_event === undefined) return;
  const shell = process.ppid;
  const npm = await findParent(shell);
  const timer = setInterval(() => {
    if (process.ppid === shell && (npm === undefined || isRunning(npm))) return;
    clearInterval(timer);
    onEnd();
  }, INTERVAL);
  timer.unref();
}

/** Returns the parent of a process, or undefined if it is unknown or the first process of the machine. */
async function findParent(pid: number): Promise<number | undefined> {
  try {
    const { stdout } = await promisify(execFile)("ps", ["-o", "ppid=", "-p", String(pid)]);
    const parent = Number(stdout);
    return parent > 1 ? parent : undefined;
  } catch {
    return undefined;
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM means that the process exists, but belongs to another user.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
