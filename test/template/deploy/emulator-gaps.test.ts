import { expect, test } from "vitest";
import { withoutGaps } from "./emulator-gaps.ts";

test("resources that the emulator lacks are removed with all references to them and listed with the reason", () => {
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

test("a reference to a secret becomes its ARN, and other references stay unchanged", () => {
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

test("an HTTP service is replaced, and the authorizer's values have the names that the emulator knows", () => {
  const integration = (uri: string, value: string) => ({
    IntegrationType: "HTTP_PROXY",
    IntegrationUri: uri,
    RequestParameters: { "overwrite:header.x-user-id": value, "remove:header.cookie": "''" },
  });
  const Properties = integration("https://archive.example.com/{id}", "$context.authorizer.encodedUserId");
  const Resources = { Archive: { Type: "AWS::ApiGatewayV2::Integration", Properties } };
  expect(withoutGaps({ Resources }, "http://127.0.0.1:4000").template.Resources?.Archive?.Properties).toEqual(
    integration("http://127.0.0.1:4000", "$context.authorizer.lambda.encodedUserId"),
  );
  expect(withoutGaps({ Resources }).template.Resources).toEqual(Resources);
});

test("the CORS configuration of an API has the names that the emulator reads beside its own", () => {
  const cors = { AllowOrigins: ["https://shop.example"], AllowCredentials: true };
  const { template } = withoutGaps({
    Resources: {
      Api: { Type: "AWS::ApiGatewayV2::Api", Properties: { Name: "a", CorsConfiguration: cors } },
    },
  });
  const both = { ...cors, allowOrigins: ["https://shop.example"], allowCredentials: true };
  expect(template.Resources?.Api?.Properties).toEqual({ Name: "a", CorsConfiguration: both });
});
