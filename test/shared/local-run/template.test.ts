import { describe, expect, test } from "vitest";
import { LocalRunError } from "../../../shared/local-run/local-run-error.ts";
import { functionsOf, readRoutes } from "../../../shared/local-run/stack/stack-routes.ts";
import { readCors, readOmissions, type Template } from "../../../shared/local-run/stack/template.ts";
import { apiTemplate } from "./local-project.ts";

/** Returns the variable of a function for a value of the template. */
function resolveVariable(value: unknown, parameters: Template["Parameters"] = {}) {
  const template = apiTemplate({
    "GET /": { entry: "a.ts", function: { Environment: { Variables: { VALUE: value } } } },
  });
  return functionsOf(readRoutes({ ...template, Parameters: parameters }))[0]?.environment.VALUE;
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
    const [route] = readRoutes(apiTemplate({ "GET /": { entry: "a.ts", conditions: ["dynamodb"] } }));
    expect(route?.target).toMatchObject({ entry: "a.ts", conditions: ["dynamodb"] });
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
    const routes = readRoutes({ Resources: { ...template.Resources, Alias: alias } });
    expect(functionsOf(routes).map(({ entry }) => entry)).toEqual(["a.ts"]);
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
      "The route GET / cannot run locally: its integration is neither a Lambda function of the stack nor an HTTP service.",
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

describe("a route with an authorizer", () => {
  const target = { "Fn::Join": ["", ["arn:aws:apigateway:x:lambda:path/", { Ref: "Functionats" }]] };
  const withAuthorizer = (route: object, authorizer: object = {}): Template => {
    const { Resources = {} } = apiTemplate({ "GET /": "a.ts" });
    const Properties = { AuthorizerUri: target, AuthorizerType: "REQUEST", ...authorizer };
    const Authorizer = { Type: "AWS::ApiGatewayV2::Authorizer", Properties };
    const Route0 = {
      Type: "AWS::ApiGatewayV2::Route",
      Properties: { ...Resources.Route0?.Properties, ...route },
    };
    return { Resources: { ...Resources, Authorizer, Route0 } };
  };
  const CUSTOM = { AuthorizationType: "CUSTOM", AuthorizerId: { Ref: "Authorizer" } };

  test("the authorizer has a function and what API Gateway checks before it", () => {
    const [route] = readRoutes(
      withAuthorizer(CUSTOM, {
        AuthorizerPayloadFormatVersion: "2.0",
        EnableSimpleResponses: true,
        IdentitySource: ["$request.header.cookie"],
      }),
    );
    expect(route?.authorizer).toEqual({
      function: route?.target,
      payloadVersion: "2.0",
      simpleResponses: true,
      identitySource: ["$request.header.cookie"],
    });
  });

  test("a route whose authorizer cannot run is rejected, and never let through", () => {
    const elsewhere = { ...CUSTOM, AuthorizerId: "a1b2c3" };
    expect(() => readRoutes(withAuthorizer(elsewhere))).toThrow(
      "GET / cannot run locally: its authorizer is",
    );
    const foreign = { AuthorizerUri: "arn:aws:apigateway:x:lambda:path/other" };
    expect(() => readRoutes(withAuthorizer(CUSTOM, foreign))).toThrow(
      "GET / cannot run locally: its authorizer is no function of the stack",
    );
  });

  test("a cache is named, because the local run has none", () => {
    expect(readOmissions(withAuthorizer(CUSTOM, { AuthorizerResultTtlInSeconds: 0 }))).toEqual([]);
    expect(readOmissions(withAuthorizer(CUSTOM, { AuthorizerResultTtlInSeconds: 300 }))).toEqual([
      "Authorizer: the answers of this authorizer are cached on AWS, but not locally.",
    ]);
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
  expect(readOmissions({ Resources })).toEqual([]);
  expect(
    readOmissions({ Resources: { ...Resources, Route0: { Type: "AWS::ApiGatewayV2::Route", ...route } } }),
  ).toEqual(["GET /: its authorizer does not run locally, so every request is let through."]);
});

test("a WebSocket API, a REST API and a function URL beside the HTTP API are named, and not served", () => {
  const { Resources } = apiTemplate({ "GET /": "a.ts" });
  const beside = {
    Socket: {
      Type: "AWS::ApiGatewayV2::Api",
      Properties: { ProtocolType: "WEBSOCKET", CorsConfiguration: {} },
    },
    Connect: {
      Type: "AWS::ApiGatewayV2::Route",
      Properties: { ApiId: { Ref: "Socket" }, RouteKey: "$connect", AuthorizationType: "AWS_IAM" },
    },
    Rest: { Type: "AWS::ApiGateway::RestApi" },
    Url: { Type: "AWS::Lambda::Url" },
  };
  const template = { Resources: { ...beside, ...Resources } };
  expect(readRoutes(template).map(({ routeKey }) => routeKey)).toEqual(["GET /"]);
  expect(readCors(template)).toBeUndefined();
  expect(readOmissions(template)).toEqual([
    "Socket (AWS::ApiGatewayV2::Api) does not run locally: the HTTP API is served alone.",
    "Rest (AWS::ApiGateway::RestApi) does not run locally: the HTTP API is served alone.",
    "Url (AWS::Lambda::Url) does not run locally: the HTTP API is served alone.",
  ]);
});

test("the local run reads the CORS configuration of the API, with its references resolved", () => {
  const CorsConfiguration = {
    AllowCredentials: true,
    AllowOrigins: [{ Ref: "App" }, "https://b.example"],
    AllowMethods: ["GET"],
    MaxAge: 60,
  };
  const Api = { Type: "AWS::ApiGatewayV2::Api", Properties: { CorsConfiguration } };
  const { Resources } = apiTemplate({ "GET /": "a.ts" });
  expect(readCors({ Resources: Resources ?? {} })).toBeUndefined();
  expect(
    readCors({ Parameters: { App: { Default: "https://a.example" } }, Resources: { ...Resources, Api } }),
  ).toEqual({
    allowCredentials: true,
    allowOrigins: ["https://a.example", "https://b.example"],
    allowMethods: ["GET"],
    allowHeaders: [],
    exposeHeaders: [],
    maxAge: 60,
  });
});
