import { spawnSync } from "node:child_process";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { SecureCookieSessionInterface } from "lambda-sessions/cookie";
import { createWithSession } from "lambda-sessions/lambda";
import { httpApiEvent, lambdaContext } from "lambda-sessions/testing";
import { afterEach, expect, test, vi } from "vitest";

const SHARED = resolve(import.meta.dirname, "../../../../shared");

afterEach(() => {
  vi.unstubAllGlobals();
});

test.each([
  ["web", true],
  ["lambda", false],
])("importing lambda-sessions/%s loads Node's Request, Response and Headers: %s", (entry, isLoaded) => {
  const file = JSON.stringify(pathToFileURL(resolve(SHARED, `${entry}.ts`)).href);
  const code = `await import(${file}); process.exitCode = Number(process.moduleLoadList.some((name) => name.includes("undici/undici")));`;
  const { status, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", code], {
    encoding: "utf8",
  });
  expect([status, stderr]).toEqual([Number(isLoaded), ""]);
});

test("a handler without an adapter uses no Request, Response or Headers", async () => {
  const handler = createWithSession({
    sessionInterface: new SecureCookieSessionInterface({ keys: ["k".repeat(32)], log: () => {} }),
  })((_event, session) => {
    session.set("visits", 1);
    return { visits: session.get("visits") };
  });
  for (const name of ["Request", "Response", "Headers", "fetch"]) vi.stubGlobal(name, undefined);
  const { statusCode, cookies } = await handler(httpApiEvent(), lambdaContext());
  expect([statusCode, cookies?.length]).toEqual([200, 1]);
});
