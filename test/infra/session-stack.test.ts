import { Topic } from "aws-cdk-lib/aws-sns";
import { describeTarget, readRoutes } from "lambda-sessions/local-run";
import { describe, expect, test } from "vitest";
import { type FunctionFile, ROTATION_FUNCTION, type Routes, servesHead } from "../../infra/routes.ts";
import type { SessionStack } from "../../infra/session-stack.ts";
import { FIXTURE, fixtureFiles, fixtureRoutes, SESSIONLESS } from "./fixture/application.ts";
import { synthesize } from "./fixture/synthesize.ts";
import { permissionsOf } from "./role-permissions.ts";
import { type Resource, resourcesOf, synthesizeStack } from "./synthesize.ts";

const template = synthesize();
const ROUTES = FIXTURE.routesOf({ hasTable: false });
const FILES = fixtureFiles({ hasTable: false });
const entryOf = (resource: Resource) => String(resource.Metadata?.["local:entry"]);
const hasSession = (resource: Resource) => !SESSIONLESS.includes(entryOf(resource) as FunctionFile);
const [rotation, functions] = functionsOf(template);

/** Returns the rotation function, if there is one, and the functions behind the routes. */
function functionsOf(of: typeof template) {
  const all = resourcesOf(of, "AWS::Lambda::Function");
  const isRotation = ([, resource]: [string, Resource]) => entryOf(resource) === ROTATION_FUNCTION;
  return [all.find(isRotation), all.filter((one) => !isRotation(one))] as const;
}

/** Returns the only resource of a type. */
function only(type: string): [id: string, resource: Resource] {
  const [found, ...others] = resourcesOf(template, type);
  if (!found || others.length > 0) throw new Error(`not exactly one ${type}`);
  return found;
}

const [secretId, secret] = only("AWS::SecretsManager::Secret");

test("the stack has these types of resources and no others", () => {
  const types = Object.values(template.toJSON().Resources as Record<string, Resource>).map(
    ({ Type }) => Type,
  );
  expect(
    Object.fromEntries(
      Map.groupBy(types, (type) => type)
        .entries()
        .map(([type, all]) => [type, all.length]),
    ),
  ).toEqual({
    "AWS::SecretsManager::Secret": 1,
    "AWS::SecretsManager::RotationSchedule": 1,
    "AWS::ApiGatewayV2::Api": 1,
    "AWS::ApiGatewayV2::Stage": 1,
    "AWS::ApiGatewayV2::Route": Object.keys(fixtureRoutes({ hasTable: false })).length,
    "AWS::ApiGatewayV2::Integration": FILES.length,
    "AWS::Lambda::Permission": Object.keys(ROUTES).length + 1,
    "AWS::Lambda::Function": FILES.length + 1,
    "AWS::IAM::Role": FILES.length + 1,
    "AWS::IAM::Policy": FILES.length + 1,
    "AWS::Logs::LogGroup": FILES.length + 2,
  });
});

