import { describe, expect, test } from "vitest";
import { synthesize } from "./fixture/synthesize.ts";
import { STACK_VARIANTS } from "./stack-variants.ts";
import { type Resource, resourcesOf } from "./synthesize.ts";

/** Types of resources that contain data, keys or logs. */
const KEEPERS =
  /^AWS::(Logs::LogGroup|SecretsManager::Secret|DynamoDB::\w*Table|S3::Bucket|SQS::Queue|Cognito::UserPool)$/;

const usual = synthesize();
const [[, usualStage] = []] = resourcesOf(usual, "AWS::ApiGatewayV2::Stage");

// Checked in the templates, because an emulator accepts all of these settings and ignores them.
describe.each(Object.entries(STACK_VARIANTS))("in the stack %s", (_, props) => {
  const template = synthesize(props);
  const resources = Object.entries(template.toJSON().Resources as Record<string, Resource>);
  const functions = resourcesOf(template, "AWS::Lambda::Function").map(([, { Properties }]) => Properties);
  const isClientSecret = (id: string) => id.startsWith("ProviderClientSecret");
  const clientSecrets = resourcesOf(template, "AWS::SecretsManager::Secret").filter(([id]) =>
    isClientSecret(id),
  );
  const isProduction = props.stage === "prod";
  const stays = isProduction && props.retainOnDelete !== false;

  test("every function runs on arm64 and Node 24, and logs JSON to its own log group in the stack", () => {
    for (const { Runtime, Architectures, LoggingConfig } of functions)
      expect({ Runtime, Architectures, LoggingConfig }).toMatchObject({
        Runtime: "nodejs24.x",
        Architectures: ["arm64"],
        LoggingConfig: { LogFormat: "JSON", LogGroup: { Ref: expect.any(String) } },
      });
    const groups = functions.map(({ LoggingConfig }) => LoggingConfig.LogGroup.Ref);
    expect(new Set(groups).size).toBe(functions.length);
    expect(resourcesOf(template, "AWS::Logs::LogGroup").map(([id]) => id)).toEqual(
      expect.arrayContaining(groups),
    );
  });

  test("every log is kept for 30 days", () => {
    const groups = resourcesOf(template, "AWS::Logs::LogGroup");
    expect(groups.length).toBeGreaterThan(functions.length);
    for (const [id, { Properties }] of groups) expect(Properties.RetentionInDays, id).toBe(30);
  });

  test(`resources with data are ${stays ? "kept" : "deleted"} when the stack is deleted`, () => {
    const policies = stays ? ["RetainExceptOnCreate", "Retain"] : ["Delete", "Delete"];
    const keepers = resources.filter(([, { Type }]) => KEEPERS.test(Type));
    expect(keepers.length).toBeGreaterThan(functions.length);
    for (const [id, { DeletionPolicy, UpdateReplacePolicy }] of keepers)
      expect([DeletionPolicy, UpdateReplacePolicy], id).toEqual(policies);
  });

  test("every stage of an API has throttling and writes the access log", () => {
    const stages = resourcesOf(template, "AWS::ApiGatewayV2::Stage");
    expect(stages).toHaveLength(resourcesOf(template, "AWS::ApiGatewayV2::Api").length);
    for (const [, { Properties }] of stages)
      expect(Properties).toMatchObject({
        AutoDeploy: true,
        DefaultRouteSettings: { ThrottlingRateLimit: 100, ThrottlingBurstLimit: 200 },
        AccessLogSettings: { Format: usualStage?.Properties.AccessLogSettings.Format },
      });
  });

  test("every table has a time to live, DynamoDB's own encryption, and the protection of its stage", () => {
    const tables = resourcesOf(template, "AWS::DynamoDB::GlobalTable");
    expect(tables).toHaveLength((props.storage ?? "cookie") === "cookie" ? 0 : 1);
    for (const [, { Properties }] of tables)
      expect(Properties).toMatchObject({
        TimeToLiveSpecification: { AttributeName: "ttl", Enabled: true },
        SSESpecification: { SSEEnabled: false },
        Replicas: [
          {
            DeletionProtectionEnabled: stays,
            PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: isProduction },
          },
        ],
      });
  });

  test("the client secret of an identity provider is created empty, and every function but its clients cannot read it", () => {
    const [found] = clientSecrets;
    expect(clientSecrets).toHaveLength(props.oidcIssuer === undefined ? 0 : 1);
    expect(found?.[1].Properties).toEqual(found && { Description: expect.any(String) });
    const readers = functions.filter(
      ({ Environment }) => "OIDC_CLIENT_SECRET_ARN" in (Environment?.Variables ?? {}),
    );
    expect(readers).toHaveLength(clientSecrets.length);
  });

  test("every other secret is generated, and is rotated unless keyRotationDays is 0", () => {
    const secrets = resourcesOf(template, "AWS::SecretsManager::Secret").filter(
      ([id]) => !isClientSecret(id),
    );
    const schedules = resourcesOf(template, "AWS::SecretsManager::RotationSchedule");
    for (const [, { Properties }] of secrets) {
      expect(Properties.GenerateSecretString).toMatchObject({ PasswordLength: 64 });
      expect(Properties).not.toHaveProperty("SecretString");
    }
    expect(schedules.map(([, { Properties }]) => Properties)).toMatchObject(
      props.keyRotationDays === 0
        ? []
        : secrets.map(([id]) => ({
            SecretId: { Ref: id },
            RotationRules: { AutomaticallyAfterDays: 30 },
          })),
    );
  });

  test("the template contains no value of a secret and no resource with a fixed name", () => {
    expect(JSON.stringify(template.toJSON())).not.toContain("{{resolve:");
    const names = [
      "FunctionName",
      "LogGroupName",
      "RoleName",
      "TableName",
      "TopicName",
      "BucketName",
      "UserPoolName",
    ];
    for (const [id, { Properties }] of resources)
      for (const name of names) expect(Properties?.[name], `${name} of ${id}`).not.toBeTypeOf("string");
  });
});
