import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** Milliseconds between two looks. */
const INTERVAL = 300;

/**
 * Calls back when the npm that started this process has ended. npm runs scripts in a shell: a signal to npm
 * ends npm or the shell and does not reach this process, which would keep its port. Without npm, nothing is
 * watched.
 */
export async function watchNpm(
  onEnd: () => void,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<void> {
  if (environment.npm_lifecycle_event === undefined) return;
  const shell = process.ppid;
  const npm = await parentOf(shell);
  const timer = setInterval(() => {
    if (process.ppid === shell && (npm === undefined || isRunning(npm))) return;
    clearInterval(timer);
    onEnd();
  }, INTERVAL);
  timer.unref();
}

/** Returns the parent of a process; undefined if it is unknown, or the first process of the machine. */
async function parentOf(pid: number): Promise<number | undefined> {
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
    // A process of another user exists too.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
