import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { PROJECT_ROOT } from "../../infra/bundling.ts";
import { CDK_JSON } from "./synthesize.ts";

describe("cdk.json", () => {
  const installed = join(PROJECT_ROOT, "node_modules/aws-cdk-lib/recommended-feature-flags.json");
  const recommended = JSON.parse(readFileSync(installed, "utf8"));

  test("cdk.json has the feature flags that the installed CDK recommends", () => {
    expect(recommended).toMatchObject(CDK_JSON.context);
    expect(Object.keys(CDK_JSON.context)).toContain("@aws-cdk/core:checkSecretUsage");
  });

  test("cdk.json runs the app with the project's own Node", () => {
    expect(CDK_JSON.app).toBe("npx --no -- node infra/app.ts");
  });
});
