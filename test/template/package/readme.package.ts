import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type BuildResult, build } from "esbuild";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { pageBlocks } from "../page-block.ts";
import type { Outcome } from "../project-copy.ts";
import { Consumer } from "./consumer.ts";
import { LibraryCopy } from "./library-copy.ts";

/**
 * Calls a handler twice, the second time with the cookie of the first response, and prints both responses.
 */
const CALLER = `
const { handler } = await import(process.argv[2]);
const http = { method: "GET", path: "/visits" };
const call = (cookies) => handler({ version: "2.0", rawPath: "/visits", headers: {}, cookies, requestContext: { http } }, {});
const first = await call([]);
const second = await call([first.cookies[0].split(";")[0]]);
process.stdout.write("\\n" + JSON.stringify([first, second]));
`;

let copy: LibraryCopy;
let consumer: Consumer;

beforeAll(() => {
  copy = new LibraryCopy();
  expect(copy.pack()).toMatchObject({ status: 0 });
  consumer = new Consumer(copy.tarball);
  for (const { file, code } of readmeFiles()) consumer.write(file, code);
  const exported = entryPoints().map((name, index) => `export * as entry${index} from "${name}";\n`);
  consumer.write("entry-points.ts", exported.join(""));
  consumer.write("call.js", CALLER);
});
afterAll(() => {
  consumer.remove();
  copy.remove();
});

/** Returns the TypeScript files of the library's README. */
function readmeFiles(): { file: string; code: string }[] {
  const blocks = pageBlocks(copy.read("shared/README.md")).filter(({ language }) => language === "ts");
  return blocks.map(({ file, code }) => {
    if (file === undefined) throw new Error(`add the file's name to the paragraph above this code: ${code}`);
    return { file, code };
  });
}

/** Returns the names of all entry points of the library. */
function entryPoints(): string[] {
  const { exports } = JSON.parse(copy.read("shared/package.json")) as { exports: object };
  return Object.keys(exports).map((name) => name.replace(".", "lambda-sessions"));
}

/** Calls a handler in a Node process and returns its two responses. */
function callHandler(path: string): { statusCode: number; body: string; cookies: string[] }[] {
  const { stdout, stderr } = consumer.run(process.execPath, "call.js", path);
  expect(stderr.slice(-500)).toBe("");
  return JSON.parse(stdout.split("\n").at(-1) ?? "");
}

/** Expects that the handler counts and sends the cookie of a browser session on HTTPS. */
function expectCounting(responses: ReturnType<typeof callHandler>): void {
  const session = expect.stringMatching(/^__Host-session=[\w.-]+; Path=\/; HttpOnly; Secure; SameSite=Lax$/);
  expect(responses).toMatchObject([
    { statusCode: 200, body: '{"visits":1}', cookies: [session] },
    { statusCode: 200, body: '{"visits":2}', cookies: [session] },
  ]);
}

describe("the code of the library's README, in an empty project with the tarball", () => {
  beforeAll(() => {
    expect(readmeFiles().length).toBeGreaterThan(6);
    expect(consumer.compile()).toMatchObject({ status: 0, stdout: "" });
  });

  test("the code of the library's README, and every entry point, compiles with strict and with the declarations of all packages", () => {
    expect(consumer.compile()).toMatchObject({ status: 0, stdout: "" });
  });

  test("every entry point but the suites for vitest loads with plain Node", () => {
    const names = entryPoints().filter((name) => name !== "lambda-sessions/contracts");
    expect(names.length).toBeGreaterThan(10);
    const code = `for (const name of ${JSON.stringify(names)}) if (Object.keys(await import(name)).length === 0) throw name`;
    const { stderr, status } = consumer.run(process.execPath, "--input-type=module", "--eval", code);
    expect([stderr, status]).toEqual(["", 0]);
  });

  test("the README's handler runs with plain Node and accepts the cookie of its first response", () => {
    expectCounting(callHandler("./out/visits.js"));
  });

  test("the README's tests pass under vitest, and so do the suites of stores and session interfaces", () => {
    const vitest = join(consumer.root, "node_modules/vitest/vitest.mjs");
    const { status, stdout } = consumer.run(
      process.execPath,
      vitest,
      "run",
      "visits.test.ts",
      "store.test.ts",
    );
    expect([stdout.match(/Test Files .*/)?.[0], status]).toEqual([expect.stringContaining("2 passed"), 0]);
  });
});

describe("a class with methods that RegisteredTypes names", () => {
  const price = `
    import { SecureCookieSessionInterface } from "lambda-sessions/cookie";
    import { createWithSession } from "lambda-sessions/lambda";
    import { json, Money } from "./money.ts";

    const sessionInterface = new SecureCookieSessionInterface({ keys: undefined, json });
    const withSession = createWithSession<{ price: Money }>({ sessionInterface });
    export const handler = withSession((_event, session) => session.set("price", new Money(1)).size);
  `;

  /** Compiles a handler that stores money, beside the README's `money.ts`. */
  function compilePrice(folder: string, money: string): Outcome {
    writeFileSync(join(folder, "money.ts"), money);
    writeFileSync(join(folder, "price.ts"), price);
    const options = ["--ignoreConfig", "--noEmit", "--strict", "--module", "nodenext", "--types", "node"];
    const compiler = join(copy.root, "node_modules/typescript/bin/tsc");
    const more = ["--allowImportingTsExtensions", "--target", "es2023", "--skipLibCheck", "--lib", "esnext"];
    return copy.run(process.execPath, compiler, ...options, ...more, join(folder, "price.ts"));
  }

  test.each([
    ["the tarball", () => consumer.root],
    ["the workspace", () => join(copy.root, "functions")],
  ])("a class can be stored with %s only if RegisteredTypes names it", (_what, folder) => {
    const money = readmeFiles().find(({ file }) => file === "money.ts")?.code ?? "";
    const withoutType = money.replace(/^declare module.*?^\}\n/ms, "");
    expect(withoutType.length).toBeLessThan(money.length);
    expect(compilePrice(folder(), money)).toMatchObject({ status: 0, stdout: "" });
    expect(compilePrice(folder(), withoutType).stdout).toMatch(/price\.ts\(\d+,\d+\): error TS2349/);
  });
});

describe("a bundle of the README's handler", () => {
  let bundle: BuildResult<{ metafile: true }>;

  beforeAll(async () => {
    bundle = await build({
      entryPoints: [join(consumer.root, "visits.ts")],
      outfile: join(consumer.root, "bundle.mjs"),
      bundle: true,
      minify: true,
      format: "esm",
      platform: "node",
      target: "node22",
      metafile: true,
    });
  });

  test("a bundle of the README's handler runs with plain Node", () => {
    expectCounting(callHandler("./bundle.mjs"));
  });

  test("a bundle of the README's handler contains no AWS SDK, no vitest and no package but cookie", () => {
    const packages = Object.keys(bundle.metafile.inputs).map(
      (path) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1],
    );
    expect(packages.length).toBeGreaterThan(10);
    expect(new Set(packages.filter((name) => name !== undefined))).toEqual(
      new Set(["lambda-sessions", "cookie"]),
    );
  });

  test("a bundle of the README's handler is not larger than the README says", () => {
    const [, claim] =
      /bundled cookie handler is less than (\d+) kB/.exec(copy.read("shared/README.md")) ?? [];
    const [{ bytes } = { bytes: Number.NaN }] = Object.values(bundle.metafile.outputs);
    expect(bytes).toBeLessThan(Number(claim) * 1000);
  });
});
