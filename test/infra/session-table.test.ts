import type { Template } from "aws-cdk-lib/assertions";
import { describe, expect, test } from "vitest";
import { type FunctionFile, ROTATION_FUNCTION } from "../../infra/routes.ts";
import type { SessionStackProps } from "../../infra/session-stack.ts";
import { fixtureFiles, fixtureRoutes, SESSIONLESS } from "./fixture/application.ts";
import { synthesize } from "./fixture/synthesize.ts";
import { type Resource, resourcesOf } from "./synthesize.ts";

const TABLE = "AWS::DynamoDB::GlobalTable";

/** Returns the only table of a stack. */
function tableOf(template: Template): [id: string, resource: Resource] {
  const [found, ...others] = resourcesOf(template, TABLE);
  if (!found || others.length > 0) throw new Error("not exactly one table");
  return found;
}

/** Returns the protection of a stack's table. */
function guardsOf(props: SessionStackProps) {
  const [, { Properties, DeletionPolicy, UpdateReplacePolicy }] = tableOf(
    synthesize({ storage: "dynamodb", ...props }),
  );
  const [replica] = Properties.Replicas;
  return {
    whenDeleted: DeletionPolicy,
    whenReplaced: UpdateReplacePolicy,
    protected: replica.DeletionProtectionEnabled ?? false,
    recoverable: replica.PointInTimeRecoverySpecification?.PointInTimeRecoveryEnabled ?? false,
  };
}

test("the default stack has no table, and its functions have no SESSION_TABLE_NAME", () => {
  const template = synthesize();
  expect(JSON.stringify(template.toJSON())).not.toMatch(/dynamodb|SESSION_TABLE_NAME/i);
});

describe.each([
  [
    "storage=dynamodb",
    { storage: "dynamodb" },
    "dynamodb",
    ["BatchGetItem", "GetItem", "PutItem", "UpdateItem"],
  ],
  [
    "storage=revocable-cookie",
    { storage: "revocable-cookie" },
    "revocable-cookie",
    ["GetItem", "PutItem", "UpdateItem"],
  ],
] as const)("the stack with %s", (_, props, condition, actions) => {
  const template = synthesize(props);
  const [tableId, table] = tableOf(template);
  const withoutSession: readonly FunctionFile[] = [ROTATION_FUNCTION, ...SESSIONLESS];
  const [others, functions] = [true, false].map((isOther) =>
    resourcesOf(template, "AWS::Lambda::Function").filter(
      ([, { Metadata }]) => withoutSession.includes(Metadata?.["local:entry"] as FunctionFile) === isOther,
    ),
  ) as [[string, Resource][], [string, Resource][]];
  const policies = resourcesOf(template, "AWS::IAM::Policy");

  test("the stack has a table with on-demand billing, a partition key, a time to live and a generated name", () => {
    expect(table.Properties).toEqual({
      AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
      KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
      BillingMode: "PAY_PER_REQUEST",
      TimeToLiveSpecification: { AttributeName: "ttl", Enabled: true },
      SSESpecification: { SSEEnabled: false },
      Replicas: [
        {
          Region: { Ref: "AWS::Region" },
          DeletionProtectionEnabled: false,
          PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: false },
        },
      ],
    });
  });

  test("the stack has the routes that list and end sessions", () => {
    const routes = resourcesOf(template, "AWS::ApiGatewayV2::Route").map(
      ([, { Properties }]) => Properties.RouteKey,
    );
    expect(routes.toSorted()).toEqual(Object.keys(fixtureRoutes({ hasTable: true })).toSorted());
  });

  test.each(functions.map(([id, resource]) => ({ id, resource, entry: resource.Metadata?.["local:entry"] })))(
    "the function $entry may call the operations of its store on the table, and no others",
    ({ resource }) => {
      const role = resource.Properties.Role["Fn::GetAtt"][0];
      const own = policies.filter(([, { Properties }]) => Properties.Roles[0].Ref === role);
      const statements = own.flatMap(([, { Properties }]) => Properties.PolicyDocument.Statement);
      expect(statements.map(({ Action }) => Action)).toEqual([
        ["logs:CreateLogStream", "logs:PutLogEvents"],
        "secretsmanager:GetSecretValue",
        actions.map((action) => `dynamodb:${action}`),
      ]);
      expect(statements.at(-1)).toEqual({
        Effect: "Allow",
        Action: actions.map((action) => `dynamodb:${action}`),
        Resource: { "Fn::GetAtt": [tableId, "Arn"] },
      });
      expect(resource.Properties.Environment.Variables.SESSION_TABLE_NAME).toEqual({ Ref: tableId });
    },
  );

  test("only the functions may use the table", () => {
    const users = policies.filter(([, { Properties }]) => JSON.stringify(Properties).includes(tableId));
    expect(users).toHaveLength(functions.length);
  });

  test("every function is bundled with the condition that selects its session interface", () => {
    expect(functions).toHaveLength(fixtureFiles({ hasTable: true }).length - SESSIONLESS.length);
    for (const [, { Metadata }] of functions) expect(Metadata?.["local:conditions"]).toEqual([condition]);
    for (const [, { Metadata }] of others) expect(Metadata).not.toHaveProperty("local:conditions");
  });
});

test.each(["header", "both"] as const)(
  "with sessionTransport=%s, functions are bundled with the transport, and their variable names it",
  (sessionTransport) => {
    const template = synthesize({ storage: "dynamodb", sessionTransport });
    const all = resourcesOf(template, "AWS::Lambda::Function");
    const withSession = all.filter(([, { Metadata }]) => Metadata?.["local:conditions"] !== undefined);
    expect(withSession).toHaveLength(fixtureFiles({ hasTable: true }).length - SESSIONLESS.length);
    for (const [, { Metadata, Properties }] of withSession) {
      expect(Metadata?.["local:conditions"]).toEqual(["dynamodb", "header-transport"]);
      expect(Properties.Environment.Variables.SESSION_TRANSPORT).toBe(sessionTransport);
    }
  },
);

describe("a stage", () => {
  test.each<[SessionStackProps, ReturnType<typeof guardsOf>]>([
    [{}, { whenDeleted: "Delete", whenReplaced: "Delete", protected: false, recoverable: false }],
    [
      { stage: "dev" },
      { whenDeleted: "Delete", whenReplaced: "Delete", protected: false, recoverable: false },
    ],
    [
      { stage: "prod" },
      { whenDeleted: "RetainExceptOnCreate", whenReplaced: "Retain", protected: true, recoverable: true },
    ],
    [
      { stage: "prod", retainOnDelete: false },
      { whenDeleted: "Delete", whenReplaced: "Delete", protected: false, recoverable: true },
    ],
    [
      { stage: "dev", retainOnDelete: true },
      { whenDeleted: "RetainExceptOnCreate", whenReplaced: "Retain", protected: false, recoverable: false },
    ],
  ])("the stage decides how the table is protected: %j", (props, guards) => {
    expect(guardsOf(props)).toEqual(guards);
  });
});
