import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { App, RemovalPolicy, Stack } from "aws-cdk-lib";
import { build, type Metafile } from "esbuild";
import { afterAll } from "vitest";
import { BUNDLING, conditionsOf, PROJECT_ROOT } from "../../infra/bundling.ts";
import { SessionFunction } from "../../infra/constructs/session-function.ts";
import type { FunctionFile, Routes } from "../../infra/routes.ts";
import { CDK_JSON } from "./synthesize.ts";

/** A function's bundle, and what esbuild tells about it. */
export interface Bundle extends Pick<Metafile["outputs"][string], "inputs" | "imports" | "bytes"> {
  /** The function's source. */
  readonly entry: string;
  /** Where the bundle is. */
  readonly file: string;
  readonly text: string;
}

/** What a bundle's handler answered. */
export interface Answer {
  readonly statusCode: number;
  readonly body?: string;
  readonly cookies?: readonly string[];
}

/** Modules whose import costs milliseconds of every cold start. */
export const SLOW = [
  "node:http",
  "node:https",
  "node:http2",
  "node:module",
  "http",
  "https",
  "http2",
  "module",
];

/** What no bundle holds: tools, a source map, and a path of the machine that built it. */
export const FORBIDDEN = {
  "the CDK": "aws-cdk",
  "the bundler": "esbuild",
  "the test runner": "vitest",
  "a source map": "sourceMappingURL",
  "the path of the project": PROJECT_ROOT,
};

/**
 * Bytes of a bundle that come from a folder of `functions/` other than `runtime/`: pages say and look like what they want,
 * and what a ceiling is for is the rest.
 */
export function folderBytesIn(inputs: Bundle["inputs"]): number {
  const inFolders = Object.entries(inputs).filter(([path]) => /^functions\/(?!runtime\/).+\//.test(path));
  return inFolders.reduce((sum, [, { bytesInOutput }]) => sum + bytesInOutput, 0);
}

const directory = mkdtempSync(join(tmpdir(), "bundle-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** Bundles the functions of some routes, under a condition of package.json's `imports` or none. */
export async function bundlesOf(routes: Routes, condition?: string): Promise<Bundle[]> {
  const { metafile } = await build({
    ...BUNDLING,
    conditions: conditionsOf(condition),
    absWorkingDir: PROJECT_ROOT,
    entryPoints: [...new Set(Object.values(routes))],
    outdir: join(directory, condition ?? "default"),
    outExtension: { ".js": ".mjs" },
    metafile: true,
  });
  return Object.entries(metafile.outputs).map(([path, { entryPoint = "", ...output }]) => {
    const file = join(PROJECT_ROOT, path);
    return { entry: entryPoint, file, text: readFileSync(file, "utf8"), ...output };
  });
}

/** The bundle of a function as `cdk deploy` makes it. */
export function deployedBundle(entry: FunctionFile, condition?: string): string {
  const app = new App({ outdir: mkdtempSync(join(directory, "cdk.out-")), context: { ...CDK_JSON.context } });
  new SessionFunction(new Stack(app, "Sessions"), "Function", {
    entry,
    condition,
    memorySize: 128,
    timeout: 1,
    logRetention: 1,
    removalPolicy: RemovalPolicy.DESTROY,
    environment: {},
  });
  const assembly = app.synth().directory;
  const [asset = "", ...others] = readdirSync(assembly).filter((name) => name.startsWith("asset."));
  const files = readdirSync(join(assembly, asset));
  if (others.length > 0 || files.join() !== "index.mjs") throw new Error(`more than one file: ${files}`);
  return readFileSync(join(assembly, asset, "index.mjs"), "utf8");
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

/** What a bundle answers in a fresh Node, as Lambda runs it: its own environment and no `node_modules` near. */
export async function answerOf(file: string, routeKey: string, request: BundleRequest = {}): Promise<Answer> {
  const script = `const { handler } = await import(${JSON.stringify(pathToFileURL(file).href)});
    console.log(JSON.stringify(await handler(${JSON.stringify(eventOf(routeKey, request))})));
    process.exit();`;
  const env = { SESSION_SECRET_KEYS: JSON.stringify(["k".repeat(32)]), ...request.environment };
  const run = promisify(execFile);
  const { stdout } = await run(process.execPath, ["--input-type=module", "-e", script], {
    cwd: directory,
    env,
  });
  return JSON.parse(stdout.trim().split("\n").at(-1) ?? "");
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
