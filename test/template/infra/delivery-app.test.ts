import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { PROJECT_ROOT } from "../../../infra/bundling.ts";
import { CDK_JSON } from "../../infra/synthesize.ts";

const outdir = mkdtempSync(join(tmpdir(), "delivery-app-"));
afterAll(() => rmSync(outdir, { recursive: true }));

const repository = "octo-org/octo-repo";

describe("npm run delivery", () => {
  function runApp(context: Record<string, unknown>) {
    return spawnSync(process.execPath, ["infra/delivery/app.ts"], {
      cwd: PROJECT_ROOT,
      encoding: "utf8",
      env: {
        ...process.env,
        CDK_OUTDIR: outdir,
        CDK_VALIDATION: "false",
        CDK_CONTEXT_JSON: JSON.stringify({ ...CDK_JSON.context, ...context }),
      },
    });
  }

  test("npm run delivery prints the error of a wrong setting and writes no template", () => {
    const { status, stdout, stderr } = runApp({});
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr).toMatch(/^The setting repository is required: .*\.\n$/);
    expect(readdirSync(outdir)).toEqual([]);
  });

  test("npm run delivery names its stack after the stack of the sessions", () => {
    const { status, stderr } = runApp({ repository, stackName: "Shop" });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    const { Outputs } = JSON.parse(readFileSync(join(outdir, "Shop-delivery.template.json"), "utf8"));
    expect(Object.keys(Outputs)).toEqual(["DeployRoleArn", "DiffRoleArn"]);
  });
});
