import { describe, expect, test } from "vitest";
import { checkDeliverySettings, readDeliverySettings } from "../../../infra/delivery/delivery-settings.ts";
import { SettingError } from "../../../infra/settings/setting-error.ts";

const repository = "octo-org/octo-repo";

test("settings of the delivery are read from the context, as strings and as arrays", () => {
  expect(readDeliverySettings({ repository, roles: "diff, preview" })).toEqual({
    repository,
    roles: ["diff", "preview"],
  });
  expect(readDeliverySettings({ repository, roles: ["deploy"] })).toEqual({ repository, roles: ["deploy"] });
});

test("settings of the sessions' stack, which cdk.json can contain, are ignored", () => {
  const context = { repository, storage: "dynamodb", "@aws-cdk/core:x": true };
  expect(readDeliverySettings(context)).toEqual({ repository });
});

describe("settings of the delivery are rejected with an error that names the setting:", () => {
  test.each<[string, Record<string, unknown>, string]>([
    [
      "no repository",
      {},
      "The setting repository is required: a GitHub repository such as octo-org/octo-repo or octo-org@123456/octo-repo@456789.",
    ],
    [
      "a repository by its address",
      { repository: "https://github.com/octo-org/octo-repo" },
      'The setting repository must be a GitHub repository such as octo-org/octo-repo or octo-org@123456/octo-repo@456789, not "https://github.com/octo-org/octo-repo".',
    ],
    [
      "an unknown name",
      { repository, brnach: "main" },
      "There is no setting brnach. Did you mean branch? docs/delivery.md lists all settings.",
    ],
    [
      "an unknown role",
      { repository, roles: "deploy,admin" },
      'The setting roles must be an array of deploy, diff, preview, not "deploy,admin".',
    ],
    [
      "no role at all",
      { repository, roles: [] },
      "The setting roles must be an array of deploy, diff, preview, not [].",
    ],
    [
      "another provider than GitHub's",
      { repository, providerArn: "arn:aws:iam::123456789012:oidc-provider/example.com" },
      `The setting providerArn must be the ARN of the account's OIDC provider for token.actions.githubusercontent.com, not "arn:aws:iam::123456789012:oidc-provider/example.com".`,
    ],
    [
      "one environment for two roles",
      { repository, environment: "preview" },
      'The setting previewEnvironment cannot be "preview": pull requests would be deployed with the role for main.',
    ],
  ])("%s", (_, context, sentence) => {
    expect(() => readDeliverySettings(context)).toThrow(new SettingError(sentence));
  });
});

// A condition compares the whole string, so a pattern or a part of a name would never match.
test.each([
  "octo-org/*",
  "*/octo-repo",
  "octo-org",
  "octo-org@1/octo-repo",
  "octo-org/octo-repo@1",
  "o/r:ref",
])("the repository %s is rejected", (wrong) =>
  expect(() => checkDeliverySettings({ repository: wrong })).toThrow("The setting repository must be"),
);

test.each([
  ["branch", "ma*n"],
  ["environment", "prod:uction"],
  ["previewEnvironment", ""],
])("the setting %s rejects %j", (name, value) => {
  expect(() => checkDeliverySettings({ repository, [name]: value })).toThrow(`The setting ${name} must be`);
});
