import { spawnSync } from "node:child_process";
import { AdoptionError } from "./adoption-error.ts";

/**
 * Rejects a folder whose changes git could not undo.
 *
 * @throws AdoptionError if the folder is in no git repository or has uncommitted changes
 */
export function assertCommitted(root: string): void {
  // New files count too, although the user's configuration may hide them.
  const args = ["status", "--porcelain", "--untracked-files=normal"];
  const { status, stdout } = spawnSync("git", args, { cwd: root, encoding: "utf8" });
  if (status !== 0)
    throw new AdoptionError(
      "This folder is in no git repository, so the changes could not be undone. Run git init and commit, or add --without-git.",
    );
  if (stdout !== "")
    throw new AdoptionError("Commit your changes first, so that git can undo those that follow.");
}