describe("the API", () => {
  const [apiId, api] = only("AWS::ApiGatewayV2::Api");
  const [, stage] = only("AWS::ApiGatewayV2::Stage");

  test("the API is an HTTP API with the stack's name", () => {
    expect(api.Properties).toEqual({ Name: "Sessions", ProtocolType: "HTTP", IpAddressType: "dualstack" });
  });

  test("the API has one stage, $default, with automatic deployment and throttling", () => {
    expect(stage.Properties).toMatchObject({
      ApiId: { Ref: apiId },
      StageName: "$default",
      AutoDeploy: true,
      DefaultRouteSettings: { ThrottlingRateLimit: 100, ThrottlingBurstLimit: 200 },
    });
  });

  test("the API writes an access log of JSON objects, without query, headers or user agent", () => {
    const { DestinationArn, Format } = stage.Properties.AccessLogSettings;
    expect(resourcesOf(template, "AWS::Logs::LogGroup").map(([id]) => id)).toContain(
      DestinationArn["Fn::GetAtt"][0],
    );
    expect(JSON.parse(Format)).toEqual({
      requestId: "$context.requestId",
      time: "$context.requestTime",
      ip: "$context.identity.sourceIp",
      method: "$context.httpMethod",
      path: "$context.path",
      route: "$context.routeKey",
      protocol: "$context.protocol",
      status: "$context.status",
      responseLength: "$context.responseLength",
      responseLatency: "$context.responseLatency",
      integrationStatus: "$context.integration.status",
      integrationLatency: "$context.integration.latency",
      integrationError: "$context.integrationErrorMessage",
      functionRequestId: "$context.awsEndpointRequestId",
      authorizerError: "$context.authorizer.error",
    });
  });

  test("the access log has the prefix /aws/vendedlogs/ and the API's id in its name", () => {
    const {
      "Fn::GetAtt": [logId],
    } = stage.Properties.AccessLogSettings.DestinationArn;
    const { LogGroupName } = template.toJSON().Resources[logId].Properties;
    expect(LogGroupName).toEqual({ "Fn::Join": ["", ["/aws/vendedlogs/Sessions/", { Ref: apiId }]] });
  });

  test("the API sends each route to the function of its file, with payload format 2.0", () => {
    const integrations = new Map(resourcesOf(template, "AWS::ApiGatewayV2::Integration"));
    const entries = new Map(functions.map(([id, resource]) => [id, entryOf(resource)]));
    const routes = resourcesOf(template, "AWS::ApiGatewayV2::Route").map(([, { Properties }]) => {
      const integration = integrations.get(Properties.Target["Fn::Join"][1][1].Ref);
      expect(integration?.Properties).toMatchObject({
        IntegrationType: "AWS_PROXY",
        PayloadFormatVersion: "2.0",
      });
      return [Properties.RouteKey, entries.get(integration?.Properties.IntegrationUri["Fn::GetAtt"][0])];
    });
    expect(Object.fromEntries(routes)).toEqual(fixtureRoutes({ hasTable: false }));
  });

  test("only the API may invoke the functions, each through its own routes", () => {
    const behindRoutes = resourcesOf(template, "AWS::Lambda::Permission").filter(
      ([, { Properties }]) => Properties.FunctionName["Fn::GetAtt"][0] !== rotation?.[0],
    );
    const permissions = behindRoutes.map(([, { Properties }]) => {
      expect(Properties).toMatchObject({
        Action: "lambda:InvokeFunction",
        Principal: "apigateway.amazonaws.com",
      });
      const parts = Properties.SourceArn["Fn::Join"][1];
      expect(parts).toContainEqual({ Ref: apiId });
      return parts.at(-1);
    });
    const paths = Object.keys(ROUTES).map((routeKey) => `/*/*${routeKey.split(" ")[1] ?? ""}`);
    expect(permissions.toSorted()).toEqual(paths.toSorted());
  });

  test("the API's address is an output of the stack", () => {
    const outputs = Object.values(template.toJSON().Outputs) as Record<string, unknown>[];
    expect(outputs).toHaveLength(1);
    template.hasOutput("Url", {
      Value: {
        "Fn::Join": [
          "",
          [
            "https://",
            { Ref: apiId },
            ".execute-api.",
            { Ref: "AWS::Region" },
            ".",
            { Ref: "AWS::URLSuffix" },
            "/",
          ],
        ],
      },
    });
  });
});

test("the secret is generated with 64 letters and digits, under the name that Flask reads", () => {
  expect(secret.Properties).toEqual({
    Description: "Secret keys of the session cookies",
    GenerateSecretString: {
      SecretStringTemplate: "{}",
      GenerateStringKey: "SECRET_KEY",
      PasswordLength: 64,
      ExcludePunctuation: true,
    },
  });
});

test("logs are kept for 30 days", () => {
  for (const [, { Properties }] of resourcesOf(template, "AWS::Logs::LogGroup"))
    expect(Properties.RetentionInDays).toBe(30);
});

test("secret and logs are deleted with the stack", () => {
  for (const type of ["AWS::Logs::LogGroup", "AWS::SecretsManager::Secret"])
    for (const [, resource] of resourcesOf(template, type))
      expect(resource).toMatchObject({ DeletionPolicy: "Delete", UpdateReplacePolicy: "Delete" });
});

