import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { PROJECT_ROOT } from "../../../infra/bundling.ts";
import { CDK_JSON } from "../../infra/synthesize.ts";

const outdir = mkdtempSync(join(tmpdir(), "cdk-out-"));
afterAll(() => rmSync(outdir, { recursive: true }));

/** Runs the app as the CDK's command line does, with context and output directory in the environment. */
function runApp(settings: Readonly<Record<string, unknown>>) {
  const context = { ...CDK_JSON.context, "aws:cdk:bundling-stacks": [], ...settings };
  return spawnSync(process.execPath, ["infra/app.ts"], {
    cwd: PROJECT_ROOT,
    encoding: "utf8",
    env: {
      ...process.env,
      CDK_OUTDIR: outdir,
      CDK_CONTEXT_JSON: JSON.stringify(context),
      CDK_VALIDATION: "false",
    },
  });
}

describe("the app", () => {
  test("the app answers an invalid setting with one sentence, and writes nothing", () => {
    const { status, stdout, stderr } = runApp({ cookieSameSite: "none", cookieSecure: "false" });
    expect({ status, stdout, stderr }).toEqual({
      status: 1,
      stdout: "",
      stderr: 'The setting cookieSameSite cannot be "none": it needs cookieSecure when it is none.\n',
    });
    expect(readdirSync(outdir)).toEqual([]);
  });

  test("the app answers stage=prod without demo=true with one sentence, as its sign-in accepts any name", () => {
    const { status, stdout, stderr } = runApp({ stage: "prod" });
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr).toMatch(/^The setting stage cannot be "prod": .*demo=true\.\n$/);
    expect(stderr).toContain("would deploy functions/sign-in.ts and functions/demo, which");
    expect(readdirSync(outdir)).toEqual([]);
    expect(runApp({ stage: "prod", demo: "true" }).status).toBe(0);
  });

  test("the app reads its settings from the context, including those of the stack", () => {
    const { status, stderr } = runApp({ flask: "true", stackName: "Shop", timeout: 5, cookieName: "sid" });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    const template = JSON.parse(readFileSync(join(outdir, "Shop.template.json"), "utf8"));
    const resources = Object.values(template.Resources) as {
      Type: string;
      Properties: Record<string, unknown>;
    }[];
    const withSettings = resources.filter(({ Properties }) =>
      JSON.stringify(Properties ?? {}).includes("SESSION_SETTINGS"),
    );
    expect(withSettings.length).toBeGreaterThan(0);
    for (const { Properties } of withSettings)
      expect(Properties).toMatchObject({
        Timeout: 5,
        Environment: { Variables: { SESSION_SETTINGS: '{"flask":true,"cookie":{"name":"sid"}}' } },
      });
  });
});
