import { expect, test } from "vitest";
import { withoutGaps } from "./emulator-gaps.ts";

test("what the emulator lacks is left out, with all that refers to it, and told with its reason", () => {
  const alarm = { Type: "AWS::CloudWatch::Alarm" };
  const topic = { Type: "AWS::SNS::Topic", DependsOn: ["Query", "Errors"] };
  const { template, leftOut } = withoutGaps({
    Resources: {
      Query: { Type: "AWS::Logs::QueryDefinition" },
      Query2: { Type: "AWS::Logs::QueryDefinition" },
      Schedule: { Type: "AWS::SecretsManager::RotationSchedule" },
      Errors: { ...alarm, Properties: { MetricName: "Errors", AlarmActions: [{ Ref: "Topic" }] } },
      Topic: topic,
      Dashboard: {
        Type: "AWS::CloudWatch::Dashboard",
        Properties: {
          DashboardBody: { "Fn::Join": ["", ["{", { "Fn::GetAtt": ["Schedule", "Arn"] }, "}"]] },
        },
      },
    },
  });
  expect(template.Resources).toEqual({
    Errors: { ...alarm, Properties: { MetricName: "Errors", AlarmActions: [{ Ref: "Topic" }] } },
    Topic: { ...topic, DependsOn: ["Errors"] },
    Dashboard: {
      Type: "AWS::CloudWatch::Dashboard",
      Properties: { DashboardBody: { "Fn::Join": ["", ["{", "left out: Schedule", "}"]] } },
    },
  });
  expect(leftOut.map((line) => line.split(": ")[0])).toEqual([
    "AWS::Logs::QueryDefinition",
    "AWS::SecretsManager::RotationSchedule",
  ]);
});

test("a secret is called by its ARN, and everything else by what it was called by", () => {
  const { template, leftOut } = withoutGaps({
    Resources: {
      Keys: { Type: "AWS::SecretsManager::Secret" },
      Reader: {
        Type: "AWS::Lambda::Function",
        Properties: { Variables: { SECRET: { Ref: "Keys" }, TABLE: { Ref: "Items" } } },
      },
    },
  });
  expect(template.Resources?.Reader?.Properties).toEqual({
    Variables: { SECRET: { "Fn::GetAtt": ["Keys", "Id"] }, TABLE: { Ref: "Items" } },
  });
  expect(leftOut).toEqual([]);
});
