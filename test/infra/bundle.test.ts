import { builtinModules } from "node:module";
import { dirname } from "node:path";
import { build } from "esbuild";
import { describe, expect, test } from "vitest";
import { BUNDLING, PROJECT_ROOT } from "../../infra/bundling.ts";
import { type FunctionFile, ROTATION_FUNCTION, routesOf, SESSIONLESS } from "../../infra/routes.ts";
import {
  answerOf,
  type Bundle,
  bundlesOf,
  cookiesAfter,
  deployedBundle,
  FORBIDDEN,
  folderBytesIn,
  SLOW,
} from "./bundles.ts";

/** Bytes that the bundle of one function may have, pages in folders aside; a fifth of it is the signer of the request for the keys. */
const CEILING = 46_500;

/** Bytes that the bundle of a function without a session may have. */
const SESSIONLESS_CEILING = 1_000;

/** Bytes that the bundle of the rotation function may have; half of it is the signer of its requests. */
const ROTATION_CEILING = 20_000;

/** Bytes that the session layer may have in it, with keys at hand. */
const SESSION_CEILING = 31_500;

const is = (expected: number) => (statusCode: number) => statusCode === expected;

/** What the example's routes answer to the request below; another route may refuse it, but must not fail. */
const EXAMPLE: Readonly<Record<string, (statusCode: number) => boolean>> = {
  "GET /": is(200),
  "GET /set": is(200),
  "GET /get": is(200),
  "GET /visits": is(200),
  "GET /session": is(200),
  "POST /sign-in": is(303),
  "POST /sign-out": is(303),
};
const isNoFailure = (statusCode: number) => statusCode < 500;

const ROUTES = routesOf({ hasTable: false });
const bundles = await bundlesOf(ROUTES);

function bundleOf(entry: FunctionFile): Bundle {
  const found = bundles.find((bundle) => bundle.entry === entry);
  if (!found) throw new Error(`no bundle of ${entry}`);
  return found;
}

describe("the bundle of the rotation function", async () => {
  const [rotation] = await bundlesOf({ "GET /": ROTATION_FUNCTION }, "rotation");
  if (!rotation) throw new Error("there is no bundle");

  test(`has at most ${ROTATION_CEILING} bytes`, () => {
    expect(rotation.bytes).toBeLessThanOrEqual(ROTATION_CEILING);
  });

  test("holds no session, no cookie and no SDK", () => {
    const strangers = Object.keys(rotation.inputs).filter(
      (path) => !/^(functions\/schedule|shared\/crypto|node_modules\/aws4)\//.test(path),
    );
    expect(strangers).toEqual([]);
  });

  test("imports no module of Node that is slow to load", () => {
    const paths = rotation.imports.map(({ path }) => path);
    expect(paths.filter((path) => !builtinModules.includes(path.replace(/^node:/, "")))).toEqual([]);
    expect(paths.filter((path) => SLOW.includes(path))).toEqual([]);
  });
});

test.each(bundles)("nothing of the rotation is in the bundle of $entry", ({ inputs, text }) => {
  expect(Object.keys(inputs).filter((path) => /rotation|key-ring|versions/.test(path))).toEqual([]);
  expect(text).not.toContain("AWSPENDING");
});

test("every function of the routes table has a bundle", () => {
  expect(bundles.map(({ entry }) => entry).toSorted()).toEqual(
    [...new Set(Object.values(ROUTES))].toSorted(),
  );
});

describe.each(bundles)("the bundle of $entry", ({ entry, file, text, inputs, imports, bytes }) => {
  const isSessionless = SESSIONLESS.includes(entry as FunctionFile);
  const ceiling = isSessionless ? SESSIONLESS_CEILING : CEILING;

  test(`has at most ${ceiling} bytes, pages in folders aside`, () => {
    expect(bytes - folderBytesIn(inputs)).toBeLessThanOrEqual(ceiling);
    if (dirname(entry) === "functions") expect(folderBytesIn(inputs)).toBe(0);
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

  test.each(
    Object.entries({ ...FORBIDDEN, "the AWS SDK": "@aws-sdk", "the SDK's inner packages": "@smithy" }),
  )("does not hold %s", (_, forbidden) => {
    expect(text.includes(forbidden)).toBe(false);
  });

  const routes = Object.entries(ROUTES).filter(([, target]) => target === entry);
  test.each(routes)("answers %s", async (routeKey) => {
    const { statusCode, cookies = [] } = await answerOf(file, routeKey);
    expect(statusCode).toSatisfy(EXAMPLE[routeKey] ?? isNoFailure);
    for (const cookie of cookies) expect(cookie).toMatch(/^__Host-session=/);
  });
});

test(`the session layer has at most ${SESSION_CEILING} bytes`, async () => {
  const contents = `
    import { createWithSession } from "./shared/lambda/with-session.ts";
    import { SecureCookieSessionInterface } from "./shared/cookie/secure-cookie-session-interface.ts";
    const withSession = createWithSession({ sessionInterface: new SecureCookieSessionInterface({ keys: ["k"] }) });
    export const handler = withSession((_event, session) => session.get("key"));`;
  const stdin = { contents, resolveDir: PROJECT_ROOT, loader: "ts" } as const;
  const { outputFiles } = await build({ ...BUNDLING, stdin, write: false });
  expect(outputFiles[0]?.contents.byteLength).toBeLessThanOrEqual(SESSION_CEILING);
});

test("a session that one bundle stored is read by another", async () => {
  const cookies = cookiesAfter(await answerOf(bundleOf("functions/set.ts").file, "GET /set"));
  expect((await answerOf(bundleOf("functions/get.ts").file, "GET /get", { cookies })).body).toBe("value");
});

test("the deployed bundle is byte for byte the tested one", () => {
  expect(deployedBundle("functions/get.ts") === bundleOf("functions/get.ts").text).toBe(true);
});
