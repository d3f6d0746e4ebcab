import { describe, expect, test } from "vitest";
import type { SessionStackProps } from "../../infra/session-stack.ts";
import { chooseStackName } from "../../infra/settings/settings.ts";
import { synthesize } from "./fixture/synthesize.ts";
import type { Resource } from "./synthesize.ts";

const ACCOUNT = "123456789012";

/**
 * Properties that name a resource of AWS. Generated names of CloudFormation are always different, and names
 * of inline policies are unique within their role.
 */
const NAMES: Readonly<Record<string, string>> = {
  "AWS::ApiGatewayV2::Api": "Name",
  "AWS::CloudWatch::Alarm": "AlarmName",
  "AWS::CloudWatch::Dashboard": "DashboardName",
  "AWS::DynamoDB::GlobalTable": "TableName",
  "AWS::IAM::Role": "RoleName",
  "AWS::KMS::Alias": "AliasName",
  "AWS::Lambda::Function": "FunctionName",
  "AWS::Logs::LogGroup": "LogGroupName",
  "AWS::Logs::MetricFilter": "FilterName",
  "AWS::Logs::QueryDefinition": "Name",
  "AWS::SNS::Topic": "TopicName",
  "AWS::SecretsManager::Secret": "Name",
};

/** Types of resources without a name, or with a name that only depends on other resources. */
const NAMELESS = [
  "AWS::ApiGatewayV2::Integration",
  "AWS::ApiGatewayV2::Route",
  "AWS::ApiGatewayV2::Stage",
  "AWS::IAM::Policy",
  "AWS::KMS::Key",
  "AWS::Lambda::Permission",
  "AWS::SNS::Subscription",
  "AWS::SNS::TopicPolicy",
  "AWS::SecretsManager::RotationSchedule",
];

/** Types whose names are unique per account, not per region. */
const GLOBAL = ["AWS::CloudWatch::Dashboard", "AWS::IAM::Role"];

/**
 * Name in a deployment. The id of another resource in it is replaced by `*`, because AWS never uses an id
 * twice.
 */
interface Named {
  readonly type: string;
  readonly name: string;
}

function resourcesOf({
  region = "eu-central-1",
  ...settings
}: SessionStackProps & { region?: string }): Resource[] {
  const props = { ...settings, env: { account: ACCOUNT, region } };
  return Object.values(synthesize(props, chooseStackName(settings)).toJSON().Resources);
}

function namesOf(props: SessionStackProps & { region?: string }): Named[] {
  return resourcesOf(props).flatMap(({ Type: type, Properties }) => {
    const name = Properties[NAMES[type] ?? ""];
    return name === undefined ? [] : [{ type, name: textOf(name) }];
  });
}

function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  const { "Fn::Join": join } = value as { "Fn::Join"?: [string, unknown[]] };
  return join ? join[1].map(textOf).join(join[0]) : "*";
}

/** Returns the names that two deployments share, except names with an id of AWS in them. */
function sharedNames(one: readonly Named[], other: readonly Named[]): Named[] {
  const texts = new Set(other.map(({ type, name }) => `${type} ${name}`));
  return one.filter(({ type, name }) => texts.has(`${type} ${name}`) && !name.includes("*"));
}

const WATCHED: SessionStackProps = { storage: "dynamodb", monitoring: true, alarmEmail: "ops@example.com" };

describe("explicit names", () => {
  test("every type of resource in a stack is known to have a name or none", () => {
    const types = new Set(resourcesOf(WATCHED).map(({ Type }) => Type));
    expect([...types].filter((type) => !(type in NAMES) && !NAMELESS.includes(type))).toEqual([]);
  });

  test("the stack's explicit names are these, and CloudFormation generates all others", () => {
    const patterns = new Set(namesOf(WATCHED).map(({ type, name }) => `${type} ${name}`));
    expect([...patterns].filter((name) => !name.includes("QueryDefinition")).toSorted()).toEqual([
      "AWS::ApiGatewayV2::Api LambdaSessions",
      "AWS::CloudWatch::Dashboard LambdaSessions-eu-central-1",
      "AWS::Logs::LogGroup /aws/vendedlogs/LambdaSessions/*",
    ]);
  });

  test.each<[string, SessionStackProps]>([
    ["a stack of the other stage", { stage: "prod" }],
    ["a stack with another name", { stackName: "Shop" }],
  ])("explicit names differ in %s of the same account and region", (_, props) => {
    const [one, other] = [namesOf(WATCHED), namesOf({ ...WATCHED, ...props })];
    expect(one.length).toBeGreaterThan(5);
    expect(other).toHaveLength(one.length);
    expect(sharedNames(one, other)).toEqual([]);
  });

  test("explicit names that are unique per account differ in another region", () => {
    const [one, other] = [namesOf(WATCHED), namesOf({ ...WATCHED, region: "us-east-1" })];
    expect(one.some(({ type }) => GLOBAL.includes(type))).toBe(true);
    expect(sharedNames(one, other).filter(({ type }) => GLOBAL.includes(type))).toEqual([]);
  });

  test("the comparison of names finds all names of a stack when it is compared with itself", () => {
    const names = namesOf(WATCHED);
    expect(sharedNames(names, names)).toEqual(names.filter(({ name }) => !name.includes("*")));
    expect(sharedNames(names, names).length).toBeGreaterThan(5);
  });
});

test("two stages count their events in different namespaces", () => {
  const namespaces = [{}, { stage: "prod" }].map((props) => {
    const filters = resourcesOf({ ...WATCHED, ...props } as SessionStackProps).filter(
      ({ Type }) => Type === "AWS::Logs::MetricFilter",
    );
    return [...new Set(filters.map(({ Properties }) => Properties.MetricTransformations[0].MetricNamespace))];
  });
  expect(namespaces).toEqual([["LambdaSessions"], ["LambdaSessions-prod"]]);
});
