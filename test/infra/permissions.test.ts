import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Stack } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import {
  ManagedPolicy,
  PolicyDocument,
  PolicyStatement,
  Role,
  ServicePrincipal,
  StarPrincipal,
} from "aws-cdk-lib/aws-iam";
import { Key } from "aws-cdk-lib/aws-kms";
import { Topic } from "aws-cdk-lib/aws-sns";
import { afterAll, describe, expect, test } from "vitest";
import { ROTATION_FUNCTION } from "../../infra/routes.ts";
import type { SessionStackProps } from "../../infra/session-stack.ts";
import { storageOf } from "../../infra/settings/session-storage.ts";
import { FIXTURE, fixtureFiles, SESSIONLESS } from "./fixture/application.ts";
import { synthesize } from "./fixture/synthesize.ts";
import { allowsEverybody, permissionsOf, resourcePolicyStatements } from "./role-permissions.ts";
import { STACK_VARIANTS } from "./stack-variants.ts";
import { appWithoutBundling, type Resource, resourcesOf } from "./synthesize.ts";

const LOGS = "its Logs";
const SECRET = "Secret/Keys";
const TABLE = "Table/Items";

const CLIENT_SECRET = "Provider/ClientSecret/Value";

const WITH_SESSION: readonly unknown[] = fixtureFiles({ hasTable: true, hasBackChannel: true }).filter(
  (file) => !SESSIONLESS.includes(file),
);
const WITH_KEYS = [...WITH_SESSION, ROTATION_FUNCTION];
const ALL = [...WITH_KEYS, ...SESSIONLESS];

const inTable = (props: SessionStackProps) => storageOf(props) === "dynamodb";
const isTraced = ({ tracing = false }: SessionStackProps) => tracing;
const hasClientSecret = ({ oidcIssuer }: SessionStackProps) => oidcIssuer !== undefined;
const withTable = (props: SessionStackProps) => storageOf(props) !== "cookie";

/**
 * Permissions with the functions that have them and the settings that they need. No other permission exists.
 */
const PERMISSIONS: readonly [
  holders: readonly unknown[],
  permission: string,
  when?: (props: SessionStackProps) => boolean,
][] = [
  [ALL, `logs:CreateLogStream on ${LOGS}`],
  [ALL, `logs:PutLogEvents on ${LOGS}`],
  [ALL, 'xray:PutTelemetryRecords on "*"', isTraced],
  [ALL, 'xray:PutTraceSegments on "*"', isTraced],
  [WITH_KEYS, `secretsmanager:GetSecretValue on ${SECRET}`],
  [[ROTATION_FUNCTION], `secretsmanager:DescribeSecret on ${SECRET}`],
  [[ROTATION_FUNCTION], `secretsmanager:PutSecretValue on ${SECRET}`],
  [[ROTATION_FUNCTION], `secretsmanager:UpdateSecretVersionStage on ${SECRET}`],
  [FIXTURE.providerClients ?? [], `secretsmanager:GetSecretValue on ${CLIENT_SECRET}`, hasClientSecret],
  [WITH_SESSION, `dynamodb:BatchGetItem on ${TABLE}`, inTable],
  [WITH_SESSION, `dynamodb:GetItem on ${TABLE}`, withTable],
  [WITH_SESSION, `dynamodb:PutItem on ${TABLE}`, withTable],
  [WITH_SESSION, `dynamodb:UpdateItem on ${TABLE}`, withTable],
];

function permitted(holder: unknown, props: SessionStackProps): string[] {
  const rows = PERMISSIONS.filter(
    ([holders, , when = () => true]) => holders.includes(holder) && when(props),
  );
  return rows.map(([, permission]) => permission).toSorted();
}

