import { spawn, spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { publishManifest, restoreWorkspace } from "./manifest.ts";
import { npmProcess } from "./npm-process.ts";

// Runs before `npm pack` and `npm publish`: builds dist/, then publishes the manifest, as the last step.
// `postpack` restores it. npm does not run `postpack` when packing fails, so `guard.ts` waits for that.
const folder = join(import.meta.dirname, "..");
const compiler = fileURLToPath(new URL("bin/tsc", import.meta.resolve("typescript/package.json")));
const compile = [compiler, "--project", "tsconfig.build.json"];
rmSync(join(folder, "dist"), { recursive: true, force: true });
if (spawnSync(process.execPath, compile, { cwd: folder, stdio: "inherit" }).status === 0) {
  const guard = [join(import.meta.dirname, "guard.ts"), String(npmProcess())];
  publishManifest();
  spawn(process.execPath, guard, { detached: true, stdio: "ignore" }).unref();
} else {
  restoreWorkspace();
  console.error("The library does not compile, so it is not packed.");
  process.exitCode = 1;
}
