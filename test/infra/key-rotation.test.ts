import { functionsOf, readRoutes } from "lambda-sessions/local-run";
import { describe, expect, test } from "vitest";
import { ROTATION_FUNCTION } from "../../infra/routes.ts";
import type { SessionStackProps } from "../../infra/session-stack.ts";
import { fixtureFiles, fixtureRoutes } from "./fixture/application.ts";
import { synthesize } from "./fixture/synthesize.ts";
import { type Resource, resourcesOf } from "./synthesize.ts";

const DAY = 24 * 60 * 60;

/** Stack with the resources of its key rotation. */
class RotatingStack {
  readonly template;
  readonly secretId;

  constructor(props: SessionStackProps = {}) {
    this.template = synthesize(props);
    this.secretId = this.#ids("AWS::SecretsManager::Secret")[0];
  }

  get function(): [id: string, resource: Resource] {
    const functions = resourcesOf(this.template, "AWS::Lambda::Function");
    const found = functions.find(([, { Metadata }]) => Metadata?.["local:entry"] === ROTATION_FUNCTION);
    if (!found) throw new Error("there is no rotation function");
    return found;
  }

  get variables(): Record<string, string> {
    return this.function[1].Properties.Environment.Variables;
  }

  get schedule(): Resource | undefined {
    return resourcesOf(this.template, "AWS::SecretsManager::RotationSchedule")[0]?.[1];
  }

  get policies(): [id: string, resource: Resource][] {
    const role = this.function[1].Properties.Role["Fn::GetAtt"][0];
    return resourcesOf(this.template, "AWS::IAM::Policy").filter(
      ([, { Properties }]) => Properties.Roles[0].Ref === role,
    );
  }

  get permissions(): [id: string, resource: Resource][] {
    const [id] = this.function;
    return resourcesOf(this.template, "AWS::Lambda::Permission").filter(
      ([, { Properties }]) => Properties.FunctionName["Fn::GetAtt"][0] === id,
    );
  }

  #ids(type: string): string[] {
    return resourcesOf(this.template, type).map(([id]) => id);
  }
}

const stack = new RotatingStack();
const [functionId, rotation] = stack.function;
const logGroupId = rotation.Properties.LoggingConfig.LogGroup.Ref;

describe("the rotation function", () => {
  test("the rotation function is configured like the others, except timeout and environment", () => {
    const { Code: _, Role: __, LoggingConfig, ...rest } = rotation.Properties;
    expect(rest).toEqual({
      Runtime: "nodejs24.x",
      Architectures: ["arm64"],
      Handler: "index.handler",
      MemorySize: 256,
      Timeout: 45,
      Environment: {
        Variables: { SESSION_KEY_PERIOD: `${30 * DAY}`, SESSION_LONGEST_LIFE: `${31 * DAY + 60}` },
      },
    });
    expect(LoggingConfig.LogFormat).toBe("JSON");
  });

  test("the rotation function has its own role and log group", () => {
    for (const [, { Metadata, Properties }] of resourcesOf(stack.template, "AWS::Lambda::Function")) {
      if (Metadata?.["local:entry"] === ROTATION_FUNCTION) continue;
      expect(Properties.Role).not.toEqual(rotation.Properties.Role);
      expect(Properties.LoggingConfig).not.toEqual(rotation.Properties.LoggingConfig);
    }
  });

  test("the rotation function may only write its log and handle versions of the one secret", () => {
    expect(stack.policies.map(([, { Properties }]) => Properties.PolicyDocument.Statement)).toEqual([
      [
        {
          Effect: "Allow",
          Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
          Resource: { "Fn::GetAtt": [logGroupId, "Arn"] },
        },
        {
          Effect: "Allow",
          Action: [
            "secretsmanager:DescribeSecret",
            "secretsmanager:GetSecretValue",
            "secretsmanager:PutSecretValue",
            "secretsmanager:UpdateSecretVersionStage",
          ],
          Resource: { Ref: stack.secretId },
        },
      ],
    ]);
  });

  test("only Secrets Manager of this account may invoke the rotation function", () => {
    expect(stack.permissions.map(([, { Properties }]) => Properties)).toEqual([
      {
        Action: "lambda:InvokeFunction",
        FunctionName: { "Fn::GetAtt": [functionId, "Arn"] },
        Principal: "secretsmanager.amazonaws.com",
        SourceAccount: { Ref: "AWS::AccountId" },
      },
    ]);
  });

  test("the rotation function has no route, and the local run ignores it", () => {
    const routes = readRoutes(stack.template.toJSON());
    expect(routes.map(({ routeKey }) => routeKey).toSorted()).toEqual(
      Object.keys(fixtureRoutes({ hasTable: false })).toSorted(),
    );
    expect(functionsOf(routes).map(({ entry }) => entry)).not.toContain(ROTATION_FUNCTION);
  });
});

