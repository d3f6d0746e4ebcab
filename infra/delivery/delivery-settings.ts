import { type OptionsOf, type OptionTable, option, string } from "lambda-sessions/settings";
import { readSetting, refuseMisspelled } from "../settings/read-settings.ts";
import { SettingError } from "../settings/setting-error.ts";
import { someOf } from "../settings/setting-kinds.ts";
import { SETTINGS } from "../settings/settings.ts";

/** Names of an owner and a repository, each with its id if the tokens of the jobs contain ids. */
const REPOSITORY = /^[A-Za-z\d][A-Za-z\d-]*(\/[\w.-]+|@\d+\/[\w.-]+@\d+)$/;

const PROVIDER_ARN = /^arn:[\w-]+:iam::\d{12}:oidc-provider\/token\.actions\.githubusercontent\.com$/;

/** Purposes of the roles. */
export const DELIVERY_ROLES = ["deploy", "diff", "preview"] as const;

/** The purpose of one role. */
export type DeliveryRole = (typeof DELIVERY_ROLES)[number];

/** The name of a GitHub environment. */
const environmentName = string(
  /^[\w.-]+$/,
  "the name of a GitHub environment, of letters, digits, dots, hyphens and underscores",
);

const defaultRoles: readonly DeliveryRole[] = ["deploy", "diff"];

/**
 * Every setting of the stack with the roles for GitHub Actions, by its name as a prop of `DeliveryStack` and
 * as CDK context. A setting is added here and to the table of docs/delivery.md, with its doc comment as its
 * meaning.
 */
export const DELIVERY_SETTINGS = {
  /** Repository whose jobs get the roles, spelt as in the tokens of its jobs. Required. */
  repository: option(
    string(REPOSITORY, "a GitHub repository such as octo-org/octo-repo or octo-org@123456/octo-repo@456789"),
  ),
  /** Roles of the stack. */
  roles: option(someOf(DELIVERY_ROLES), defaultRoles),
  /** Branch that is deployed. */
  branch: option(string(/^[\w./-]+$/, "the name of a branch"), "main"),
  /** GitHub environment whose jobs deploy that branch. */
  environment: option(environmentName, "production"),
  /** GitHub environment whose jobs deploy pull requests, with the role `preview`. */
  previewEnvironment: option(environmentName, "preview"),
  /** OIDC provider of GitHub, if the account has one already. An account can have only one. */
  providerArn: option(
    string(PROVIDER_ARN, "the ARN of the account's OIDC provider for token.actions.githubusercontent.com"),
  ),
} satisfies OptionTable;

/** Settings of the delivery as given; the repository is required, the others have defaults. */
export type DeliverySettings = Omit<OptionsOf<typeof DELIVERY_SETTINGS>, "repository"> & {
  readonly repository: string;
};

const NAMES = Object.keys(DELIVERY_SETTINGS) as readonly (keyof typeof DELIVERY_SETTINGS)[];

/**
 * Reads the settings of the delivery from a CDK app's context. Settings of the sessions' stack are ignored,
 * because both apps read cdk.json.
 *
 * @throws SettingError for a misspelled name, and for a value that is missing or not allowed
 */
export function readDeliverySettings(context: Readonly<Record<string, unknown>>): DeliverySettings {
  refuseMisspelled(context, [...NAMES, ...Object.keys(SETTINGS)], "docs/delivery.md");
  return checkDeliverySettings(context);
}

/**
 * Checks the settings of the delivery among other values, such as a stack's props.
 *
 * @throws SettingError for a value that is missing or not allowed, and for one environment with both purposes
 */
export function checkDeliverySettings(values: Readonly<Record<string, unknown>>): DeliverySettings {
  const given = NAMES.filter((name) => values[name] !== undefined);
  const settings = Object.fromEntries(
    given.map((name) => [name, readSetting<unknown>(name, DELIVERY_SETTINGS[name].kind, values[name])]),
  ) as unknown as DeliverySettings;
  if (settings.repository === undefined)
    throw new SettingError(
      `The setting repository is required: ${DELIVERY_SETTINGS.repository.kind.allowed}.`,
    );
  const environment = settings.environment ?? DELIVERY_SETTINGS.environment.default;
  if (environment === (settings.previewEnvironment ?? DELIVERY_SETTINGS.previewEnvironment.default))
    throw new SettingError(
      `The setting previewEnvironment cannot be ${JSON.stringify(environment)}: pull requests would be deployed with the role for ${settings.branch ?? DELIVERY_SETTINGS.branch.default}.`,
    );
  return settings;
}
