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
import { fixtureFiles, SESSIONLESS } from "./fixture/application.ts";
import { synthesize } from "./fixture/synthesize.ts";
import { isOpenDoor, permissionsOf, resourcePolicyStatements } from "./role-permissions.ts";
import { STACK_VARIANTS } from "./stack-variants.ts";
import { appWithoutBundling, type Resource, resourcesOf } from "./synthesize.ts";

const LOGS = "its Logs";
const SECRET = "Secret/Keys";
const TABLE = "Table/Items";

const WITH_SESSION: readonly unknown[] = fixtureFiles({ hasTable: true }).filter(
  (file) => !SESSIONLESS.includes(file),
);
const WITH_KEYS = [...WITH_SESSION, ROTATION_FUNCTION];
const ALL = [...WITH_KEYS, ...SESSIONLESS];

const inTable = (props: SessionStackProps) => storageOf(props) === "dynamodb";
const isTraced = ({ tracing = false }: SessionStackProps) => tracing;
const withTable = (props: SessionStackProps) => storageOf(props) !== "cookie";

/** Whom a permission is for, what it is, and with which settings it is there: nobody has any other. */
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

  test("every function has a role of its own, and there is no other role", () => {
    const entries = functions.map(([, { Metadata }]) => [Metadata?.["local:entry"]]);
    expect(roles.map(({ holders }) => holders).toSorted()).toEqual(entries.toSorted());
  });

  test("a role may do what the table above says, and nothing else", () => {
    const found = roles.map(({ holders: [holder], permissions }) => [holder, permissions]);
    const expected = roles.map(({ holders: [holder] }) => [holder, permitted(holder, props)]);
    expect(Object.fromEntries(found)).toEqual(Object.fromEntries(expected));
  });

  test("Lambda alone may take a role", () => {
    for (const { trust } of roles)
      expect(trust).toEqual([
        { Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "lambda.amazonaws.com" } },
      ]);
  });

  test("there is no other way in: no user, group, managed policy or function URL", () => {
    const resources: Record<string, Resource> = template.toJSON().Resources;
    const types = Object.values(resources).map(({ Type }) => Type);
    const others = types.filter((type) => /^AWS::IAM::(?!(Role|Policy)$)|::Url$/.test(type));
    expect(others).toEqual([]);
  });

  test("AWS's services may call a function for a resource or the account of the stack only", () => {
    for (const [id, { Properties }] of resourcesOf(template, "AWS::Lambda::Permission")) {
      expect(Properties.Principal, id).toMatch(/\.amazonaws\.com$/);
      expect(Properties.SourceArn ?? Properties.SourceAccount, id).toEqual(expect.any(Object));
    }
  });

  test("no policy of a resource lets in just anybody", () => {
    expect(resourcePolicyStatements(template).filter(isOpenDoor)).toEqual([]);
  });
});

describe("the check itself", () => {
  const outdir = mkdtempSync(join(tmpdir(), "permissions-"));
  afterAll(() => rmSync(outdir, { recursive: true }));
  const careless = () => new Stack(appWithoutBundling(outdir), "Careless");
  const everything = (...actions: string[]) => new PolicyStatement({ actions, resources: ["*"] });

  test("sees a permission wherever it is given", () => {
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
  ])("sees a topic that lets in %s", (_, principal, conditions) => {
    const stack = careless();
    const topic = new Topic(stack, "Topic");
    const [actions, resources, principals] = [["sns:Publish"], [topic.topicArn], [principal]];
    topic.addToResourcePolicy(new PolicyStatement({ actions, resources, principals, conditions }));
    expect(resourcePolicyStatements(Template.fromStack(stack)).filter(isOpenDoor)).toHaveLength(1);
  });

  test("takes no offence at a key that the account may manage", () => {
    const stack = careless();
    new Key(stack, "Key");
    const statements = resourcePolicyStatements(Template.fromStack(stack));
    expect(statements).toHaveLength(1);
    expect(statements.filter(isOpenDoor)).toEqual([]);
  });
});