describe.each(
  functions.map(([id, resource]) => ({
    id,
    resource,
    entry: entryOf(resource),
    secrets: hasSession(resource) ? "read the secret" : "has no session, so reads no secret",
  })),
)("$entry", ({ resource, secrets }) => {
  const { Role, LoggingConfig } = resource.Properties;
  const roleId = Role["Fn::GetAtt"][0];
  const logGroupId = LoggingConfig.LogGroup.Ref;
  const policies = resourcesOf(template, "AWS::IAM::Policy").filter(
    ([, { Properties }]) => Properties.Roles[0].Ref === roleId,
  );

  test("a function runs on Node 24 and arm64 with the default settings", () => {
    const { Code, Role, LoggingConfig, ...rest } = resource.Properties;
    expect(rest).toEqual({
      Runtime: "nodejs24.x",
      Architectures: ["arm64"],
      Handler: "index.handler",
      MemorySize: 256,
      Timeout: 10,
      ...(hasSession(resource) && { Environment: { Variables: { SESSION_SECRET_ARN: { Ref: secretId } } } }),
    });
    expect(Code).toHaveProperty("S3Bucket");
  });

  test("a function logs JSON to its own log group", () => {
    expect(LoggingConfig).toEqual({
      LogFormat: "JSON",
      ApplicationLogLevel: "INFO",
      LogGroup: { Ref: logGroupId },
    });
    expect(template.toJSON().Resources[logGroupId].Type).toBe("AWS::Logs::LogGroup");
    expect(
      functions.filter(([, other]) => other.Properties.LoggingConfig.LogGroup.Ref === logGroupId),
    ).toHaveLength(1);
  });

  test("a function has its own role, for Lambda only and without managed policies", () => {
    expect(template.toJSON().Resources[roleId].Properties).toEqual({
      AssumeRolePolicyDocument: {
        Version: "2012-10-17",
        Statement: [
          { Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "lambda.amazonaws.com" } },
        ],
      },
    });
    expect(functions.filter(([, other]) => other.Properties.Role["Fn::GetAtt"][0] === roleId)).toHaveLength(
      1,
    );
  });

  test(`a function may write to its log group, ${secrets}, and nothing else`, () => {
    expect(policies.map(([, { Properties }]) => Properties.PolicyDocument.Statement)).toEqual([
      [
        {
          Effect: "Allow",
          Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
          Resource: { "Fn::GetAtt": [logGroupId, "Arn"] },
        },
        ...(hasSession(resource)
          ? [{ Effect: "Allow", Action: "secretsmanager:GetSecretValue", Resource: { Ref: secretId } }]
          : []),
      ],
    ]);
  });

  test("a function is created after its permissions, so that its first request has them", () => {
    expect(resource.DependsOn).toContain(policies[0]?.[0]);
  });
});

