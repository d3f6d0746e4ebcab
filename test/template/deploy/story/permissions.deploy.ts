import { DynamoDB } from "@aws-sdk/client-dynamodb";
import { IAM } from "@aws-sdk/client-iam";
import { Lambda } from "@aws-sdk/client-lambda";
import { SecretsManager } from "@aws-sdk/client-secrets-manager";
import { STS } from "@aws-sdk/client-sts";
import { describe, expect, test } from "vitest";
import { deployment, type StackKind } from "../deployment.ts";
import { StackResources } from "../stack-resources.ts";

const { stacks, emulator } = deployment();

const SECRET_ACTIONS = ["DeleteSecret", "GetSecretValue", "PutSecretValue", "UpdateSecretVersionStage"];
const TABLE_ACTIONS = [
  "BatchGetItem",
  "BatchWriteItem",
  "DeleteItem",
  "DeleteTable",
  "GetItem",
  "PutItem",
  "Query",
  "Scan",
  "UpdateItem",
];

describe.each(Object.keys(stacks) as StackKind[])("in the stack %s", (kind) => {
  test("the role of GET /visits can read its keys, but neither change them nor read another stack's", async () => {
    const other = kind === "cookie" ? "dynamodb" : "cookie";
    expect(await allowed(kind, "secretsmanager", SECRET_ACTIONS, await secretArn(kind))).toEqual([
      "GetSecretValue",
    ]);
    expect(await allowed(kind, "secretsmanager", SECRET_ACTIONS, await secretArn(other))).toEqual([]);
  });

  test("the role of GET /visits has the store's actions on the table if its stack keeps sessions there", async () => {
    const expected = kind === "dynamodb" ? ["BatchGetItem", "GetItem", "PutItem", "UpdateItem"] : [];
    const [, , , region, account] = (await secretArn(kind)).split(":");
    const table = `arn:aws:dynamodb:${region}:${account}:table/${await tableName()}`;
    expect(await allowed(kind, "dynamodb", TABLE_ACTIONS, table)).toEqual(expected);
  });
});

// Runs on the emulator only: on AWS nobody but Lambda gets the credentials of this role.
test.runIf(emulator)("the emulator rejects actions that a role does not allow", async () => {
  const credentials = await credentialsOf(await roleOf("dynamodb"));
  const secrets = new SecretsManager({ credentials });
  const read = async (kind: StackKind) => secrets.getSecretValue({ SecretId: await secretArn(kind) });
  expect(Object.keys(await read("dynamodb"))).toContain("SecretString");
  await expect(read("cookie").then(() => "it was read")).rejects.toThrow("not authorized to perform");
  const scan = new DynamoDB({ credentials }).scan({ TableName: await tableName() });
  await expect(scan.then(() => "it was read")).rejects.toThrow("not authorized to perform");
});

/**
 * Returns those of the actions that the role of `GET /visits` allows on a resource, as IAM evaluates its
 * policies.
 */
async function allowed(
  kind: StackKind,
  service: string,
  actions: readonly string[],
  resource: string,
): Promise<string[]> {
  const { EvaluationResults = [] } = await new IAM().simulatePrincipalPolicy({
    PolicySourceArn: await roleOf(kind),
    ActionNames: actions.map((action) => `${service}:${action}`),
    ResourceArns: [resource],
  });
  return EvaluationResults.filter(({ EvalDecision }) => EvalDecision === "allowed").map(
    ({ EvalActionName }) => EvalActionName.slice(service.length + 1),
  );
}

async function roleOf(kind: StackKind): Promise<string> {
  const FunctionName = (await StackResources.of(stacks[kind])).functionName("Visits");
  return (await new Lambda().getFunctionConfiguration({ FunctionName })).Role ?? "";
}

async function credentialsOf(role: string) {
  const { Credentials } = await new STS().assumeRole({ RoleArn: role, RoleSessionName: "permissions" });
  const { AccessKeyId = "", SecretAccessKey = "", SessionToken = "" } = Credentials ?? {};
  return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
}

async function secretArn(kind: StackKind): Promise<string> {
  return (await StackResources.of(stacks[kind])).secretArn();
}

async function tableName(): Promise<string> {
  const [name] = (await StackResources.of(stacks.dynamodb)).ids("AWS::DynamoDB::GlobalTable");
  return `${name}`;
}
