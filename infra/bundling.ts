import { fileURLToPath } from "node:url";
import type { BuildOptions } from "esbuild";

/** The project's root: paths in the routes table and in `local:entry` are relative to it. */
export const PROJECT_ROOT = fileURLToPath(new URL("..", import.meta.url));

/**
 * How every function becomes one file: esbuild's options, without entry, output and conditions. The deployed bundle,
 * the local run and the bundle test use the same ones.
 *
 * - ESM, because the functions wire the session with top-level await; the file is `index.mjs`.
 * - Nothing is external but Node's own modules: an import of the AWS SDK, which Lambda's runtime happens to
 *   have, must show in the bundle's size instead of in the cold start.
 * - The banner gives CommonJS dependencies a `require` for Node's own modules, without loading `node:module`.
 * - The aliases make the AWS SDK load in some three fifths of the time, and take no part in a bundle without it. An
 *   `import` of `node:http` evaluates getters that load a whole HTTP client. And Lambda gives its functions their
 *   credentials in the environment: what the SDK has for other places is two fifths of its code.
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
  alias: {
    "node:http": requireOf("node:http"),
    "node:https": requireOf("node:https"),
    "@aws-sdk/credential-provider-node": fileURLToPath(
      new URL("bundled/environment-credentials.ts", import.meta.url),
    ),
  },
} satisfies BuildOptions;

/**
 * esbuild's `conditions` for one condition of package.json's `imports`, or for none. esbuild itself adds `module` only
 * where there are no others, and without it the SDK comes as CommonJS, half as large again.
 */
export function conditionsOf(condition: string | undefined): string[] {
  return condition === undefined ? ["module"] : [condition, "module"];
}

/** A module of a few bytes that hands out one of Node's own, which `import` would load more slowly. */
function requireOf(name: string): string {
  return `data:text/javascript,module.exports=process.getBuiltinModule("${name}")`;
}
