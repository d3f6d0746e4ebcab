import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { removeForeignFrames } from "../functions/failure-text.ts";
import { LocalRunError } from "../local-run-error.ts";
import type { Template } from "./template.ts";

/** Options of a synthesis. */
export interface SynthesisOptions {
  /** Folder with `cdk.json`. */
  readonly root: string;
  /** CDK context in addition to that of `cdk.json`, like `cdk -c NAME=VALUE`. */
  readonly context?: Readonly<Record<string, string>>;
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
export async function synthesize({ root, context, onWarning, signal }: SynthesisOptions): Promise<Template> {
  const { app, context: ownContext } = await readJson(join(root, "cdk.json"));
  if (typeof app !== "string")
    throw new LocalRunError(
      'cdk.json must name the CDK app in its property app, such as "app": "node infra/app.ts".',
    );
  const outdir = await mkdtemp(join(tmpdir(), "synthesis-"));
  try {
    const lookups = existsSync(join(root, "cdk.context.json"))
      ? await readJson(join(root, "cdk.context.json"))
      : {};
    const everything = { ...(ownContext as object), ...lookups, ...context, ...LOCAL_CONTEXT };
    const warnings = await runApp(app, root, outdir, everything, signal);
    if (warnings) onWarning?.(warnings);
    return await readTemplate(outdir);
  } finally {
    await rm(outdir, { recursive: true, force: true });
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

async function runApp(
  app: string,
  root: string,
  outdir: string,
  context: object,
  signal: AbortSignal | undefined,
): Promise<string> {
  // npx would find the same command on this PATH, and take two seconds for it.
  const command = app.replace(/^npx\s+(--no(-install)?\s+)?(--\s+)?/, "");
  const child = spawn(command, {
    cwd: root,
    shell: true,
    stdio: ["ignore", "inherit", "pipe"],
    env: {
      ...process.env,
      PATH: [join(root, "node_modules/.bin"), dirname(process.execPath), process.env.PATH].join(delimiter),
      CDK_OUTDIR: outdir,
      CDK_CONTEXT_JSON: JSON.stringify(context),
      CDK_VALIDATION: "false",
      NODE_COMPILE_CACHE: join(root, ".local/compile-cache"),
    },
  });
  signal?.addEventListener("abort", () => child.kill(), { once: true });
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
  return errors.includes("\n") ? `The CDK app (${command}) failed.\n${removeForeignFrames(errors)}` : errors;
}

async function readTemplate(outdir: string): Promise<Template> {
  const { artifacts } = (await readJson(join(outdir, "manifest.json"))) as {
    artifacts: Record<string, Artifact>;
  };
  for (const { type, properties } of Object.values(artifacts)) {
    if (type !== "aws:cloudformation:stack" || !properties?.templateFile) continue;
    const template: Template = await readJson(join(outdir, properties.templateFile));
    const types = Object.values(template.Resources ?? {}).map((resource) => resource.Type);
    if (types.includes("AWS::ApiGatewayV2::Api")) return template;
  }
  throw new LocalRunError(
    "No stack of the CDK app has an HTTP API (AWS::ApiGatewayV2::Api), so there is nothing to serve. Add one, or a SessionStack.",
  );
}

/** Entry of the cloud assembly's manifest, with the properties that are read. */
interface Artifact {
  readonly type: string;
  readonly properties?: { readonly templateFile?: string };
}

async function readJson(file: string): Promise<Record<string, unknown>> {
  try {
    return JSON.parse(await readFile(file, "utf8")) as Record<string, unknown>;
  } catch (error) {
    throw new LocalRunError(`${file} cannot be read: ${(error as Error).message}`, { cause: error });
  }
}
