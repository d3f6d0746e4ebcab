import { setTimeout } from "node:timers/promises";
import { isPublished, restoreWorkspace } from "./manifest.ts";
import { isRunning } from "./npm-process.ts";

// Restores the manifest where `postpack` did not, because npm failed or was killed. The argument is npm's
// process id. It leaves a restored workspace alone: of two processes that remove a folder at the same time,
// one ends before the folder is gone, and `postpack` must not be the one.
const npm = Number(process.argv[2]);
while (isPublished() && isRunning(npm)) await setTimeout(20);
if (isPublished()) restoreWorkspace();
