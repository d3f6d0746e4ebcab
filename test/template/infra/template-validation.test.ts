import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App, CfnResource, Stack } from "aws-cdk-lib";
import { expect, onTestFinished, test } from "vitest";
import { SessionStack } from "../../../infra/session-stack.ts";
import { FIXTURE } from "../../infra/fixture/application.ts";
import { STACK_VARIANTS } from "../../infra/stack-variants.ts";
import { CDK_JSON } from "../../infra/synthesize.ts";
import { casesOf } from "../../support/proofs.ts";

/** Makes an app with the CDK's own validation of templates, and without bundling. */
function makeApp(): App {
  const outdir = mkdtempSync(join(tmpdir(), "template-validation-"));
  onTestFinished(() => rmSync(outdir, { recursive: true }));
  const context = {
    ...CDK_JSON.context,
    "aws:cdk:bundling-stacks": [],
    "aws:cdk:disable-asset-staging": true,
  };
  return new App({ outdir, context });
}

test("the template of every stack passes the CDK's own validation", () => {
  const app = makeApp();
  for (const [name, props] of casesOf(Object.entries(STACK_VARIANTS), { eachNth: 6, first: 5 }))
    new SessionStack(app, name, { ...props, application: FIXTURE });
  expect(() => app.synth()).not.toThrow();
});

test("the CDK's own validation rejects a template with a property that its resource type does not have", () => {
  const app = makeApp();
  new CfnResource(new Stack(app, "Wrong"), "Topic", { type: "AWS::SNS::Topic", properties: { Nmae: "x" } });
  expect(() => app.synth()).toThrow(/Nmae: Additional properties are not allowed/);
});
