import { execFileSync, spawn } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { publishManifest } from "./manifest.ts";
import { npmProcess } from "./npm-process.ts";

// Before `npm pack` and `npm publish`: builds dist/, and then, when nothing of ours can fail any more, publishes
// the manifest. `postpack` restores it. npm does not run `postpack` when packing fails, so `guard.ts` waits for that.
const folder = join(import.meta.dirname, "..");
rmSync(join(folder, "dist"), { recursive: true, force: true });
const compiler = fileURLToPath(new URL("bin/tsc", import.meta.resolve("typescript/package.json")));
execFileSync(process.execPath, [compiler, "--project", "tsconfig.build.json"], {
  cwd: folder,
  stdio: "inherit",
});
const npm = npmProcess();
publishManifest();
spawn(process.execPath, [join(import.meta.dirname, "guard.ts"), String(npm)], {
  detached: true,
  stdio: "ignore",
}).unref();
