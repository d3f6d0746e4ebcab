import { resolve } from "node:path";
import { build } from "esbuild";
import { expect, test } from "vitest";

/** Maximum bytes that the transport adds to the bundle of a function. */
const MOST_BYTES = 3_450;

const SHARED = resolve(import.meta.dirname, "../../../../shared");

/** Returns the size of a function's bundle whose `createWithSession` comes from this entry point. */
async function measure(entry: string, option = ""): Promise<number> {
  const contents = `
    import { MemoryStore, ServerSideSessionInterface } from "./server-side.ts";
    import { createWithSession } from "./${entry}.ts";
    const sessionInterface = new ServerSideSessionInterface({ store: new MemoryStore(), keys: ["k"] });
    export const handler = createWithSession({ sessionInterface, ${option} })(() => null);`;
  const stdin = { contents, resolveDir: SHARED, loader: "ts" } as const;
  const options = { bundle: true, minify: true, platform: "node", format: "esm", write: false } as const;
  const { outputFiles } = await build({ ...options, stdin });
  return outputFiles[0]?.contents.byteLength ?? 0;
}

test(`sessions in headers add at most ${MOST_BYTES} bytes to the bundle of a function`, async () => {
  const added = (await measure("header-transport", 'transport: "both"')) - (await measure("lambda"));
  expect(added).toBeGreaterThan(0);
  expect(added).toBeLessThanOrEqual(MOST_BYTES);
});
