import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { readPrintedAddress } from "../printed-address.ts";
import { commandEnvironment, ProjectCopy } from "../project-copy.ts";
import { installPackages } from "./installed-packages.ts";

/** An argument of {@link AdoptedProject.adopt} that is replaced by the path of the library's tarball. */
export const PACKED_LIBRARY = "PACKED_LIBRARY";

/** A running `npm start`. */
export interface RunningProject {
  readonly url: string;
  stop(): Promise<void>;
}

/** A copy of this project that is adopted and has its own packages installed. */
export class AdoptedProject extends ProjectCopy {
  #tarballs: string | undefined;

  /**
   * Runs `npm run adopt` and installs the remaining packages, as the README says. Before it, the packages are
   * links, because an installation of the template itself is the one in which this test runs.
   */
  adopt(...args: readonly string[]): void {
    this.commitAll();
    this.linkPackages();
    this.sh(`npm run adopt -- ${args.map((arg) => (arg === PACKED_LIBRARY ? this.#pack() : arg)).join(" ")}`);
    this.sh("git add --all && git commit --quiet --message=Adopted");
    rmSync(join(this.root, "node_modules"), { recursive: true });
    installPackages(this);
  }

  /**
   * Runs a command and returns its output.
   *
   * @throws Error with its output if it fails
   */
  sh(command: string): string {
    const { status, stdout, stderr } = this.run("sh", "-c", command);
    if (status !== 0) throw new Error(`${command} exited with ${status}:\n${stdout.slice(-20_000)}${stderr}`);
    return stdout;
  }

  /** Packs the library as for npm, beside the project, and returns the path of the tarball. */
  #pack(): string {
    this.#tarballs = mkdtempSync(join(tmpdir(), "adopt-tarball-"));
    this.sh(`npm pack --workspace lambda-sessions --pack-destination ${this.#tarballs}`);
    const [tarball = ""] = readdirSync(this.#tarballs);
    return join("..", basename(this.#tarballs), tarball);
  }

  override remove(): void {
    super.remove();
    if (this.#tarballs !== undefined) rmSync(this.#tarballs, { recursive: true });
  }

  /** Runs `npm start` and waits until it prints its URL. */
  async start(...args: readonly string[]): Promise<RunningProject> {
    const env = { ...commandEnvironment(), PORT: "0" };
    // Detached, so that npm and its shells form one process group, which stop() signals.
    const child = spawn("npm", ["start", ...args], { cwd: this.root, env, detached: true });
    const stop = async () => {
      const ended = once(child, "close");
      process.kill(-(child.pid ?? 0), "SIGINT");
      await ended;
    };
    return { url: await readPrintedAddress(child).url, stop };
  }
}
