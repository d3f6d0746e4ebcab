import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { PROJECT_ROOT } from "../../../infra/bundling.ts";
import { commandEnvironment, ProjectCopy } from "./project-copy.ts";

/** A running `npm start`. */
export interface RunningProject {
  readonly url: string;
  stop(): Promise<void>;
}

/** A copy of this project that is adopted and has installed its own packages. */
export class AdoptedProject extends ProjectCopy {
  /** Installs the packages, runs `npm run adopt` and installs what is left, as the README says. */
  adopt(...args: readonly string[]): void {
    this.commitAll();
    this.sh("npm ci --prefer-offline --no-audit --no-fund");
    this.sh(`npm run adopt -- ${args.join(" ")}`);
    this.sh("git add --all && git commit --quiet --message=Adopted");
    this.sh("npm ci --prefer-offline --no-audit --no-fund");
  }

  /**
   * Runs a command and returns its output.
   *
   * @throws Error with its output if it fails
   */
  sh(command: string): string {
    const { status, stdout, stderr } = this.run("sh", "-c", command);
    if (status !== 0) throw new Error(`${command} ended with ${status}:\n${stdout.slice(-20_000)}${stderr}`);
    return stdout;
  }

  /** Runs `npm start` and waits until it prints its address. */
  async start(...args: readonly string[]): Promise<RunningProject> {
    const env = { ...commandEnvironment(), PORT: "0" };
    // Detached, so that npm and its shells form one process group, which stop() signals.
    const child = spawn("npm", ["start", ...args], { cwd: this.root, env, detached: true });
    const stop = async () => {
      const ended = once(child, "close");
      process.kill(-(child.pid ?? 0), "SIGINT");
      await ended;
    };
    return { url: await addressIn(child), stop };
  }
}

/** Returns the address in the output. Reads on afterwards, because a full pipe would block the child. */
function addressIn(child: ChildProcess): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let printed = "";
  const read = (data: Buffer) => {
    printed += data;
    const [, url] = /(http:\/\/localhost:\d+)\n/.exec(printed) ?? [];
    if (url !== undefined) resolve(url);
  };
  child.stdout?.on("data", read);
  child.stderr?.on("data", read);
  child.once("close", () => reject(new Error(`npm start ended: ${printed}`)));
  return promise;
}

/** Packs the library as for npm and returns the path of the tarball. */
export function packLibrary(folder: string): string {
  const args = ["pack", "--workspace", "lambda-sessions", "--json", "--pack-destination", folder];
  const { status, stdout, stderr } = spawnSync("npm", args, {
    cwd: PROJECT_ROOT,
    encoding: "utf8",
    env: commandEnvironment(),
  });
  if (status !== 0) throw new Error(`npm pack failed: ${stderr}`);
  const [packed] = JSON.parse(stdout.slice(stdout.lastIndexOf("\n[") + 1)) as { filename: string }[];
  return join(folder, packed?.filename ?? "");
}
