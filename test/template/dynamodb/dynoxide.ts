import { join, relative } from "node:path";
import { ENGINES, EngineError, installOnce, ROOT, run } from "./installation.ts";
import { type ServerProcess, startServer } from "./server-process.ts";

const FOLDER = join(ENGINES, "dynoxide");
const PACKAGE = "@dynoxide/linux-x64";
const VERSION = "1.2.1";

/**
 * Starts dynoxide, an independent DynamoDB on SQLite in one binary (MIT or Apache-2.0), in memory.
 *
 * @throws EngineError when it cannot be installed on this machine
 */
export async function startDynoxide(): Promise<ServerProcess> {
  if (process.platform !== "linux" || process.arch !== "x64")
    throw new EngineError("dynoxide can be installed on Linux for x64 only.");
  installOnce(FOLDER, `${PACKAGE}@${VERSION}`, install);
  const binary = join(FOLDER, "node_modules", PACKAGE, "dynoxide");
  return startServer(binary, (port) => ["serve", "--port", `${port}`]);
}

function install(): void {
  const quiet = ["--no-save", "--no-audit", "--no-fund", "--loglevel=error"];
  if (!run("npm", ["install", ...quiet, "--prefix", relative(ROOT, FOLDER), `${PACKAGE}@${VERSION}`]))
    throw new EngineError(`npm could not install ${PACKAGE}: check that the npm registry can be reached.`);
}
