import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { PROJECT_ROOT } from "../../infra/bundling.ts";

const outdir = mkdtempSync(join(tmpdir(), "run-app-"));
afterAll(() => rmSync(outdir, { recursive: true }));

const CARELESS = `
  import { Stack } from "aws-cdk-lib";
  import { Bucket } from "aws-cdk-lib/aws-s3";
  import { runApp } from "./infra/run-app.ts";
  await runApp((app) => void new Bucket(new Stack(app, "Careless"), "Bucket"));
`;

test("an app does not get past the rules of security", () => {
  const argv = ["--input-type=module", "--eval", CARELESS];
  const { CDK_VALIDATION, ...environment } = process.env;
  const env = { ...environment, CDK_OUTDIR: outdir };
  const { status, stderr, stdout } = spawnSync(process.execPath, argv, {
    cwd: PROJECT_ROOT,
    encoding: "utf8",
    env,
  });
  expect(status).not.toBe(0);
  expect(stdout + stderr).toContain("AwsSolutions-S1");
});

test.each(["infra/app.ts", "infra/delivery/app.ts"])("%s is run so, and makes no app of its own", (file) => {
  const text = readFileSync(join(PROJECT_ROOT, file), "utf8");
  expect(text).toContain("await runApp(");
  expect(text).not.toContain("new App(");
});
