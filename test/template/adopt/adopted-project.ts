import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { commandEnvironment, ProjectCopy } from "./project-copy.ts";

/** An application that `npm start` serves. */
export interface RunningProject {
  readonly url: string;
  stop(): Promise<void>;
}

/** A copy of this project that somebody adopts, with packages of its own. */
export class AdoptedProject extends ProjectCopy {
  /** Installs the packages and gives the project its name, as its README says. */
  adopt(...args: readonly string[]): void {
    this.commitAll();
    this.sh("npm ci --prefer-offline --no-audit --no-fund");
    this.sh(`npm run adopt -- ${args.join(" ")}`);
    this.sh("git add --all && git commit --quiet --message=Adopted");
    this.sh("npm ci --prefer-offline --no-audit --no-fund");
  }

  /**
   * Runs a command and hands on what it prints.
   *
   * @throws Error with what it printed, when it fails
   */
  sh(command: string): string {
    const { status, stdout, stderr } = this.run("sh", "-c", command);
    if (status !== 0) throw new Error(`${command} ended with ${status}:\n${stdout.slice(-20_000)}${stderr}`);
    return stdout;
  }

  /** Runs `npm start` until its server answers. */
  async start(...args: readonly string[]): Promise<RunningProject> {
    const env = { ...commandEnvironment(), PORT: "0" };
    // A group of its own, which npm and its shells share.
    const child = spawn("npm", ["start", ...args], { cwd: this.root, env, detached: true });
    const stop = async () => {
      const ended = once(child, "close");
      process.kill(-(child.pid ?? 0), "SIGINT");
      await ended;
    };
    return { url: await addressIn(child), stop };
  }
}

/** The address that the output names; what is printed later is read too, or the child would wait. */
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
