import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { findFreePort, killAtExit } from "../../support/child-process.ts";
import { ExampleProject } from "../frameworks/example-project.ts";
import { readPageExample } from "../frameworks/page-example.ts";
import { Cdk, type Context } from "./cdk.ts";
import {
  DEPLOYMENT,
  type DeployedStack,
  type Deployment,
  EXAMPLES,
  newPrefix,
  SIGN_IN_STACK,
  type SignInStack,
  STACKS,
  type StackKind,
} from "./deployment.ts";
import type { Emulator } from "./emulator.ts";
import { ROOT } from "./installation.ts";

/** Options of a rehearsal. */
export interface RehearsalOptions {
  /** The emulator. Default: AWS, with the environment of this process. */
  readonly emulator?: Emulator;
  /** Called before each part. An error that it throws ends the rehearsal after everything is destroyed. */
  readonly goOn: () => void;
}

/** Deploys the stacks, runs the tests of each part, and destroys the stacks. */
export class Rehearsal {
  readonly #options: RehearsalOptions;
  readonly #environment: NodeJS.ProcessEnv;
  readonly #cdk: Cdk;
  readonly #prefix = newPrefix();
  readonly #begun: string[] = [];
  readonly #stacks: Partial<Record<StackKind, DeployedStack>> = {};
  #signIn: SignInStack | undefined;

  constructor(options: RehearsalOptions) {
    this.#options = options;
    this.#environment = options.emulator?.environment ?? process.env;
    this.#cdk = new Cdk(this.#environment, options.emulator !== undefined);
  }

  /** Sets the exit code of this process when a test failed. @throws DeployTestError when a command failed */
  async run(): Promise<void> {
    // On AWS an account is bootstrapped once, by those who decide about its roles.
    if (this.#options.emulator) await this.#cdk.bootstrap();
    try {
      await this.#deploy();
      for (const folder of ["story", "change"]) {
        this.#options.goOn();
        await this.#test(folder);
      }
    } finally {
      await this.#destroy();
      await this.#test("leftovers");
    }
  }

  async #deploy(): Promise<void> {
    for (const [kind, settings] of Object.entries(STACKS))
      this.#stacks[kind as StackKind] = await this.#deployStack(kind, settings);
    if (this.#options.emulator === undefined) return;
    const project = new ExampleProject(...EXAMPLES.map(([page, files]) => readPageExample(page, files)));
    try {
      this.#signIn = await this.#deploySignIn(project.root);
    } finally {
      project.remove();
    }
  }

  async #deploySignIn(root: string): Promise<SignInStack> {
    const issuer = `http://127.0.0.1:${await findFreePort()}`;
    const service = `http://127.0.0.1:${await findFreePort()}`;
    const cdk = new Cdk(this.#environment, true, { root, service });
    const settings = { ...SIGN_IN_STACK, oidcIssuer: issuer };
    return { ...(await this.#deployStack("sign-in", settings, cdk)), issuer, service };
  }

  async #deployStack(kind: string, settings: Context, cdk = this.#cdk): Promise<DeployedStack> {
    this.#options.goOn();
    const name = `${this.#prefix}-${kind}`;
    this.#begun.push(name);
    return { name, url: await cdk.deploy(name, settings) };
  }

  /** Destroys every stack, even when one cannot be destroyed. */
  async #destroy(): Promise<void> {
    for (const name of this.#begun)
      await this.#cdk.destroy(name).catch((error: Error) => {
        console.error(`\n${error.message}`);
        process.exitCode = 1;
      });
  }

  /** Runs the tests of one folder. */
  async #test(folder: string): Promise<void> {
    const vitest = join(ROOT, "node_modules/vitest/vitest.mjs");
    const config = join(ROOT, "test/template/deploy/vitest.config.ts");
    const argv = [vitest, "run", "--config", config, `test/template/deploy/${folder}/`];
    const env = { ...this.#environment, [DEPLOYMENT]: JSON.stringify(this.#told) };
    const child = spawn(process.execPath, argv, { cwd: ROOT, stdio: "inherit", env });
    killAtExit(child);
    const [status] = await once(child, "exit");
    if (status !== 0) process.exitCode = 1;
  }

  /** Returns the deployment for the tests. If a stack is missing, only the last tests run, which use none. */
  get #told(): Deployment {
    const stacks = this.#stacks as Deployment["stacks"];
    return { stacks, signIn: this.#signIn, prefix: this.#prefix, emulator: this.#options.emulator?.endpoint };
  }
}
