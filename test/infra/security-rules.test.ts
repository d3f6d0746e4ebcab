import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type App, Stack, Validations } from "aws-cdk-lib";
import { Bucket } from "aws-cdk-lib/aws-s3";
import { afterAll, describe, expect, test, vi } from "vitest";
import { DELIVERY_ROLES } from "../../infra/delivery/delivery-settings.ts";
import { DeliveryStack } from "../../infra/delivery/delivery-stack.ts";
import { addSecurityRules } from "../../infra/run-app.ts";
import { SessionStack } from "../../infra/session-stack.ts";
import { acknowledgementsIn, covers, findingsIn, isGlobal } from "./acknowledgements.ts";
import { FIXTURE } from "./fixture/application.ts";
import { STACK_VARIANTS } from "./stack-variants.ts";
import { appWithoutBundling } from "./synthesize.ts";

const outdir = mkdtempSync(join(tmpdir(), "security-rules-"));
afterAll(() => rmSync(outdir, { recursive: true }));

/** Apps to check, with their names. */
const APPS: [name: string, fill: (app: App) => void][] = Object.entries(STACK_VARIANTS).map(
  ([name, props]) => [name, (app) => new SessionStack(app, name, { ...props, application: FIXTURE })],
);

function synthesized(fill: (app: App) => void): App {
  const app = appWithoutBundling(outdir);
  fill(app);
  app.synth();
  return app;
}

/** Synthesizes an app in which no construct acknowledges anything. */
function withoutAcknowledgements(fill: (app: App) => void): App {
  const acknowledge = vi.spyOn(Validations.prototype, "acknowledge").mockReturnValue();
  try {
    return synthesized(fill);
  } finally {
    acknowledge.mockRestore();
  }
}

describe.each(APPS)("in the app %s", (_, fill) => {
  const app = synthesized(fill);
  const acknowledgements = acknowledgementsIn(app);

  test("the app follows every rule of AWS Solutions or acknowledges the violation", () => {
    expect(
      findingsIn(app).map(({ rule, path, description }) => `${rule} at ${path}: ${description}`),
    ).toEqual([]);
  });

  test("every acknowledgement of the app covers a violation", () => {
    const findings = findingsIn(withoutAcknowledgements(fill));
    const idle = acknowledgements.filter((one) => !findings.some((finding) => covers(one, finding)));
    expect(idle.map(({ rule, construct }) => `${rule} at ${construct.node.path}`)).toEqual([]);
    expect(findings).not.toEqual([]);
  });

  test("acknowledgements of the app give a reason in one sentence, and none covers a whole stack", () => {
    expect(acknowledgements.filter(isGlobal)).toEqual([]);
    for (const { reason } of acknowledgements) expect(reason).toMatch(/^[A-Z][^.]{20,}\.$/);
  });
});

test("the stack with the roles for GitHub Actions follows every rule without an acknowledgement", () => {
  const repository = "octo-org/octo-repo";
  const app = synthesized((of) => new DeliveryStack(of, "Delivery", { repository, roles: DELIVERY_ROLES }));
  expect([...findingsIn(app), ...acknowledgementsIn(app)]).toEqual([]);
});

describe("an app with the rules", () => {
  const withBucket = (app: App) => new Bucket(new Stack(app, "Careless"), "Bucket");

  test("an app with the security rules does not synthesize if a rule is violated", async () => {
    vi.stubEnv("CDK_VALIDATION", undefined);
    const app = appWithoutBundling(outdir);
    withBucket(app);
    await addSecurityRules(app);
    expect(() => app.synth()).toThrow("AwsSolutions-S1");
  });

  test("the security rules are not checked if CDK's validation is turned off", async () => {
    vi.stubEnv("CDK_VALIDATION", "false");
    const app = appWithoutBundling(outdir);
    withBucket(app);
    await addSecurityRules(app);
    expect(() => app.synth()).not.toThrow();
  });
});
