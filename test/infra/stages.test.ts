import { describe, expect, test } from "vitest";
import type { SessionStackProps } from "../../infra/session-stack.ts";
import { synthesize } from "./fixture/synthesize.ts";
import { type Resource, resourcesOf } from "./synthesize.ts";

/** Settings that add everything that a stack can have. */
const EVERYTHING: SessionStackProps = {
  storage: "dynamodb",
  monitoring: true,
  alarmEmail: "ops@example.com",
  tracing: true,
  domainName: "app.example.com",
  certificateArn: "arn:aws:acm:eu-central-1:123456789012:certificate/1a2b3c4d",
  hostedZoneId: "Z0123456789ABCDEFGHIJ",
};

/** Types of resources with data, keys or logs that cannot be recovered. */
const KEPT = ["AWS::DynamoDB::GlobalTable", "AWS::Logs::LogGroup", "AWS::SecretsManager::Secret"];

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
    expect(text).not.toMatch(/"DeletionProtectionEnabled":true|"DeletionProtection"/);
  });

  test("in the stage prod, only data, keys and logs are kept when the stack is deleted", () => {
    const resources = allOf(props).map(([, { Type }]) => Type);
    expect(stayingTypes({ ...props, stage: "prod" })).toEqual(
      KEPT.filter((type) => resources.includes(type)),
    );
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