describe("the schedule", () => {
  test("the rotation has an interval of 30 days, and starts when the function is complete", () => {
    expect(stack.schedule?.Properties).toEqual({
      SecretId: { Ref: stack.secretId },
      RotationLambdaARN: { "Fn::GetAtt": [functionId, "Arn"] },
      RotationRules: { AutomaticallyAfterDays: 30 },
    });
    expect(stack.schedule?.DependsOn).toEqual(
      expect.arrayContaining([stack.permissions[0]?.[0], stack.policies[0]?.[0]]),
    );
  });

  test("keyRotationDays sets the interval of the rotation", () => {
    const weekly = new RotatingStack({ keyRotationDays: 7 });
    expect(weekly.schedule?.Properties.RotationRules).toEqual({ AutomaticallyAfterDays: 7 });
    expect(weekly.variables.SESSION_KEY_PERIOD).toBe(`${7 * DAY}`);
  });

  test("with keyRotationDays=0 the stack has no resource of the rotation", () => {
    const { template } = new RotatingStack({ keyRotationDays: 0 });
    expect(resourcesOf(template, "AWS::SecretsManager::RotationSchedule")).toEqual([]);
    const entries = resourcesOf(template, "AWS::Lambda::Function").map(
      ([, { Metadata }]) => Metadata?.["local:entry"],
    );
    expect(entries.toSorted()).toEqual(fixtureFiles({ hasTable: false }).toSorted());
    const text = JSON.stringify(template.toJSON());
    expect(text).not.toMatch(
      /secretsmanager:(Put|Update|Describe)|rotat|secretsmanager\.amazonaws\.com|KeysRunOut/i,
    );
  });
});

const KEPT_TOKENS = {
  storage: "dynamodb",
  keepTokens: true,
  signIn: "oidc",
  oidcIssuer: "https://accounts.example.com",
  oidcClientId: "client-1",
  rememberFor: 1000,
} as const satisfies SessionStackProps;

describe("the longest life of a session", () => {
  test.each<[string, SessionStackProps, number]>([
    ["the lifetime", { lifetime: 1000, rememberFor: 1000, clockSkew: 0 }, 1000],
    ["the lifetime and the clock skew", { lifetime: 1000, rememberFor: 900, clockSkew: 100 }, 1100],
    ["rememberFor, if that is longer", { lifetime: 1000, rememberFor: 2000, clockSkew: 0 }, 2000],
    [
      "the lifetime and a tenth with storage=dynamodb",
      { lifetime: 1000, rememberFor: 1000, clockSkew: 0, storage: "dynamodb" },
      1100,
    ],
    [
      "the absolute lifetime with keepTokens, because the tokens are sealed once",
      { ...KEPT_TOKENS, lifetime: 100 * DAY, absoluteLifetime: 300 * DAY, clockSkew: 0 },
      300 * DAY,
    ],
    [
      "the lifetime with keepTokens, if it is longer",
      { ...KEPT_TOKENS, lifetime: 200 * DAY, absoluteLifetime: 150 * DAY, clockSkew: 0 },
      220 * DAY,
    ],
    [
      "400 days with keepTokens and flask, which has no absolute lifetime",
      { ...KEPT_TOKENS, storage: "revocable-cookie", flask: true, clockSkew: 0 },
      400 * DAY,
    ],
  ])("the rotation function assumes that a key has to verify for %s", (_, props, seconds) => {
    expect(new RotatingStack(props).variables.SESSION_LONGEST_LIFE).toBe(String(seconds));
  });

  test("a rotation is rejected if the secret would contain more than 100 keys", () => {
    const props = { lifetime: 3650 * DAY };
    expect(() => synthesize({ ...props, keyRotationDays: 30 })).toThrow(
      "The setting keyRotationDays cannot be 30: it would make the secret contain 126 keys with this lifetime. Use 39 or more.",
    );
    expect(() => synthesize({ ...props, keyRotationDays: 39 })).not.toThrow();
    expect(() => synthesize({ ...props, keyRotationDays: 0 })).not.toThrow();
  });
});
