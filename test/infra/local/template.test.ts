import { describe, expect, test } from "vitest";
import { LocalRunError } from "../../../infra/local/run/local-run-error.ts";
import { readOmissions, readRoutes, type Template } from "../../../infra/local/run/stack/template.ts";
import { apiTemplate } from "./local-project.ts";

/** Returns the variable of a function for a value of the template. */
function resolveVariable(value: unknown, parameters: Template["Parameters"] = {}) {
  const template = apiTemplate({
    "GET /": { entry: "a.ts", function: { Environment: { Variables: { VALUE: value } } } },
  });
  return readRoutes({ ...template, Parameters: parameters })[0]?.target.environment.VALUE;
}

describe("a template's routes", () => {
  test("a route of a template has a function with everything that is needed to run it", () => {
    const properties = { FunctionName: "visits", Handler: "index.main", Timeout: 7, MemorySize: 512 };
    const integration = { PayloadFormatVersion: "1.0", TimeoutInMillis: 500 };
    const routes = readRoutes(
      apiTemplate({ "GET /visits": { entry: "visits.ts", function: properties, integration } }),
    );
    expect(routes).toEqual([
      {
        routeKey: "GET /visits",
        payloadVersion: "1.0",
        timeout: 500,
        target: {
          name: "visits",
          entry: "visits.ts",
          handler: "main",
          environment: {},
          timeout: 7,
          memorySize: 512,
        },
      },
    ]);
  });

  test("a route of a template has a function with its condition", () => {
    const [route] = readRoutes(apiTemplate({ "GET /": { entry: "a.ts", condition: "dynamodb" } }));
    expect(route?.target).toMatchObject({ entry: "a.ts", condition: "dynamodb" });
  });

  test("routes of the same function share one object, with AWS's defaults", () => {
    const bare = { entry: "a.ts", function: { Timeout: undefined, MemorySize: undefined } };
    const [first, second] = readRoutes(apiTemplate({ "GET /a": bare, $default: "a.ts" }));
    expect(second?.target).toBe(first?.target);
    expect(first).toMatchObject({
      payloadVersion: "2.0",
      timeout: 30_000,
      target: { timeout: 3, memorySize: 128 },
    });
  });

  test("a route reaches its function through the ARN that API Gateway invokes, and through an alias", () => {
    const uri = { "Fn::Join": ["", ["arn:aws:apigateway:x:lambda:path/", { Ref: "Alias" }, "/invocations"]] };
    const template = apiTemplate({ "GET /": { entry: "a.ts", integration: { IntegrationUri: uri } } });
    const alias = { Type: "AWS::Lambda::Alias", Properties: { FunctionName: { Ref: "Functionats" } } };
    expect(readRoutes({ Resources: { ...template.Resources, Alias: alias } })[0]?.target.entry).toBe("a.ts");
  });

  test.each([
    [
      "a function without a source",
      { Functionats: { Type: "AWS::Lambda::Function" } },
      "The route GET / cannot run locally: the function Functionats has no metadata local:entry. Define it as a SessionFunction.",
    ],
    [
      "no function",
      {
        Integration0: {
          Type: "AWS::ApiGatewayV2::Integration",
          Properties: { IntegrationUri: "https://example.com" },
        },
      },
      "The route GET / cannot run locally: its integration is not a Lambda function of the stack.",
    ],
    [
      "no integration",
      { Integration0: { Type: "AWS::SNS::Topic" } },
      "The route GET / cannot run locally: it names no integration.",
    ],
  ])("a route is rejected if there is %s", (_, resources, sentence) => {
    const template = apiTemplate({ "GET /": "a.ts" });
    expect(() => readRoutes({ Resources: { ...template.Resources, ...resources } })).toThrow(
      new LocalRunError(sentence),
    );
  });
});

describe("a variable of a function", () => {
  test.each([
    ["text", "text"],
    [42, "42"],
    [true, "true"],
    [{ Ref: "AWS::Region" }, "us-east-1"],
    [{ Ref: "Stage" }, "beta"],
    [{ Ref: "Secret" }, "Secret"],
    [{ "Fn::GetAtt": ["Table", "Arn"] }, "Table.Arn"],
    [{ "Fn::GetAtt": "Table.Arn" }, "Table.Arn"],
    [{ "Fn::Join": ["-", ["a", { Ref: "Stage" }, { Ref: "AWS::NoValue" }]] }, "a-beta"],
    // biome-ignore-start lint/suspicious/noTemplateCurlyInString: CloudFormation's form
    [
      { "Fn::Sub": "${Stage}.${AWS::AccountId}.${Table.Arn}.${!Literal}" },
      "beta.123456789012.Table.Arn.${!Literal}",
    ],
    [{ "Fn::Sub": ["${Name}/${Stage}", { Name: { Ref: "AWS::Partition" } }] }, "aws/beta"],
    // biome-ignore-end lint/suspicious/noTemplateCurlyInString: CloudFormation's form
    [{ "Fn::ImportValue": "other" }, "Fn::ImportValue"],
    [{ Ref: "AWS::NoValue" }, undefined],
  ])("the variable %j of a function is resolved to %j", (value, text) => {
    expect(resolveVariable(value, { Stage: { Default: "beta" } })).toBe(text);
  });
});

test("parts of the stack that the local run ignores are named", () => {
  const { Resources = {} } = apiTemplate({ "GET /": "a.ts" });
  const route = {
    ...Resources.Route0,
    Properties: { ...Resources.Route0?.Properties, AuthorizationType: "JWT" },
  };
  const api = { Type: "AWS::ApiGatewayV2::Api", Properties: { CorsConfiguration: {} } };
  expect(readOmissions({ Resources })).toEqual([]);
  expect(
    readOmissions({
      Resources: { ...Resources, Route0: { Type: "AWS::ApiGatewayV2::Route", ...route }, Api: api },
    }),
  ).toEqual([
    "The API's CORS settings have no effect locally.",
    "GET /: its authorizer does not run locally, so every request is let through.",
  ]);
});
