import { build } from "esbuild";
import { describe, expect, test } from "vitest";
import { BUNDLING, conditionsOf, PROJECT_ROOT } from "../../infra/bundling.ts";
import { conditionOf } from "../../infra/session-storage.ts";
import type { Settings } from "../../infra/settings.ts";

/** What stands in a bundle that can seal cookies. */
const CIPHER = "aes-256-gcm";

/** The bundle of a function as these settings deploy it. */
async function bundleOf(settings: Settings): Promise<string> {
  const { outputFiles } = await build({
    ...BUNDLING,
    conditions: conditionsOf(conditionOf(settings)),
    absWorkingDir: PROJECT_ROOT,
    entryPoints: ["functions/get.ts"],
    write: false,
  });
  return outputFiles[0]?.text ?? "";
}

describe("the bundle of a function", () => {
  test.each<Settings>([{ encrypt: true }, { encrypt: true, revocation: true }])(
    "holds the cipher with %o",
    async (settings) => {
      expect(await bundleOf(settings)).toContain(CIPHER);
    },
  );

  test.each<Settings>([{}, { encrypt: false }, { revocation: true }, { store: "dynamodb" }])(
    "holds no cipher with %o",
    async (settings) => {
      const bundle = await bundleOf(settings);
      expect(bundle).toContain("SESSION_SECRET_ARN");
      expect(bundle).not.toContain(CIPHER);
    },
  );
});
