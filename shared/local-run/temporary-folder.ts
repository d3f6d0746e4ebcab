import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Folders that exist. */
const folders = new Set<string>();

/**
 * Creates a folder for temporary files. It is removed when this process exits, unless
 * {@link removeTemporaryFolder} has removed it, so none is left if a signal ends a start.
 */
export function makeTemporaryFolder(prefix: string): string {
  if (folders.size === 0) process.once("exit", removeAll);
  // Synchronous, so that no exit can come between the folder and its entry in the list.
  const folder = mkdtempSync(join(realpathSync(tmpdir()), prefix));
  folders.add(folder);
  return folder;
}

/** Removes a folder with everything in it. */
export async function removeTemporaryFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  folders.delete(folder);
  if (folders.size === 0) process.off("exit", removeAll);
}

function removeAll(): void {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
}
