import { describe, expect, test } from "vitest";
import { synthesize } from "./fixture/synthesize.ts";
import { STACK_VARIANTS } from "./stack-variants.ts";
import { type Resource, resourcesOf } from "./synthesize.ts";

/** What keeps data that somebody may miss. */
const KEEPERS = /^AWS::(Logs::LogGroup|SecretsManager::Secret|DynamoDB::\w*Table|S3::Bucket|SQS::Queue)$/;

const usual = synthesize();
const [[, usualStage] = []] = resourcesOf(usual, "AWS::ApiGatewayV2::Stage");

// An emulator takes all of these settings and heeds none.
describe.each(Object.entries(STACK_VARIANTS))("in the stack %s", (_, props) => {
  const template = synthesize(props);
  const resources = Object.entries(template.toJSON().Resources as Record<string, Resource>);
  const functions = resourcesOf(template, "AWS::Lambda::Function").map(([, { Properties }]) => Properties);
  const isProduction = props.stage === "prod";
  const stays = isProduction && props.retainOnDelete !== false;

  test("every function is of arm64 and Node 24, and logs JSON to a group of its own in the stack", () => {
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

  test(`what keeps data ${stays ? "stays behind" : "goes with the stack"}`, () => {
    const policy = stays ? "Retain" : "Delete";
    const keepers = resources.filter(([, { Type }]) => KEEPERS.test(Type));
    expect(keepers.length).toBeGreaterThan(functions.length);
    for (const [id, { DeletionPolicy, UpdateReplacePolicy }] of keepers)
      expect({ DeletionPolicy, UpdateReplacePolicy }, id).toEqual({
        DeletionPolicy: policy,
        UpdateReplacePolicy: policy,
      });
  });

  test("every stage of an API is throttled and writes the access log", () => {
    const stages = resourcesOf(template, "AWS::ApiGatewayV2::Stage");
    expect(stages).toHaveLength(resourcesOf(template, "AWS::ApiGatewayV2::Api").length);
    for (const [, { Properties }] of stages)
      expect(Properties).toMatchObject({
        AutoDeploy: true,
        DefaultRouteSettings: { ThrottlingRateLimit: 100, ThrottlingBurstLimit: 200 },
        AccessLogSettings: { Format: usualStage?.Properties.AccessLogSettings.Format },
      });
  });

  test("every table has a time to live, DynamoDB's encryption, and the guards of its stage", () => {
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

  test("every secret is generated, and rotated unless that is turned off", () => {
    const secrets = resourcesOf(template, "AWS::SecretsManager::Secret");
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

  test("no secret's value is read into the template, and no resource has a name that could be taken", () => {
    expect(JSON.stringify(template.toJSON())).not.toContain("{{resolve:");
    const names = ["FunctionName", "LogGroupName", "RoleName", "TableName", "TopicName", "BucketName"];
    for (const [id, { Properties }] of resources)
      for (const name of names) expect(Properties?.[name], `${name} of ${id}`).not.toBeTypeOf("string");
  });
});
