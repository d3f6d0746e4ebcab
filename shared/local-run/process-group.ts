import type { ChildProcess } from "node:child_process";

/**
 * Option of `spawn` and `fork` for a child whose processes {@link endGroup} ends too. Windows has no such
 * groups.
 */
export const OWN_GROUP = { detached: process.platform !== "win32" };

/**
 * Ends a child process and those that it has started. Does nothing after its end, because its id may be that
 * of another process then.
 */
export function endGroup(child: ChildProcess): void {
  if (child.exitCode !== null || child.signalCode !== null) return;
  endLeftovers(child);
  child.kill("SIGKILL");
}

/**
 * Ends the processes that a child has left, which may hold its output open. It is for listeners of the
 * child's event "exit", because later the child's id may be that of another process.
 */
export function endLeftovers({ pid }: ChildProcess): void {
  try {
    if (OWN_GROUP.detached && pid !== undefined) process.kill(-pid, "SIGKILL");
  } catch {
    // No process of the group is left.
  }
}
