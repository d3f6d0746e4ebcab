import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { isBuiltin } from "node:module";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { promisify } from "node:util";
import { App, RemovalPolicy, Stack } from "aws-cdk-lib";
import { build, type Metafile } from "esbuild";
import { bundlingOf, PROJECT_ROOT } from "../../infra/bundling.ts";
import { SessionFunction } from "../../infra/constructs/session-function.ts";
import type { FunctionFile } from "../../infra/routes.ts";
import { CDK_JSON } from "./synthesize.ts";

/** Bundle of a function, with esbuild's report about it. */
export interface Bundle extends Pick<Metafile["outputs"][string], "inputs" | "imports" | "bytes"> {
  /** Source file of the function. */
  readonly entry: string;
  readonly text: string;
}

/** Result of a bundle's handler. */
export interface Answer {
  readonly statusCode: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly cookies?: readonly string[];
}

/** Strings that no bundle may contain. */
export const FORBIDDEN = { "a source map": "sourceMappingURL", "a path of this machine": PROJECT_ROOT };

/** The application's own functions, and what these chose of the library: its adapters, `readJson`. */
const OWN =
  /^functions\/(?!runtime\/)|(^|\/)(shared|lambda-sessions\/dist)\/(adapters\/|lambda\/json-object\.)/;

/** Returns the number of bytes of the application's own functions in a bundle, and of what they chose. */
export function ownBytes({ inputs }: Bundle): number {
  const own = Object.entries(inputs).filter(([path]) => OWN.test(path));
  return own.reduce((sum, [, { bytesInOutput }]) => sum + bytesInOutput, 0);
}

/** Returns whether a bundle contains one of the library's guards, `requireUser` or `requireFresh`. */
export function hasGuard({ inputs }: Bundle): boolean {
  return Object.keys(inputs).some((path) => /\blambda\/guards\/require-/.test(path));
}

/** Returns the names of the packages in a bundle, except this project's library. */
export function packagesIn({ inputs }: Bundle): string[] {
  const names = Object.keys(inputs).map(
    (path) => /.*\bnode_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? "",
  );
  return [...new Set(names)].filter((name) => name !== "" && name !== "lambda-sessions");
}

/** Returns the modules that a bundle imports at run time, except Node's own. */
export function foreignImports({ imports }: Bundle): string[] {
  const paths = imports.map(({ path }) => path);
  return paths.filter((path) => !isBuiltin(path));
}

/**
 * Bundles functions with the options of the deployment, in parallel.
 *
 * @param root folder that the files are relative to
 * @param conditions conditions of package.json's `imports`; default: none
 */
export async function bundlesOf(
  root: string,
  files: readonly FunctionFile[],
  ...conditions: string[]
): Promise<Bundle[]> {
  const { metafile, outputFiles } = await build({
    ...bundlingOf(conditions),
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

/** Part of esbuild's report that describes one bundle. */
type Output = Metafile["outputs"][string];

/** Returns the bundle of a function as `cdk deploy` creates it. */
export function deployedBundle(root: string, entry: FunctionFile, ...conditions: string[]): string {
  return inFolder((outdir) => {
    const app = new App({
      outdir,
      builtinCloudFormationValidation: false,
      context: { ...CDK_JSON.context },
    });
    new SessionFunction(new Stack(app, "Sessions"), "Function", {
      root,
      entry,
      conditions,
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

/** Calls a function with a new folder, which is removed afterwards. */
function inFolder<T>(use: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), "bundle-"));
  try {
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Request to a bundle. */
export interface BundleRequest {
  /** Cookies as `name=value`. */
  readonly cookies?: readonly string[];
  /** Further headers by their name in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Form of a POST. Default: a name, which the example's sign-in needs. */
  readonly form?: string;
  /** All variables of the function except the secret keys. */
  readonly environment?: Readonly<Record<string, string>>;
}

/**
 * Returns the result of a bundle in a new Node process, as on Lambda: with its own environment, and without
 * `node_modules`.
 */
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

/** Returns the cookies that a browser sends after a response. */
export function cookiesAfter({ cookies = [] }: Answer): string[] {
  return cookies.map((cookie) => cookie.split(";")[0] ?? "");
}

/** Returns the event of a browser's request to a route, in payload format 2.0. */
function eventOf(routeKey: string, { cookies = [], headers = {}, form = "name=Ada" }: BundleRequest): object {
  const [method, path = "/"] = routeKey.split(" ");
  const http = { method, path, protocol: "HTTP/1.1", sourceIp: "192.0.2.1", userAgent: "test" };
  return {
    version: "2.0",
    routeKey,
    rawPath: path,
    rawQueryString: "",
    headers: { host: "example.com", "content-type": "application/x-www-form-urlencoded", ...headers },
    cookies,
    requestContext: { http, routeKey, stage: "$default", requestId: "1", timeEpoch: 0 },
    body: method === "POST" ? form : undefined,
    isBase64Encoded: false,
  };
}
