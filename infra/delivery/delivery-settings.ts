import { readSetting, refuseUnknown } from "../settings/read-settings.ts";
import { SettingError } from "../settings/setting-error.ts";
import { listOf, type SettingKind, text } from "../settings/setting-kind.ts";
import { SETTINGS } from "../settings/settings.ts";

/** What GitHub takes as a name of an owner and of a repository, each with its id where the tokens have it. */
const REPOSITORY = /^[A-Za-z\d][A-Za-z\d-]*(\/[\w.-]+|@\d+\/[\w.-]+@\d+)$/;

const PROVIDER_ARN = /^arn:[\w-]+:iam::\d{12}:oidc-provider\/token\.actions\.githubusercontent\.com$/;

/** What a role of the delivery is for. */
export const DELIVERY_ROLES = ["deploy", "diff", "preview"] as const;

/** What a role of the delivery is for. */
export type DeliveryRole = (typeof DELIVERY_ROLES)[number];

/** One setting of the delivery. */
interface DeliverySetting {
  readonly kind: SettingKind<unknown>;
  /** What holds when the setting is not given; undefined means nothing does. */
  readonly default: unknown;
  /** One sentence for docs/delivery.md. */
  readonly meaning: string;
}

/**
 * Every setting of the stack with the roles for GitHub Actions, by its name as a prop of `DeliveryStack` and as CDK
 * context. A setting is added here and in the table of docs/delivery.md.
 */
export const DELIVERY_SETTINGS = {
  repository: {
    kind: text(
      REPOSITORY,
      "a GitHub repository such as octo-org/octo-repo or octo-org@123456/octo-repo@456789",
    ),
    default: undefined,
    meaning: "The repository whose jobs get the roles, spelt as in the tokens of its jobs; needed.",
  },
  roles: {
    kind: listOf(DELIVERY_ROLES),
    default: ["deploy", "diff"] as readonly DeliveryRole[],
    meaning: "Which roles there are.",
  },
  branch: {
    kind: text(/^[\w./-]+$/, "the name of a branch"),
    default: "main",
    meaning: "The branch that is deployed.",
  },
  environment: {
    kind: text(
      /^[\w.-]+$/,
      "the name of a GitHub environment, of letters, digits, dots, hyphens and underscores",
    ),
    default: "production",
    meaning: "The GitHub environment whose jobs deploy that branch.",
  },
  previewEnvironment: {
    kind: text(
      /^[\w.-]+$/,
      "the name of a GitHub environment, of letters, digits, dots, hyphens and underscores",
    ),
    default: "preview",
    meaning: "The GitHub environment whose jobs deploy pull requests, with the role `preview`.",
  },
  providerArn: {
    kind: text(
      PROVIDER_ARN,
      "the ARN of the account's OIDC provider for token.actions.githubusercontent.com",
    ),
    default: undefined,
    meaning: "The OIDC provider of GitHub, if the account has one already; an account can have only one.",
  },
} as const satisfies Readonly<Record<string, DeliverySetting>>;

type Name = keyof typeof DELIVERY_SETTINGS;

type ValueOf<N extends Name> = (typeof DELIVERY_SETTINGS)[N]["kind"] extends SettingKind<infer V> ? V : never;

/** Settings of the delivery as given; the repository is needed, the others have defaults. */
export type DeliverySettings = { readonly [N in Exclude<Name, "repository">]?: ValueOf<N> } & {
  readonly repository: string;
};

const NAMES = Object.keys(DELIVERY_SETTINGS) as readonly Name[];

/**
 * The settings of the delivery among a CDK app's context. That may hold settings of the sessions' stack too, which
 * are left alone, as cdk.json is read by both apps.
 *
 * @throws SettingError for a name that is no setting of either, and for a value that is missing or not allowed.
 */
export function readDeliverySettings(context: Readonly<Record<string, unknown>>): DeliverySettings {
  refuseUnknown(context, [...NAMES, ...Object.keys(SETTINGS)], "docs/delivery.md");
  return checkDeliverySettings(context);
}

/**
 * The settings of the delivery among other values, such as a stack's props.
 *
 * @throws SettingError for a value that is missing or not allowed, and for two environments that are one.
 */
export function checkDeliverySettings(values: Readonly<Record<string, unknown>>): DeliverySettings {
  const given = NAMES.filter((name) => values[name] !== undefined);
  const settings = Object.fromEntries(
    given.map((name) => [name, readSetting<unknown>(name, DELIVERY_SETTINGS[name].kind, values[name])]),
  ) as unknown as DeliverySettings;
  if (settings.repository === undefined)
    throw new SettingError(`The setting repository is needed: ${DELIVERY_SETTINGS.repository.kind.allowed}.`);
  const environment = settings.environment ?? DELIVERY_SETTINGS.environment.default;
  if (environment === (settings.previewEnvironment ?? DELIVERY_SETTINGS.previewEnvironment.default))
    throw new SettingError(
      `The setting previewEnvironment cannot be ${JSON.stringify(environment)}: pull requests would be deployed with the role for ${settings.branch ?? DELIVERY_SETTINGS.branch.default}.`,
    );
  return settings;
}
