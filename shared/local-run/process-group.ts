import type { ChildProcess } from "node:child_process";

/**
 * Option of `spawn` and `fork` with which {@link endGroup} also ends the processes that the child has
 * started. Windows has no such groups.
 */
export const OWN_GROUP = { detached: process.platform !== "win32" };

/** Ends a child process and those that it has started, which may hold its output open after its end. */
export function endGroup(child: ChildProcess): void {
  const { pid } = child;
  try {
    if (OWN_GROUP.detached && pid !== undefined) process.kill(-pid, "SIGKILL");
  } catch {
    // No process of the group is left.
  }
  child.kill("SIGKILL");
}
