import { build } from "esbuild";
import { expect, test } from "vitest";
import { BUNDLING, PROJECT_ROOT } from "../../infra/bundling.ts";

/** Most bytes of sessions in cookies with keys at hand, as a function bundles them. */
const MOST_BYTES = 36_500;

test(`a handler with sessions in cookies and keys at hand has a bundle of at most ${MOST_BYTES} bytes`, async () => {
  const contents = `
    import { SecureCookieSessionInterface } from "lambda-sessions/cookie";
    import { createWithSession } from "lambda-sessions/lambda";
    const withSession = createWithSession({ sessionInterface: new SecureCookieSessionInterface({ keys: ["k"] }) });
    export const handler = withSession((_event, session) => session.get("key"));`;
  const stdin = { contents, resolveDir: PROJECT_ROOT, loader: "ts" } as const;
  const { outputFiles } = await build({ ...BUNDLING, stdin, write: false });
  expect(outputFiles[0]?.contents.byteLength).toBeLessThanOrEqual(MOST_BYTES);
});
