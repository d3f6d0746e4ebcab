import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Template } from "aws-cdk-lib/assertions";
import { afterAll, describe, expect, test } from "vitest";
import { DeliveryStack, type DeliveryStackProps } from "../../../infra/delivery/delivery-stack.ts";
import { permissionsOf } from "../role-permissions.ts";
import { appWithoutBundling, resourcesOf } from "../synthesize.ts";

const outdir = mkdtempSync(join(tmpdir(), "delivery-"));
afterAll(() => rmSync(outdir, { recursive: true }));

const repository = "octo-org@123456/octo-repo@456789";

function synthesize(props: Partial<DeliveryStackProps> = {}, context: Record<string, string> = {}): Template {
  const app = appWithoutBundling(outdir);
  for (const [name, value] of Object.entries(context)) app.node.setContext(name, value);
  return Template.fromStack(new DeliveryStack(app, "Delivery", { repository, ...props }));
}

/** Returns who may assume each role and its permissions, by the name of its output. */
function rolesOf(template: Template): Record<string, { claims: object; permissions: readonly string[] }> {
  const ids = resourcesOf(template, "AWS::IAM::Role").map(([id]) => id);
  const outputs = Object.entries(template.toJSON().Outputs) as [string, { Value: object }][];
  const nameOf = (id: string | undefined) =>
    outputs.find(
      ([, { Value }]) => JSON.stringify(Value) === JSON.stringify({ "Fn::GetAtt": [id, "Arn"] }),
    )?.[0];
  const roles = permissionsOf(template).map(({ trust, permissions }, index) => {
    expect(trust).toEqual([
      {
        Effect: "Allow",
        Action: "sts:AssumeRoleWithWebIdentity",
        Principal: { Federated: expect.anything() },
        Condition: { StringEquals: expect.any(Object) },
      },
    ]);
    return [nameOf(ids[index]), { claims: trust[0]?.Condition?.StringEquals, permissions }];
  });
  return Object.fromEntries(roles);
}

/** Returns the permission to assume a role of `cdk bootstrap`. */
function assumes(role: string, qualifier = "hnb659fds"): string {
  const name = `cdk-${qualifier}-${role}-role-\${AWS::AccountId}-\${AWS::Region}`;
  const arn = `arn:\${AWS::Partition}:iam::\${AWS::AccountId}:role/${name}`;
  return `sts:AssumeRole on ${JSON.stringify({ "Fn::Sub": arn })}`;
}

function claims(sub: string, more: Record<string, string> = {}): object {
  const all = Object.entries({ aud: "sts.amazonaws.com", sub, ...more });
  return Object.fromEntries(
    all.map(([name, value]) => [`token.actions.githubusercontent.com:${name}`, value]),
  );
}

const DEPLOYMENT = [assumes("deploy"), assumes("file-publishing"), assumes("lookup")];

describe("the roles of the delivery", () => {
  test("the roles of the delivery are by default one that deploys main from its environment and one that compares pull requests", () => {
    expect(rolesOf(synthesize())).toEqual({
      DeployRoleArn: {
        claims: claims(`repo:${repository}:environment:production`, { ref: "refs/heads/main" }),
        permissions: DEPLOYMENT,
      },
      DiffRoleArn: { claims: claims(`repo:${repository}:pull_request`), permissions: [assumes("lookup")] },
    });
  });

  test("the roles of the delivery are limited to the branch and the environments in the settings", () => {
    const template = synthesize({
      roles: ["deploy", "preview"],
      branch: "release/1.x",
      environment: "live",
      previewEnvironment: "review",
    });
    expect(rolesOf(template)).toEqual({
      DeployRoleArn: {
        claims: claims(`repo:${repository}:environment:live`, { ref: "refs/heads/release/1.x" }),
        permissions: DEPLOYMENT,
      },
      PreviewRoleArn: {
        claims: claims(`repo:${repository}:environment:review`),
        permissions: DEPLOYMENT,
      },
    });
  });

  test("the roles of the delivery assume the bootstrap roles with the qualifier in the app's context", () => {
    const template = synthesize({ roles: ["diff"] }, { "@aws-cdk/core:bootstrapQualifier": "shop" });
    expect(rolesOf(template).DiffRoleArn?.permissions).toEqual([assumes("lookup", "shop")]);
  });

  test("the roles of the delivery have sessions of one hour, and no fixed name that another resource could already have", () => {
    for (const [, { Properties }] of resourcesOf(synthesize(), "AWS::IAM::Role")) {
      expect(Properties.MaxSessionDuration).toBe(3600);
      expect(Properties).not.toHaveProperty("RoleName");
    }
  });
});

describe("GitHub's OIDC provider", () => {
  const providerArn = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com";
  const trustedBy = (template: Template) =>
    permissionsOf(template).map(({ trust }) => Object(trust[0]?.Principal).Federated);

  test("GitHub's OIDC provider is created for AWS's audience only", () => {
    const template = synthesize();
    const [[id, { Properties }] = ["", { Properties: {} }]] = resourcesOf(template, "AWS::IAM::OIDCProvider");
    expect(Properties).toEqual({
      Url: "https://token.actions.githubusercontent.com",
      ClientIdList: ["sts.amazonaws.com"],
    });
    expect(trustedBy(template)).toEqual([{ Ref: id }, { Ref: id }]);
  });

  test("GitHub's OIDC provider can be an existing one, given by its ARN", () => {
    const template = synthesize({ providerArn });
    expect(resourcesOf(template, "AWS::IAM::OIDCProvider")).toEqual([]);
    expect(trustedBy(template)).toEqual([providerArn, providerArn]);
  });
});

test("the stack of the delivery contains only the provider, roles and policies", () => {
  const types = Object.values(synthesize().toJSON().Resources as object).map(({ Type }) => Type);
  expect(new Set(types)).toEqual(new Set(["AWS::IAM::OIDCProvider", "AWS::IAM::Role", "AWS::IAM::Policy"]));
});
