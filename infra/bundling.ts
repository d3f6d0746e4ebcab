import { fileURLToPath } from "node:url";
import type { BuildOptions } from "esbuild";

/** Root folder of the project. Paths in the routes table and in `local:entry` are relative to it. */
export const PROJECT_ROOT = fileURLToPath(new URL("..", import.meta.url));

/**
 * Options of esbuild for every function, without entry, output and conditions. The deployed bundle, the local
 * run and the tests of bundles use the same options.
 *
 * - The format is ESM, because the functions create the session with top-level await. The file is
 *   `index.mjs`.
 * - Nothing is external except Node's own modules. Lambda's runtime contains the AWS SDK, but a bundled
 *   import shows in the bundle's size instead of in the cold start.
 * - The banner gives CommonJS dependencies a `require` for Node's own modules, without loading `node:module`.
 * - The aliases make the AWS SDK load in about three fifths of the time. Importing `node:http` evaluates
 *   getters that load a whole HTTP client, and the SDK's credential providers for other environments are two
 *   fifths of its code. Bundles without the SDK do not contain the aliases.
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
    "node:http": toModuleUrl("node:http"),
    "node:https": toModuleUrl("node:https"),
    "@aws-sdk/credential-provider-node": fileURLToPath(
      new URL("bundled/environment-credentials.ts", import.meta.url),
    ),
  },
} satisfies BuildOptions;

/**
 * Returns esbuild's `conditions` for conditions of package.json's `imports`. esbuild adds `module` itself
 * only if there is no other condition; without it, the SDK is bundled as CommonJS and is half as large again.
 */
export function toConditions(conditions: readonly string[]): string[] {
  return [...conditions, "module"];
}

/** Returns the options for a function with conditions of package.json's `imports`. */
export function bundlingOf(conditions: readonly string[]): BuildOptions {
  return { ...BUNDLING, conditions: toConditions(conditions) };
}

/** Returns a data URL of a module that returns one of Node's own modules, faster than `import` loads it. */
function toModuleUrl(name: string): string {
  return `data:text/javascript,module.exports=process.getBuiltinModule("${name}")`;
}