describe.each(Object.entries(STACK_VARIANTS))("in the stack %s", (_, props) => {
  const template = synthesize(props);
  const roles = permissionsOf(template);
  const functions = resourcesOf(template, "AWS::Lambda::Function");

  test("every function has its own role, and there is no other role", () => {
    const entries = functions.map(([, { Metadata }]) => [Metadata?.["local:entry"]]);
    expect(roles.map(({ holders }) => holders).toSorted()).toEqual(entries.toSorted());
  });

  test("every role has the permissions of the table above and no others", () => {
    const found = roles.map(({ holders: [holder], permissions }) => [holder, permissions]);
    const expected = roles.map(({ holders: [holder] }) => [holder, permitted(holder, props)]);
    expect(Object.fromEntries(found)).toEqual(Object.fromEntries(expected));
  });

  test("only Lambda may assume a role", () => {
    for (const { trust } of roles)
      expect(trust).toEqual([
        { Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "lambda.amazonaws.com" } },
      ]);
  });

  test("the stack has no user, group, managed policy or function URL", () => {
    const resources: Record<string, Resource> = template.toJSON().Resources;
    const types = Object.values(resources).map(({ Type }) => Type);
    const others = types.filter((type) => /^AWS::IAM::(?!(Role|Policy)$)|::Url$/.test(type));
    expect(others).toEqual([]);
  });

  test("AWS's services may invoke a function only for a resource or the account of the stack", () => {
    for (const [id, { Properties }] of resourcesOf(template, "AWS::Lambda::Permission")) {
      expect(Properties.Principal, id).toMatch(/\.amazonaws\.com$/);
      expect(Properties.SourceArn ?? Properties.SourceAccount, id).toEqual(expect.any(Object));
    }
  });

  test("no resource policy allows everybody", () => {
    expect(resourcePolicyStatements(template).filter(allowsEverybody)).toEqual([]);
  });
});

describe("the check itself", () => {
  const outdir = mkdtempSync(join(tmpdir(), "permissions-"));
  afterAll(() => rmSync(outdir, { recursive: true }));
  const careless = () => new Stack(appWithoutBundling(outdir), "Careless");
  const everything = (...actions: string[]) => new PolicyStatement({ actions, resources: ["*"] });

  test("the check finds a permission in every kind of policy", () => {
    const stack = careless();
    const role = new Role(stack, "Role", {
      assumedBy: new ServicePrincipal("lambda.amazonaws.com"),
      managedPolicies: [ManagedPolicy.fromAwsManagedPolicyName("ReadOnlyAccess")],
      inlinePolicies: { Inline: new PolicyDocument({ statements: [everything("sns:*")] }) },
    });
    role.addToPolicy(everything("s3:GetObject", "s3:PutObject"));
    new ManagedPolicy(stack, "Managed", { roles: [role], statements: [everything("sqs:*")] });
    const [found] = permissionsOf(Template.fromStack(stack));
    expect(found?.permissions).toEqual([
      expect.stringMatching(/^all of .*ReadOnlyAccess/),
      's3:GetObject on "*"',
      's3:PutObject on "*"',
      'sns:* on "*"',
      'sqs:* on "*"',
    ]);
  });

  test.each([
    ["everybody", new StarPrincipal(), { StringEquals: { "aws:SourceAccount": "123456789012" } }],
    ["a service on anybody's behalf", new ServicePrincipal("cloudwatch.amazonaws.com"), {}],
  ])("the check finds a topic that allows %s", (_, principal, conditions) => {
    const stack = careless();
    const topic = new Topic(stack, "Topic");
    const [actions, resources, principals] = [["sns:Publish"], [topic.topicArn], [principal]];
    topic.addToResourcePolicy(new PolicyStatement({ actions, resources, principals, conditions }));
    expect(resourcePolicyStatements(Template.fromStack(stack)).filter(allowsEverybody)).toHaveLength(1);
  });

  test("the check accepts a key that the account may manage", () => {
    const stack = careless();
    new Key(stack, "Key");
    const statements = resourcePolicyStatements(Template.fromStack(stack));
    expect(statements).toHaveLength(1);
    expect(statements.filter(allowsEverybody)).toEqual([]);
  });
});
