import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { builtinModules } from "node:module";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { promisify } from "node:util";
import { App, RemovalPolicy, Stack } from "aws-cdk-lib";
import { build, type Metafile } from "esbuild";
import { BUNDLING, PROJECT_ROOT, toConditions } from "../../infra/bundling.ts";
import { SessionFunction } from "../../infra/constructs/session-function.ts";
import type { FunctionFile } from "../../infra/routes.ts";
import { CDK_JSON } from "./synthesize.ts";

/** A function's bundle, and what esbuild tells about it. */
export interface Bundle extends Pick<Metafile["outputs"][string], "inputs" | "imports" | "bytes"> {
  /** The function's source. */
  readonly entry: string;
  readonly text: string;
}

/** What a bundle's handler answered. */
export interface Answer {
  readonly statusCode: number;
  readonly body?: string;
  readonly cookies?: readonly string[];
}

/** What no bundle holds. */
export const FORBIDDEN = { "a source map": "sourceMappingURL", "a path of this machine": PROJECT_ROOT };

/** Returns the bytes that the application's own functions take in a bundle: `functions/` without `runtime/`. */
export function ownBytes({ inputs }: Bundle): number {
  const own = Object.entries(inputs).filter(([path]) => /^functions\/(?!runtime\/)/.test(path));
  return own.reduce((sum, [, { bytesInOutput }]) => sum + bytesInOutput, 0);
}

/** Returns the names of the packages in a bundle, but for the library of this project. */
export function packagesIn({ inputs }: Bundle): string[] {
  const names = Object.keys(inputs).map(
    (path) => /.*\bnode_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? "",
  );
  return [...new Set(names)].filter((name) => name !== "" && name !== "lambda-sessions");
}

/** Returns what a bundle imports when it runs that is no module of Node's own. */
export function foreignImports({ imports }: Bundle): string[] {
  const paths = imports.map(({ path }) => path);
  return paths.filter((path) => !builtinModules.includes(path.replace(/^node:/, "")));
}

/**
 * Bundles functions as they deploy, but all at once.
 *
 * @param root the folder that the files are relative to
 * @param condition of package.json's `imports`; default: none
 */
export async function bundlesOf(
  root: string,
  files: readonly FunctionFile[],
  condition?: string,
): Promise<Bundle[]> {
  const { metafile, outputFiles } = await build({
    ...BUNDLING,
    conditions: toConditions(condition),
    absWorkingDir: PROJECT_ROOT,
    entryPoints: [...new Set(files)].map((file) => join(root, file)),
    outbase: root,
    outdir: join(root, "bundles"),
    outExtension: { ".js": ".mjs" },
    metafile: true,
    write: false,
  });
  return outputFiles.map(({ path, text }) => {
    const { entryPoint = "", ...output } = metafile.outputs[relative(PROJECT_ROOT, path)] as Output;
    return { entry: relative(root, join(PROJECT_ROOT, entryPoint)), text, ...output };
  });
}

/** The part of esbuild's report that is about one bundle. */
type Output = Metafile["outputs"][string];

/** Returns the bundle of a function as `cdk deploy` makes it. */
export function deployedBundle(root: string, entry: FunctionFile, condition?: string): string {
  return inFolder((outdir) => {
    const app = new App({ outdir, context: { ...CDK_JSON.context } });
    new SessionFunction(new Stack(app, "Sessions"), "Function", {
      root,
      entry,
      condition,
      memorySize: 128,
      timeout: 1,
      logRetention: 1,
      removalPolicy: RemovalPolicy.DESTROY,
      environment: {},
    });
    app.synth();
    const [asset = "", ...others] = readdirSync(outdir).filter((name) => name.startsWith("asset."));
    const files = readdirSync(join(outdir, asset));
    if (others.length > 0 || files.join() !== "index.mjs") throw new Error(`more than one file: ${files}`);
    return readFileSync(join(outdir, asset, "index.mjs"), "utf8");
  });
}

/** Calls a function with a new folder, which it may use until it returns. */
function inFolder<T>(use: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), "bundle-"));
  try {
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A request to a bundle. */
export interface BundleRequest {
  /** As `name=value`. */
  readonly cookies?: readonly string[];
  /** Of a POST. Default: a name, as the example's sign-in wants it. */
  readonly form?: string;
  /** All variables of the function besides the secret keys. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** Returns what a bundle answers in a fresh Node, as Lambda runs it: its own environment and no `node_modules` near. */
export async function answerOf(
  { text }: Bundle,
  routeKey: string,
  request: BundleRequest = {},
): Promise<Answer> {
  const script = `const { handler } = await import("./index.mjs");
    console.log(JSON.stringify(await handler(${JSON.stringify(eventOf(routeKey, request))})));
    process.exit();`;
  const env = { SESSION_SECRET_KEYS: JSON.stringify(["k".repeat(32)]), ...request.environment };
  const cwd = await mkdtemp(join(tmpdir(), "bundle-"));
  try {
    await writeFile(join(cwd, "index.mjs"), text);
    await writeFile(join(cwd, "run.mjs"), script);
    const { stdout } = await promisify(execFile)(process.execPath, ["run.mjs"], { cwd, env });
    return JSON.parse(stdout.trim().split("\n").at(-1) ?? "");
  } finally {
    await rm(cwd, { recursive: true });
  }
}

/** The cookies that a browser sends after an answer. */
export function cookiesAfter({ cookies = [] }: Answer): string[] {
  return cookies.map((cookie) => cookie.split(";")[0] ?? "");
}

/** What a browser's request to a route becomes at the function, as payload 2.0. */
function eventOf(routeKey: string, { cookies = [], form = "name=Ada" }: BundleRequest): object {
  const [method, path = "/"] = routeKey.split(" ");
  const http = { method, path, protocol: "HTTP/1.1", sourceIp: "192.0.2.1", userAgent: "test" };
  return {
    version: "2.0",
    routeKey,
    rawPath: path,
    rawQueryString: "",
    headers: { host: "example.com", "content-type": "application/x-www-form-urlencoded" },
    cookies,
    requestContext: { http, routeKey, stage: "$default", requestId: "1", timeEpoch: 0 },
    body: method === "POST" ? form : undefined,
    isBase64Encoded: false,
  };
}
