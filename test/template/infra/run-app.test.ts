import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type App, Stack } from "aws-cdk-lib";
import { Bucket } from "aws-cdk-lib/aws-s3";
import { expect, test, vi } from "vitest";
import { PROJECT_ROOT } from "../../../infra/bundling.ts";
import { runApp } from "../../../infra/run-app.ts";

test("runApp creates an app that does not synthesize if a security rule is violated", async () => {
  vi.stubEnv("CDK_VALIDATION", undefined);
  const apps: App[] = [];
  await runApp((app) => {
    apps.push(app);
    new Bucket(new Stack(app, "Careless"), "Bucket");
  });
  expect(() => apps[0]?.synth()).toThrow("AwsSolutions-S1");
});

test.each(["infra/app.ts", "infra/delivery/app.ts"])("%s uses runApp and creates no other app", (file) => {
  const text = readFileSync(join(PROJECT_ROOT, file), "utf8");
  expect(text).toContain("await runApp(");
  expect(text).not.toContain("new App(");
});
