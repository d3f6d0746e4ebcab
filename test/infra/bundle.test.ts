import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { builtinModules } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { App, RemovalPolicy, Stack } from "aws-cdk-lib";
import { build } from "esbuild";
import { afterAll, describe, expect, test } from "vitest";
import { BUNDLING, PROJECT_ROOT } from "../../infra/bundling.ts";
import { SessionFunction } from "../../infra/constructs/session-function.ts";
import { type FunctionFile, ROUTES } from "../../infra/routes.ts";
import { CDK_JSON } from "./synthesize.ts";

/** Bytes that the bundle of one function may have; a fifth of it is the signer of the request for the keys. */
const CEILING = 43_000;

/** Bytes that the session layer may have in it, with keys at hand. */
const SESSION_CEILING = 29_500;

const is = (expected: number) => (statusCode: number) => statusCode === expected;

/** What the demo's routes answer to the request below; a route of a fork may refuse it, but must not fail. */
const DEMO: Readonly<Record<string, (statusCode: number) => boolean>> = {
  "GET /": is(200),
  "GET /set": is(200),
  "GET /get": is(200),
  "GET /visits": is(200),
  "GET /session": is(200),
  "POST /sign-in": is(303),
  "POST /sign-out": is(303),
};
const isNoFailure = (statusCode: number) => statusCode < 500;

/** What no bundle holds: the SDK, tools, a source map, and a path of the machine that built it. */
const FORBIDDEN = {
  "the AWS SDK": "@aws-sdk",
  "the SDK's inner packages": "@smithy",
  "the CDK": "aws-cdk",
  "the bundler": "esbuild",
  "the test runner": "vitest",
  "a source map": "sourceMappingURL",
  "the path of the project": PROJECT_ROOT,
};

/** Modules whose import costs milliseconds of every cold start. */
const SLOW = ["node:http", "node:https", "node:http2", "node:module", "http", "https", "http2", "module"];

const directory = mkdtempSync(join(tmpdir(), "bundle-"));
afterAll(() => rmSync(directory, { recursive: true }));

const { metafile } = await build({
  ...BUNDLING,
  absWorkingDir: PROJECT_ROOT,
  entryPoints: [...new Set(Object.values(ROUTES))],
  outdir: join(directory, "esbuild"),
  outExtension: { ".js": ".mjs" },
  metafile: true,
});

const bundles = Object.entries(metafile.outputs).map(([path, { entryPoint = "", ...output }]) => {
  const file = join(PROJECT_ROOT, path);
  return { entry: entryPoint, file, text: readFileSync(file, "utf8"), ...output };
});

/** What a browser's request to a route becomes at the function, as payload 2.0. */
function eventOf(routeKey: string, cookies: readonly string[]): object {
  const [method, path = "/"] = routeKey.split(" ");
  const http = { method, path, protocol: "HTTP/1.1", sourceIp: "192.0.2.1", userAgent: "test" };
  const headers = { host: "example.com", "content-type": "application/x-www-form-urlencoded" };
  return {
    version: "2.0",
    routeKey,
    rawPath: path,
    rawQueryString: "",
    headers,
    cookies,
    requestContext: { http, routeKey, stage: "$default", requestId: "1", timeEpoch: 0 },
    body: method === "POST" ? "name=Ada" : undefined,
    isBase64Encoded: false,
  };
}

/** What a bundle answers in a fresh Node, as Lambda runs it: its own environment and no `node_modules` near. */
function answerOf(file: string, routeKey: string, cookies: readonly string[] = []): Answer {
  const script = `const { handler } = await import(${JSON.stringify(pathToFileURL(file).href)});
    console.log(JSON.stringify(await handler(${JSON.stringify(eventOf(routeKey, cookies))})));`;
  const env = { SESSION_SECRET_KEYS: JSON.stringify(["k".repeat(32)]) };
  const options = { cwd: directory, env, encoding: "utf8" } as const;
  const output = execFileSync(process.execPath, ["--input-type=module", "-e", script], options);
  return JSON.parse(output.trim().split("\n").at(-1) ?? "");
}

