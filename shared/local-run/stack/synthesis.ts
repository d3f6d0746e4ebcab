import { spawn } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { removeForeignFrames } from "../functions/failure-text.ts";
import { LocalRunError } from "../local-run-error.ts";
import { endGroup, endLeftovers, OWN_GROUP } from "../process-group.ts";
import { makeTemporaryFolder, removeTemporaryFolder } from "../temporary-folder.ts";
import { readCdkConfiguration, readJson } from "./cdk-app.ts";
import { httpApisOf, type Template } from "./template.ts";

/** Options of a synthesis. */
export interface SynthesisOptions {
  /** Folder with `cdk.json`. */
  readonly root: string;
  /** CDK context in addition to that of `cdk.json`, like `cdk -c NAME=VALUE`. */
  readonly context?: Readonly<Record<string, string>>;
  /** Name of the stack, if several have an HTTP API. Default: the first of them, with a warning. */
  readonly stack?: string;
  /** Receives the standard error output of a successful app, such as warnings. */
  readonly onWarning?: (text: string) => void;
  /** Terminates the app. */
  readonly signal?: AbortSignal;
}

/**
 * Runs the app that `cdk.json` names, as the `cdk` command does
 * (https://docs.aws.amazon.com/cdk/v2/guide/apps.html), and returns the template of the stack with an HTTP
 * API. Functions are not bundled and the template is not validated; `cdk synth` does both and takes four
 * times as long.
 *
 * @throws LocalRunError with the app's own error output if it fails
 */
export async function synthesize(options: SynthesisOptions): Promise<Template> {
  const { root, context, stack, onWarning, signal } = options;
  const { app, build, context: ownContext } = await readCdkConfiguration(root);
  if (typeof app !== "string")
    throw new LocalRunError(
      'cdk.json must name the CDK app in its property app, such as "app": "node infra/app.ts".',
    );
  const command = typeof build === "string" ? `${build} && ${withoutNpx(app)}` : withoutNpx(app);
  const outdir = makeTemporaryFolder("synthesis-");
  try {
    const contextFile = join(outdir, "context.json");
    await writeFile(contextFile, JSON.stringify({ ...ownContext, ...context, ...LOCAL_CONTEXT }));
    const warnings = await runApp(command, root, outdir, contextFile, signal);
    if (warnings) onWarning?.(warnings);
    const stacks = await readStacks(outdir);
    const chosen = chooseStack(stacks, stack);
    if (stack === undefined && stacks.length > 1)
      onWarning?.(
        `Several stacks of the CDK app have an HTTP API: ${namesOf(stacks)}. ${chosen.name} is served. Choose with npm start -- --stack NAME.`,
      );
    return chosen.template;
  } finally {
    await removeTemporaryFolder(outdir);
  }
}

/**
 * Context that turns off the bundling of functions, the copying of sources and the stack traces of
 * constructs.
 */
const LOCAL_CONTEXT = {
  "aws:cdk:bundling-stacks": [],
  "aws:cdk:disable-asset-staging": true,
  "aws:cdk:disable-stack-trace": true,
  "aws:cdk:disable-creation-stack-traces": true,
};

/**
 * Returns a command without `npx`, which would find the same command on the app's PATH, and take two seconds.
 */
function withoutNpx(command: string): string {
  return command.replace(/^npx\s+(--no(-install)?\s+)?(--\s+)?/, "");
}

async function runApp(
  command: string,
  root: string,
  outdir: string,
  contextFile: string,
  signal: AbortSignal | undefined,
): Promise<string> {
  signal?.throwIfAborted();
  const child = spawn(command, {
    cwd: root,
    shell: true,
    stdio: ["ignore", "inherit", "pipe"],
    ...OWN_GROUP,
    env: {
      ...process.env,
      PATH: [join(root, "node_modules/.bin"), dirname(process.execPath), process.env.PATH].join(delimiter),
      CDK_OUTDIR: outdir,
      // A variable of the environment is limited to 128 KiB, and to 32 KiB on Windows.
      CONTEXT_OVERFLOW_LOCATION_ENV: contextFile,
      CDK_CONTEXT_JSON: undefined,
      CDK_VALIDATION: "false",
      NODE_COMPILE_CACHE: join(root, ".local/compile-cache"),
    },
  });
  signal?.addEventListener("abort", () => endGroup(child), { once: true });
  child.once("exit", () => endLeftovers(child));
  const exit = new Promise<number | null>((resolve) => child.once("close", resolve));
  const [errors, code] = await Promise.all([text(child.stderr), exit]);
  if (code !== 0) throw new LocalRunError(describeEnd(command, code, errors.trim()));
  return errors.trim();
}

/**
 * Describes the end of the app. A single line of the app is printed alone; a stack trace gets a sentence
 * before it.
 */
function describeEnd(command: string, code: number | null, errors: string): string {
  if (!errors)
    return `The CDK app (${command}) ended with exit code ${code} and printed no error. Run it alone to see more.`;
  if (!errors.includes("\n")) return errors;
  // Node.js begins with the line of its own code that has noticed the error.
  const own = errors.replace(/^node:\S+\n[^\n]*\n\s*\^\s*\n/, "");
  return `The CDK app (${command}) failed.\n${removeForeignFrames(own)}`;
}

/** Stack of the CDK app with an HTTP API. */
interface ApiStack {
  readonly name: string;
  readonly template: Template;
}

async function readStacks(outdir: string): Promise<ApiStack[]> {
  const { artifacts } = (await readJson(join(outdir, "manifest.json"))) as {
    artifacts: Record<string, Artifact>;
  };
  const stacks: ApiStack[] = [];
  for (const [name, { type, properties }] of Object.entries(artifacts)) {
    if (type !== "aws:cloudformation:stack" || !properties?.templateFile) continue;
    const template = (await readJson(join(outdir, properties.templateFile))) as Template;
    if (httpApisOf(template).length > 0) stacks.push({ name, template });
  }
  return stacks;
}

function chooseStack(stacks: readonly ApiStack[], name: string | undefined): ApiStack {
  const [first] = stacks;
  if (!first)
    throw new LocalRunError(
      "No stack of the CDK app has an HTTP API (AWS::ApiGatewayV2::Api), so there is nothing to serve. Add one, or a SessionStack.",
    );
  const chosen = name === undefined ? first : stacks.find((stack) => stack.name === name);
  if (!chosen)
    throw new LocalRunError(
      `No stack named ${name} has an HTTP API. Choose one of these with --stack: ${namesOf(stacks)}.`,
    );
  return chosen;
}

function namesOf(stacks: readonly ApiStack[]): string {
  return stacks.map(({ name }) => name).join(", ");
}

/** Entry of the cloud assembly's manifest, with the properties that are read. */
interface Artifact {
  readonly type: string;
  readonly properties?: { readonly templateFile?: string };
}
