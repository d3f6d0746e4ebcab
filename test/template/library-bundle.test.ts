import { build } from "esbuild";
import { expect, test } from "vitest";
import { BUNDLING, PROJECT_ROOT } from "../../infra/bundling.ts";

/** Maximum bytes of a function's bundle with sessions in cookies and keys in the code. */
const MOST_BYTES = 43_180;

test(`a handler with sessions in cookies and keys in the code has a bundle of at most ${MOST_BYTES} bytes`, async () => {
  const contents = `
    import { SecureCookieSessionInterface } from "lambda-sessions/cookie";
    import { createWithSession } from "lambda-sessions/lambda";
    const withSession = createWithSession({ sessionInterface: new SecureCookieSessionInterface({ keys: ["k"] }) });
    export const handler = withSession((_event, session) => session.get("key"));`;
  const stdin = { contents, resolveDir: PROJECT_ROOT, loader: "ts" } as const;
  const { outputFiles } = await build({ ...BUNDLING, stdin, write: false });
  expect(outputFiles[0]?.contents.byteLength).toBeLessThanOrEqual(MOST_BYTES);
});

test("the bundle of a handler without a guard contains nothing of the guards and their pages", async () => {
  const contents = `
    import { SecureCookieSessionInterface } from "lambda-sessions/cookie";
    import { createWithSession } from "lambda-sessions/lambda";
    export const handler = createWithSession({ sessionInterface: new SecureCookieSessionInterface() })(() => null);`;
  const stdin = { contents, resolveDir: PROJECT_ROOT, loader: "ts" } as const;
  const { metafile } = await build({ ...BUNDLING, stdin, metafile: true, write: false });
  const inputs = Object.keys(Object.values(metafile.outputs)[0]?.inputs ?? {});
  expect(inputs).toContain("shared/lambda/with-session.ts");
  expect(inputs.filter((path) => /\/guards\/|html-page/.test(path))).toEqual([]);
});
