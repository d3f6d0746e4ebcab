import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import type { Application } from "../../infra/application.ts";
import { SessionStack, type SessionStackProps } from "../../infra/session-stack.ts";
import { FIXTURE } from "./fixture/application.ts";
import { synthesize } from "./fixture/synthesize.ts";
import { appWithoutBundling, type Resource, resourcesOf, synthesizeStack } from "./synthesize.ts";

/** Settings that add everything that a stack can have. */
const EVERYTHING: SessionStackProps = {
  storage: "dynamodb",
  signIn: "oidc",
  cognito: true,
  monitoring: true,
  alarmEmail: "ops@example.com",
  tracing: true,
  domainName: "app.example.com",
  certificateArn: "arn:aws:acm:eu-central-1:123456789012:certificate/1a2b3c4d",
  hostedZoneId: "Z0123456789ABCDEFGHIJ",
};

/** Types of resources with data, keys or logs that cannot be recovered. */
const KEPT = [
  "AWS::Cognito::UserPool",
  "AWS::DynamoDB::GlobalTable",
  "AWS::Logs::LogGroup",
  "AWS::SecretsManager::Secret",
];

function allOf(props: SessionStackProps): [id: string, resource: Resource][] {
  return Object.entries(synthesize(props).toJSON().Resources);
}

/** Returns the types of resources that are kept when the stack is deleted or a change replaces them. */
function stayingTypes(props: SessionStackProps): string[] {
  const staying = allOf(props).filter(([, { DeletionPolicy = "Delete", UpdateReplacePolicy = "Delete" }]) =>
    [DeletionPolicy, UpdateReplacePolicy].some((policy) => policy !== "Delete"),
  );
  return [...new Set(staying.map(([, { Type }]) => Type))].toSorted();
}

const STORES: [name: string, props: SessionStackProps][] = [
  ["cookies", {}],
  ["cookies that can be revoked", { storage: "revocable-cookie" }],
  ["everything", EVERYTHING],
];

describe.each(STORES)("a stack with %s", (_, props) => {
  test("in the stage dev, no resource is kept when the stack is deleted", () => {
    expect(stayingTypes({ ...props, stage: "dev" })).toEqual([]);
  });

  test("in the stage dev, no resource has deletion protection", () => {
    const text = JSON.stringify(allOf({ ...props, stage: "dev" }));
    expect(text).not.toMatch(/"DeletionProtectionEnabled":true|"DeletionProtection":"ACTIVE"/);
  });

  test("in the stage prod, only data, keys and logs are kept when the stack is deleted", () => {
    const resources = allOf(props).map(([, { Type }]) => Type);
    expect(stayingTypes({ ...props, stage: "prod" })).toEqual(
      KEPT.filter((type) => resources.includes(type)),
    );
  });

  test("in the stage prod, a deployment that fails deletes what it created, and only a later deletion of the stack keeps it", () => {
    for (const [id, { Type, DeletionPolicy, UpdateReplacePolicy }] of allOf({ ...props, stage: "prod" })) {
      const expected = KEPT.includes(Type) ? ["RetainExceptOnCreate", "Retain"] : ["Delete", "Delete"];
      expect([DeletionPolicy ?? "Delete", UpdateReplacePolicy ?? "Delete"], id).toEqual(expected);
    }
  });

  test("in the stage prod with retainOnDelete=false, no resource is kept", () => {
    expect(stayingTypes({ ...props, stage: "prod", retainOnDelete: false })).toEqual([]);
  });

  test("every function has a log group of the stack, so that Lambda creates none itself", () => {
    const all = allOf(props);
    const groups = all.filter(([, { Type }]) => Type === "AWS::Logs::LogGroup").map(([id]) => id);
    const functions = all.filter(([, { Type }]) => Type === "AWS::Lambda::Function");
    const used = functions.map(([, { Properties }]) => Properties.LoggingConfig.LogGroup.Ref);
    expect(used.every((id) => groups.includes(id))).toBe(true);
    expect(new Set(used).size).toBe(functions.length);
    for (const [, { Properties }] of all.filter(([, { Type }]) => Type === "AWS::IAM::Policy"))
      expect(JSON.stringify(Properties)).not.toContain("CreateLogGroup");
  });

  test("the stack has no custom resource, and every function is one of the project's", () => {
    for (const [, { Type, Metadata }] of allOf(props)) {
      expect(Type).not.toMatch(/^Custom::|CustomResource/);
      if (Type === "AWS::Lambda::Function") expect(Metadata).toHaveProperty("local:entry");
    }
  });
});

