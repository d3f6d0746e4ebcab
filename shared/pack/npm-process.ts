import { execFileSync } from "node:child_process";

/**
 * Returns the process id of the npm that runs this script: its parent, or the parent of the shell between
 * them.
 */
export function npmProcess(): number {
  const [parent = "", name = ""] = ps("ppid=,comm=", process.ppid);
  return /(^|\/|-)(sh|bash|dash|zsh|ash|busybox)$/.test(name) ? Number(parent) : process.ppid;
}

/** Returns whether a process is running. */
export function isRunning(id: number): boolean {
  try {
    return process.kill(id, 0);
  } catch {
    return false;
  }
}

function ps(columns: string, id: number): string[] {
  const line = execFileSync("ps", ["-o", columns, "-p", String(id)], { encoding: "utf8" });
  return line.trim().split(/\s+/);
}
