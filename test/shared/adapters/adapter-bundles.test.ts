import { resolve } from "node:path";
import { build, type Plugin } from "esbuild";
import { expect, test } from "vitest";

/** Maximum bytes of an adapter's own code, minified, by what a function imports. */
const MOST_BYTES = {
  "{ webSession } from web": 2_730,
  "{ honoSession } from web": 3_340,
  "{ reactRouterSession } from web": 3_180,
  "{ reactRouterStorage } from web": 1_790,
  "{ powertoolsSession } from web": 2_140,
  "{ h3Session } from web": 3_140,
  "{ runGuard } from web": 580,
  // A response of Node has many ways to be sent.
  "* from node": 6_800,
  "* from middy": 1_750,
  "{ streamSession } from streaming": 2_250,
  "{ withLattice } from lattice": 2_030,
  "* from cors": 1_850,
  // A third of them are messages.
  "{ createWithSessions, nameSessions } from named-sessions": 4_390,
};

/** Leaves out the session layer, which a function has in any case. */
const WITHOUT_SESSION_LAYER: Plugin = {
  name: "without session layer",
  setup: ({ onResolve }) => {
    onResolve({ filter: /\/(lambda|session|options|values)\// }, ({ path }) => ({ path, external: true }));
  },
};

test.each(Object.entries(MOST_BYTES))(
  "%s has at most %s bytes of its own in a bundle",
  async (imported, mostBytes) => {
    const { outputFiles } = await build({
      stdin: {
        contents: `export ${imported.replace(/[\w-]+$/, "'./$&.ts'")}`,
        resolveDir: resolve(import.meta.dirname, "../../../shared"),
        loader: "ts",
      },
      bundle: true,
      minify: true,
      platform: "node",
      format: "esm",
      write: false,
      plugins: [WITHOUT_SESSION_LAYER],
    });
    expect(outputFiles[0]?.contents.byteLength).toBeLessThanOrEqual(mostBytes);
  },
);