function stackOf(props: SessionStackProps): SessionStack {
  const outdir = mkdtempSync(join(tmpdir(), "stages-"));
  onTestFinished(() => rmSync(outdir, { recursive: true }));
  return new SessionStack(appWithoutBundling(outdir), "Sessions", { ...props, application: FIXTURE });
}

test.each<[SessionStackProps, boolean]>([
  [{}, false],
  [{ retainOnDelete: true }, false],
  [{ stage: "prod" }, true],
  [{ stage: "prod", retainOnDelete: false }, false],
  [{ stage: "prod", terminationProtection: false }, false],
  [{ terminationProtection: true }, true],
])("with %j, the termination protection of the stack is %s", (props, isProtected) => {
  expect(stackOf(props).terminationProtection ?? false).toBe(isProtected);
});

test.each<[SessionStackProps, Record<string, string>]>([
  [{}, { project: "LambdaSessions", stage: "dev" }],
  [{ stage: "prod" }, { project: "LambdaSessions", stage: "prod" }],
  [{ stackName: "Shop" }, { project: "Shop", stage: "dev" }],
  [{ tags: { team: "web", stage: "test" } }, { project: "LambdaSessions", stage: "test", team: "web" }],
])("the stack with %j has the tags %j", (props, tags) => {
  expect(stackOf(props).tags.tagValues()).toEqual(tags);
});

test("monitoring of a production stack is always deleted with it", () => {
  const production = synthesize({ ...EVERYTHING, stage: "prod", retainOnDelete: true });
  for (const type of [
    "AWS::KMS::Key",
    "AWS::SNS::Topic",
    "AWS::CloudWatch::Alarm",
    "AWS::CloudWatch::Dashboard",
  ])
    for (const [, { DeletionPolicy = "Delete" }] of resourcesOf(production, type))
      expect(DeletionPolicy).toBe("Delete");
});

describe("functions that accept any name at sign-in", () => {
  const notForProduction = ["functions/sign-in.ts", "functions/sessions.ts"] as const;
  const application: Application = { ...FIXTURE, notForProduction };
  const signIns = (props: SessionStackProps) =>
    Object.keys(synthesizeStack({ application, ...props }).findResources("AWS::Lambda::Function")).filter(
      (id) => id.startsWith("SignIn"),
    );

  test("the stage prod rejects functions that accept any name in one sentence that names their files and the remedies", () => {
    expect(() => signIns({ stage: "prod" })).toThrow(
      'The setting stage cannot be "prod": it would deploy functions/sign-in.ts, which sign in every visitor under any name. Connect your identity provider with signIn=oidc, or your own one and remove these files from NOT_FOR_PRODUCTION in infra/routes.ts (the template\'s npm run adopt -- --without-demo removes the demo), or deploy them as they are with demo=true.',
    );
    expect(() => signIns({ stage: "prod", storage: "dynamodb" })).toThrow(
      "would deploy functions/sign-in.ts and functions/sessions.ts, which",
    );
  });

  test("with signIn=oidc, the stage prod does not deploy the application's own sign-in, and so does not reject it", () => {
    const oidc = {
      signIn: "oidc",
      oidcIssuer: "https://accounts.example.com",
      oidcClientId: "client-1",
    } as const;
    const own = { ...application, notForProduction: ["functions/sign-in.ts"] } as const;
    const routesOf: Application["routesOf"] = ({ hasOidc }) =>
      hasOidc ? { "GET /sign-in": "functions/visits.ts" } : { "POST /sign-in": "functions/sign-in.ts" };
    const deploy = (props: SessionStackProps) =>
      signIns({ stage: "prod", application: { ...own, routesOf }, ...props });
    expect(() => deploy({})).toThrow("would deploy functions/sign-in.ts");
    expect(deploy(oidc)).toEqual([]);
  });

  test("with signIn=oidc, the stage prod rejects other functions that are not for production", () => {
    const oidc = {
      signIn: "oidc",
      oidcIssuer: "https://accounts.example.com",
      oidcClientId: "client-1",
    } as const;
    expect(() => signIns({ stage: "prod", storage: "dynamodb", ...oidc })).toThrow(
      "would deploy functions/sign-in.ts and functions/sessions.ts, which NOT_FOR_PRODUCTION in infra/routes.ts names. If they are for production, remove",
    );
  });

  test("the stage dev and demo=true deploy functions that accept any name at sign-in", () => {
    expect(signIns({ stage: "dev" })).toHaveLength(1);
    expect(signIns({ stage: "prod", demo: true })).toHaveLength(1);
  });

  test("the stage prod deploys an application whose routes name none of them", () => {
    const routesOf = () => ({ "GET /visits": "functions/visits.ts" }) as const;
    expect(() => signIns({ stage: "prod", application: { ...application, routesOf } })).not.toThrow();
  });
});
