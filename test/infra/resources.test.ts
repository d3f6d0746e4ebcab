import { Duration } from "aws-cdk-lib";
import { AttributeType, TableV2 } from "aws-cdk-lib/aws-dynamodb";
import { Rule, Schedule } from "aws-cdk-lib/aws-events";
import { LambdaFunction } from "aws-cdk-lib/aws-events-targets";
import { expect, test } from "vitest";
import type { AddResources } from "../../infra/resources.ts";
import { FIXTURE } from "./fixture/application.ts";
import { resourcesOf, synthesizeStack } from "./synthesize.ts";

/** Files of the fixture with a route and without one. */
const [ROUTED, UNROUTED] = ["functions/visits.ts", "functions/session.ts"] as const;

const addTable: AddResources = (stack) => {
  const partitionKey = { name: "pk", type: AttributeType.STRING };
  const table = new TableV2(stack, "Orders", { partitionKey, removalPolicy: stack.retention.removalPolicy });
  table.grant(stack.functionOf(ROUTED).handler, "dynamodb:PutItem");
};

const addSchedule: AddResources = (stack) => {
  const targets = [new LambdaFunction(stack.addFunction(UNROUTED).handler)];
  new Rule(stack, "Daily", { schedule: Schedule.rate(Duration.days(1)), targets });
};

const template = synthesizeStack({
  stage: "prod",
  application: { ...FIXTURE, resources: [addTable, addSchedule] },
});
const functions = resourcesOf(template, "AWS::Lambda::Function");

/** Returns the logical ids of the functions of a file. */
function idsOf(file: string): string[] {
  return functions.filter(([, { Metadata }]) => Metadata?.["local:entry"] === file).map(([id]) => id);
}

test("a table of the application has the retention of the deployment", () => {
  template.hasResource("AWS::DynamoDB::GlobalTable", { DeletionPolicy: "RetainExceptOnCreate" });
});

test("a resource of the application and a route share the function of a file", () => {
  expect(idsOf(ROUTED)).toHaveLength(1);
});

test("a schedule invokes a function without a route", () => {
  const [id] = idsOf(UNROUTED);
  template.hasResourceProperties("AWS::Events::Rule", {
    ScheduleExpression: "rate(1 day)",
    Targets: [{ Arn: { "Fn::GetAtt": [id, "Arn"] } }],
  });
  template.hasResourceProperties("AWS::Lambda::Permission", {
    FunctionName: { "Fn::GetAtt": [id, "Arn"] },
    Principal: "events.amazonaws.com",
  });
});

test("the errors of a function without a route are monitored", () => {
  const dashboard = JSON.stringify(template.findResources("AWS::CloudWatch::Dashboard"));
  expect(dashboard).toContain(idsOf(UNROUTED)[0]);
});
