import { fileURLToPath } from "node:url";
import type { BuildOptions } from "esbuild";

/** The project's root: paths in the routes table and in `local:entry` are relative to it. */
export const PROJECT_ROOT = fileURLToPath(new URL("..", import.meta.url));

/**
 * How every function becomes one file: esbuild's options, without entry and output. The deployed bundle, the
 * local run and the bundle test use the same ones.
 *
 * - ESM, because the functions wire the session with top-level await; the file is `index.mjs`.
 * - Nothing is external but Node's own modules: an import of the AWS SDK, which Lambda's runtime happens to
 *   have, must show in the bundle's size instead of in the cold start.
 * - The banner gives CommonJS dependencies a `require` for Node's own modules, without loading `node:module`.
 */
export const BUNDLING = {
  bundle: true,
  format: "esm",
  platform: "node",
  target: "node24",
  mainFields: ["module", "main"],
  minify: true,
  sourcemap: false,
  charset: "utf8",
  external: [] as string[],
  banner: { js: "const require = process.getBuiltinModule;" },
} satisfies BuildOptions;
