import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { killAtExit } from "../../support/child-process.ts";
import { FOLDER } from "./emulator-environment.ts";
import { withoutGaps } from "./emulator-gaps.ts";
import { DeployTestError, ROOT } from "./installation.ts";
import { timed } from "./timed.ts";

/** Settings of a stack, as CDK context. */
export type Context = Readonly<Record<string, string>>;

/** Options of the commands. Everything is optional. */
export interface CdkOptions {
  /** The folder of the CDK app. Default: this project. */
  readonly root?: string;
  /** The address that replaces those of HTTP services on the emulator. */
  readonly service?: string;
}

/**
 * Runs the CDK's commands, as the README shows them, on the emulator or on AWS. Each throws DeployTestError
 * with the command's output when it fails.
 */
export class Cdk {
  readonly #environment: NodeJS.ProcessEnv;
  readonly #isEmulator: boolean;
  readonly #options: CdkOptions;

  /** @param environment the complete environment of the commands, which decides between AWS and emulator */
  constructor(environment: NodeJS.ProcessEnv, isEmulator: boolean, options: CdkOptions = {}) {
    this.#environment = environment;
    this.#isEmulator = isEmulator;
    this.#options = options;
  }

  async bootstrap(): Promise<void> {
    await timed("bootstrap", () => this.#run(["bootstrap"]));
  }

  /** Synthesizes a stack, deploys it, and returns its URL. A second deployment changes the stack. */
  async deploy(stack: string, context: Context): Promise<string> {
    const output = join(FOLDER, "cdk.out", stack);
    const what = existsSync(output) ? "change" : "deploy";
    const settings = Object.entries({ ...context, stackName: stack }).flatMap(([name, value]) => [
      "-c",
      `${name}=${value}`,
    ]);
    await timed(`synthesize ${stack}`, () =>
      this.#run(["synth", "--quiet", "--output", output, ...settings]),
    );
    if (this.#isEmulator) adapt(output, this.#options.service);
    const outputs = join(output, "outputs.json");
    const deploy = ["deploy", "--app", output, "--require-approval", "never", "--outputs-file", outputs];
    await timed(`${what} ${stack}`, () => this.#run(deploy));
    return JSON.parse(readFileSync(outputs, "utf8"))[stack].Url;
  }

  /**
   * Deletes a stack, even if it was deployed only in part. Does nothing for a stack that was not synthesized.
   */
  async destroy(stack: string): Promise<void> {
    const output = join(FOLDER, "cdk.out", stack);
    if (!existsSync(join(output, "manifest.json"))) return;
    await timed(`destroy ${stack}`, () => this.#run(["destroy", "--app", output, "--force"]));
  }

  async #run(args: readonly string[]): Promise<void> {
    const cdk = join(ROOT, "node_modules/aws-cdk/bin/cdk");
    const child = spawn(process.execPath, [cdk, ...args, "--ci", "--no-notices", "--progress", "events"], {
      cwd: this.#options.root ?? ROOT,
      env: this.#environment,
      stdio: ["ignore", "pipe", "pipe"],
    });
    killAtExit(child);
    const closed = once(child, "close");
    const [out, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
    const [status] = await closed;
    if (status !== 0) throw new DeployTestError(`cdk ${args.join(" ")} failed:\n${out}${errors}`);
  }
}

/** Changes the synthesized templates so that the emulator can deploy them, and prints the removed types. */
function adapt(output: string, service: string | undefined): void {
  for (const name of readdirSync(output).filter((file) => file.endsWith(".template.json"))) {
    const file = join(output, name);
    const { template, leftOut } = withoutGaps(JSON.parse(readFileSync(file, "utf8")), service);
    for (const line of leftOut) console.log(`   without ${line}`);
    writeFileSync(file, JSON.stringify(template));
  }
}
