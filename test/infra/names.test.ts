import { describe, expect, test } from "vitest";
import type { SessionStackProps } from "../../infra/session-stack.ts";
import { chooseStackName } from "../../infra/settings/stack-name.ts";
import { synthesize } from "./fixture/synthesize.ts";
import type { Resource } from "./synthesize.ts";

const ACCOUNT = "123456789012";

/**
 * Properties that name a resource of AWS. Names of CloudFormation's own making are never the same, and those of inline
 * policies count within their role.
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

/** What a stack has without a name, or named after other resources alone. */
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

/** Types whose names are the account's, not a region's. */
const GLOBAL = ["AWS::CloudWatch::Dashboard", "AWS::IAM::Role"];

/** A name of a deployment; another resource's id in it is told by `*`, since AWS never gives one twice. */
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

/** The names that two deployments have in common, but for what has an id of AWS in it. */
function sharedNames(one: readonly Named[], other: readonly Named[]): Named[] {
  const texts = new Set(other.map(({ type, name }) => `${type} ${name}`));
  return one.filter(({ type, name }) => texts.has(`${type} ${name}`) && !name.includes("*"));
}

const WATCHED: SessionStackProps = { storage: "dynamodb", monitoring: true, alarmEmail: "ops@example.com" };

describe("explicit names", () => {
  test("are looked for in every type of resource that a stack has", () => {
    const types = new Set(resourcesOf(WATCHED).map(({ Type }) => Type));
    expect([...types].filter((type) => !(type in NAMES) && !NAMELESS.includes(type))).toEqual([]);
  });

  test("are these, and CloudFormation makes all others", () => {
    const patterns = new Set(namesOf(WATCHED).map(({ type, name }) => `${type} ${name}`));
    expect([...patterns].filter((name) => !name.includes("QueryDefinition")).toSorted()).toEqual([
      "AWS::ApiGatewayV2::Api LambdaSessions",
      "AWS::CloudWatch::Dashboard LambdaSessions-eu-central-1",
      "AWS::Logs::LogGroup /aws/vendedlogs/LambdaSessions/*",
    ]);
  });

  test.each<[string, SessionStackProps]>([
    ["the other stage", { stage: "prod" }],
    ["a second name", { stackName: "Shop" }],
  ])("are different in %s of the same account and region", (_, props) => {
    const [one, other] = [namesOf(WATCHED), namesOf({ ...WATCHED, ...props })];
    expect(one.length).toBeGreaterThan(5);
    expect(other).toHaveLength(one.length);
    expect(sharedNames(one, other)).toEqual([]);
  });

  test("that are the account's are different in another region", () => {
    const [one, other] = [namesOf(WATCHED), namesOf({ ...WATCHED, region: "us-east-1" })];
    expect(one.some(({ type }) => GLOBAL.includes(type))).toBe(true);
    expect(sharedNames(one, other).filter(({ type }) => GLOBAL.includes(type))).toEqual([]);
  });

  test("are told apart by the comparison: a stack shares all of its own", () => {
    const names = namesOf(WATCHED);
    expect(sharedNames(names, names)).toEqual(names.filter(({ name }) => !name.includes("*")));
    expect(sharedNames(names, names).length).toBeGreaterThan(5);
  });
});

test("the counts of two stages are in namespaces of their own", () => {
  const namespaces = [{}, { stage: "prod" }].map((props) => {
    const filters = resourcesOf({ ...WATCHED, ...props } as SessionStackProps).filter(
      ({ Type }) => Type === "AWS::Logs::MetricFilter",
    );
    return [...new Set(filters.map(({ Properties }) => Properties.MetricTransformations[0].MetricNamespace))];
  });
  expect(namespaces).toEqual([["LambdaSessions"], ["LambdaSessions-prod"]]);
});
