import { spawnSync } from "node:child_process";
import { AdoptionError } from "./adoption-error.ts";

/**
 * Refuses a folder whose changes git could not undo.
 *
 * @throws AdoptionError with one sentence, when there is no git or something is not committed
 */
export function assertCommitted(root: string): void {
  const { status, stdout } = spawnSync("git", ["status", "--porcelain"], { cwd: root, encoding: "utf8" });
  if (status !== 0)
    throw new AdoptionError(
      "This folder is under no git that could undo the changes; --without-git makes them all the same.",
    );
  if (stdout !== "")
    throw new AdoptionError("Commit what you changed first, so that git can undo the changes that follow.");
}