interface Answer {
  readonly statusCode: number;
  readonly body?: string;
  readonly cookies?: readonly string[];
}

function bundleOf(entry: FunctionFile): (typeof bundles)[number] {
  const found = bundles.find((bundle) => bundle.entry === entry);
  if (!found) throw new Error(`no bundle of ${entry}`);
  return found;
}

test("every function of the routes table has a bundle", () => {
  expect(bundles.map(({ entry }) => entry).toSorted()).toEqual(
    [...new Set(Object.values(ROUTES))].toSorted(),
  );
});

describe.each(bundles)("the bundle of $entry", ({ entry, file, text, inputs, imports, bytes }) => {
  test(`has at most ${CEILING} bytes`, () => {
    expect(bytes).toBeLessThanOrEqual(CEILING);
  });

  test("is made of functions, shared code and the two dependencies only", () => {
    const strangers = Object.keys(inputs).filter(
      (path) => !/^(functions|shared|node_modules\/(aws4|cookie))\//.test(path),
    );
    expect(strangers).toEqual([]);
  });

  test("leaves only Node's own modules to the runtime, and none that is slow to load", () => {
    const paths = imports.map(({ path }) => path);
    expect(paths.filter((path) => !builtinModules.includes(path.replace(/^node:/, "")))).toEqual([]);
    expect(paths.filter((path) => SLOW.includes(path))).toEqual([]);
  });

  test.each(Object.entries(FORBIDDEN))("does not hold %s", (_, forbidden) => {
    expect(text).not.toContain(forbidden);
  });

  const routes = Object.entries(ROUTES).filter(([, target]) => target === entry);
  test.each(routes)("answers %s", (routeKey) => {
    const { statusCode, cookies = [] } = answerOf(file, routeKey);
    expect(statusCode).toSatisfy(DEMO[routeKey] ?? isNoFailure);
    for (const cookie of cookies) expect(cookie).toMatch(/^__Host-session=/);
  });
});

test(`the session layer has at most ${SESSION_CEILING} bytes`, async () => {
  const contents = `
    import { createWithSession } from "./shared/lambda/with-session.ts";
    import { SecureCookieSessionInterface } from "./shared/session/secure-cookie-session-interface.ts";
    const withSession = createWithSession({ sessionInterface: new SecureCookieSessionInterface({ keys: ["k"] }) });
    export const handler = withSession((_event, session) => session.get("key"));`;
  const stdin = { contents, resolveDir: PROJECT_ROOT, loader: "ts" } as const;
  const { outputFiles } = await build({ ...BUNDLING, stdin, write: false });
  expect(outputFiles[0]?.contents.byteLength).toBeLessThanOrEqual(SESSION_CEILING);
});

test("a session that one bundle stored is read by another", () => {
  const { cookies = [] } = answerOf(bundleOf("functions/set.ts").file, "GET /set");
  const sent = cookies.map((cookie) => cookie.split(";")[0] ?? "");
  expect(answerOf(bundleOf("functions/get.ts").file, "GET /get", sent).body).toBe("value");
});

test("the deployed bundle is byte for byte the tested one", () => {
  const entry: FunctionFile = "functions/get.ts";
  const app = new App({ outdir: join(directory, "cdk.out"), context: { ...CDK_JSON.context } });
  new SessionFunction(new Stack(app, "Sessions"), "Get", {
    entry,
    memorySize: 128,
    timeout: 1,
    logRetention: 1,
    removalPolicy: RemovalPolicy.DESTROY,
    environment: {},
  });
  const assembly = app.synth().directory;
  const [asset = ""] = readdirSync(assembly).filter((name) => name.startsWith("asset."));
  expect(readdirSync(join(assembly, asset))).toEqual(["index.mjs"]);
  expect(readFileSync(join(assembly, asset, "index.mjs"), "utf8")).toBe(bundleOf(entry).text);
});