describe("the stack's settings", () => {
  const changed = synthesize({
    memorySize: 512,
    timeout: 20,
    throttlingRateLimit: 5,
    throttlingBurstLimit: 7,
    logRetentionDays: 7,
    logLevel: "WARN",
    retainOnDelete: true,
    flask: true,
    trustedOrigins: ["https://app.example.com"],
    publicOrigin: "https://www.example.com",
  });

  test("the stack's settings apply to every function", () => {
    for (const [, resource] of functionsOf(changed)[1]) {
      const { MemorySize, Timeout, Environment, LoggingConfig } = resource.Properties;
      expect(LoggingConfig.ApplicationLogLevel).toBe("WARN");
      expect({ MemorySize, Timeout }).toEqual({ MemorySize: 512, Timeout: 20 });
      expect(Environment.Variables).toMatchObject({ PUBLIC_ORIGIN: "https://www.example.com" });
      if (!hasSession(resource)) continue;
      expect(Environment.Variables).toMatchObject({
        SESSION_SETTINGS: '{"flask":true}',
        SESSION_TRUSTED_ORIGINS: '["https://app.example.com","https://www.example.com"]',
      });
    }
  });

  test("the setting logLevel does not apply to the rotation function", () => {
    expect(functionsOf(changed)[0]?.[1].Properties.LoggingConfig.ApplicationLogLevel).toBe("INFO");
  });

  test("the stack's settings apply to the API", () => {
    changed.hasResourceProperties("AWS::ApiGatewayV2::Stage", {
      DefaultRouteSettings: { ThrottlingRateLimit: 5, ThrottlingBurstLimit: 7 },
    });
  });

  test("the stack's settings apply to the logs", () => {
    changed.allResourcesProperties("AWS::Logs::LogGroup", { RetentionInDays: 7 });
  });

  test("retainOnDelete keeps secret and logs when the stack is deleted", () => {
    for (const type of ["AWS::Logs::LogGroup", "AWS::SecretsManager::Secret"])
      changed.allResources(type, { DeletionPolicy: "RetainExceptOnCreate", UpdateReplacePolicy: "Retain" });
  });

  test("the stage prod keeps secret and logs unless retainOnDelete is false", () => {
    const production = synthesize({ stage: "prod" });
    const letGo = synthesize({ stage: "prod", retainOnDelete: false });
    for (const type of ["AWS::Logs::LogGroup", "AWS::SecretsManager::Secret"]) {
      production.allResources(type, {
        DeletionPolicy: "RetainExceptOnCreate",
        UpdateReplacePolicy: "Retain",
      });
      letGo.allResources(type, { DeletionPolicy: "Delete", UpdateReplacePolicy: "Delete" });
    }
  });

  test("the stack's settings are also checked when they are given in code", () => {
    expect(() => synthesize({ timeout: 60 })).toThrow("The setting timeout must be");
    expect(() => synthesize({ cookieSameSite: "none", cookieSecure: false })).toThrow(
      "needs cookieSecure when it is none",
    );
  });
});

describe("an application", () => {
  test("an application adds resources and grants them to its functions", () => {
    const addResources = (stack: SessionStack) =>
      new Topic(stack, "News").grantPublish(stack.functionOf("functions/visits.ts").handler);
    const withTopic = synthesizeStack({ application: { ...FIXTURE, resources: [addResources] } });
    const [topicId] = resourcesOf(withTopic, "AWS::SNS::Topic").map(([id]) => id);
    const allowed = permissionsOf(withTopic).filter(({ permissions }) =>
      permissions.includes("sns:Publish on News"),
    );
    expect([topicId, allowed.map(({ holders }) => holders)]).toEqual([
      expect.any(String),
      [["functions/visits.ts"]],
    ]);
  });

  test("an application that asks for a function without a route gets an error with the remedy", () => {
    const addResources = (stack: SessionStack) => stack.functionOf("functions/nowhere.ts");
    expect(() => synthesizeStack({ application: { ...FIXTURE, resources: [addResources] } })).toThrow(
      'The stack has no function functions/nowhere.ts. Add a route to it in infra/routes.ts, or call addFunction("functions/nowhere.ts") first.',
    );
  });
});

test("a stack whose cookiePath is above no route with a session is rejected", () => {
  expect(() => synthesize({ cookiePath: "/shop" })).toThrow("The setting cookiePath cannot be");
  expect(() => synthesize({ cookiePath: "/sign-in" })).not.toThrow();
});

test("every GET route of a stack also serves HEAD with the same function, on AWS and locally", () => {
  const routes = readRoutes(synthesize({ storage: "dynamodb" }).toJSON());
  const entries = new Map(routes.map((route) => [route.routeKey, describeTarget(route)]));
  const get = [...entries].filter(([routeKey]) => routeKey.startsWith("GET "));
  expect(get.length).toBeGreaterThan(2);
  for (const [routeKey, entry] of get) expect(entries.get(routeKey.replace("GET", "HEAD"))).toBe(entry);
  expect(entries.size).toBe(routes.length);
});

test("a GET route serves no HEAD if its path has a route for HEAD or ANY", () => {
  const routes: Routes = {
    "GET /a": "functions/a.ts",
    "HEAD /a": "functions/b.ts",
    "GET /b": "functions/a.ts",
    "ANY /b": "functions/b.ts",
    "GET /c": "functions/a.ts",
    "POST /c": "functions/a.ts",
  };
  expect(Object.keys(routes).filter((routeKey) => servesHead(routeKey, routes))).toEqual(["GET /c"]);
});
