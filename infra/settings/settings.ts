import { RetentionDays } from "aws-cdk-lib/aws-logs";
import {
  DEFAULT_COOKIE,
  DEFAULT_SETTINGS,
  DIGESTS,
  KEY_DERIVATIONS,
  LONGEST_LIFETIME,
  MOST_CLOCK_SKEW,
  MOST_SESSIONS_PER_USER,
  PRIORITIES,
  SAME_SITES,
  SESSION_LIMIT_POLICIES,
} from "lambda-sessions";
import { flag, hostName, oneOf, origins, type SettingKind, text, whole } from "./setting-kind.ts";

/** The most days between two rotations that Secrets Manager takes. */
const MOST_ROTATION_DAYS = 1000;

/** One setting of the deployment. */
interface Setting {
  readonly kind: SettingKind<unknown>;
  /** What holds when the setting is not given; undefined means nothing does. */
  readonly default: unknown;
  /** One sentence for docs/settings.md. */
  readonly meaning: string;
  /** Where the value goes in the functions' `SessionSettings`, such as `cookie.name`; without it, the stack uses it. */
  readonly session?: string;
}

/**
 * Every setting, by its name as a prop of `SessionStack` and as CDK context (`-c NAME=VALUE`, or `context` in
 * cdk.json). A setting is added here and in the table of docs/settings.md, and nowhere else.
 */
export const SETTINGS = {
  storage: {
    kind: oneOf(["cookie", "revocable-cookie", "dynamodb"]),
    default: "cookie",
    meaning:
      "Where sessions are kept: in the visitor's signed cookie; in such a cookie beside a table that lists each user's sessions, so that they can be revoked; or in a DynamoDB table.",
  },
  renewAfter: {
    kind: whole(1, LONGEST_LIFETIME, "seconds"),
    default: undefined,
    meaning: "Age in seconds at which a session gets a new token; needs `storage=dynamodb`.",
    session: "renewAfter",
  },
  maxSessionsPerUser: {
    kind: whole(1, MOST_SESSIONS_PER_USER),
    default: DEFAULT_SETTINGS.maxSessionsPerUser,
    meaning:
      "Sessions that one user may have at a time; needs `storage=dynamodb` or `storage=revocable-cookie`.",
    session: "maxSessionsPerUser",
  },
  sessionLimitPolicy: {
    kind: oneOf(SESSION_LIMIT_POLICIES),
    default: DEFAULT_SETTINGS.sessionLimitPolicy,
    meaning:
      "What gives way at a sign-in beyond that: the session that was not seen for longest, or the new one; needs `storage=dynamodb` or `storage=revocable-cookie`.",
    session: "sessionLimitPolicy",
  },
  flask: {
    kind: flag,
    default: false,
    meaning:
      "Flask's own defaults, so that a Flask application with the same key shares the session; needs `storage=cookie`.",
    session: "flask",
  },
  cookieName: {
    kind: text(/./, "a text that is not empty"),
    default: "__Host-session",
    meaning:
      "Name of the cookie; `session` when `flask`, or where Domain, Path or Secure rule the prefix out.",
    session: "cookie.name",
  },
  cookieDomain: {
    kind: text(/./, "a host name"),
    default: undefined,
    meaning: "Domain of the cookie; without it only the host that set the cookie gets it back.",
    session: "cookie.domain",
  },
  cookiePath: {
    kind: text(/^\//, 'a path that begins with "/"'),
    default: DEFAULT_COOKIE.path,
    meaning: "Path below which the browser sends the cookie.",
    session: "cookie.path",
  },
  cookieSecure: {
    kind: flag,
    default: DEFAULT_COOKIE.secure,
    meaning: "Whether the cookie travels over HTTPS only.",
    session: "cookie.secure",
  },
  cookieHttpOnly: {
    kind: flag,
    default: DEFAULT_COOKIE.httpOnly,
    meaning: "Whether scripts of the page are kept from the cookie.",
    session: "cookie.httpOnly",
  },
  cookieSameSite: {
    kind: oneOf(SAME_SITES),
    default: DEFAULT_COOKIE.sameSite,
    meaning: "When the cookie follows a request that another site caused; `unset` leaves it to the browser.",
    session: "cookie.sameSite",
  },
  cookiePartitioned: {
    kind: flag,
    default: DEFAULT_COOKIE.partitioned,
    meaning: "Whether each embedding site gets its own cookie (CHIPS).",
    session: "cookie.partitioned",
  },
  cookiePriority: {
    kind: oneOf(PRIORITIES),
    default: undefined,
    meaning: "Which cookies a full browser drops first (Chromium).",
    session: "cookie.priority",
  },
  lifetime: {
    kind: whole(1, LONGEST_LIFETIME, "seconds"),
    default: DEFAULT_SETTINGS.lifetime,
    meaning:
      "Idle lifetime in seconds: a session ends when it was last saved longer ago; reading saves a permanent one only.",
    session: "lifetime",
  },
  absoluteLifetime: {
    kind: whole(1, LONGEST_LIFETIME, "seconds"),
    default: undefined,
    meaning: "Absolute lifetime in seconds, from the session's beginning or its last sign-in.",
    session: "absoluteLifetime",
  },
  permanent: {
    kind: flag,
    default: DEFAULT_SETTINGS.permanent,
    meaning: "Whether a new session outlives the browser window.",
    session: "permanent",
  },
  refreshEachRequest: {
    kind: flag,
    default: DEFAULT_SETTINGS.refreshEachRequest,
    meaning: "Whether a permanent session's cookie is sent with every response; true when `flask`.",
    session: "refreshEachRequest",
  },
  compress: {
    kind: flag,
    default: DEFAULT_SETTINGS.compress,
    meaning:
      "Whether payloads that gain from it are compressed with zlib; true when `flask`; needs `storage=cookie`.",
    session: "compress",
  },
  encrypt: {
    kind: flag,
    default: DEFAULT_SETTINGS.encrypt,
    meaning:
      "Whether cookies are sealed, so that visitors cannot read what is in them; needs `storage=cookie`, without `flask`.",
    session: "encrypt",
  },
  digest: {
    kind: oneOf(DIGESTS),
    default: DEFAULT_SETTINGS.digest,
    meaning: "Hash of the signature; `sha1` when `flask`.",
    session: "digest",
  },
  keyDerivation: {
    kind: oneOf(KEY_DERIVATIONS),
    default: DEFAULT_SETTINGS.keyDerivation,
    meaning: "How the signing key comes from a secret key and the salt, as itsdangerous names it.",
    session: "keyDerivation",
  },
  salt: {
    kind: text(/./, "a text that is not empty"),
    default: DEFAULT_SETTINGS.salt,
    meaning:
      "Sets these signatures apart from others made with the same keys, unless `keyDerivation` is `none`.",
    session: "salt",
  },
  clockSkew: {
    kind: whole(0, MOST_CLOCK_SKEW, "seconds"),
    default: DEFAULT_SETTINGS.clockSkew,
    meaning: "Seconds that another machine's clock may be ahead.",
    session: "clockSkew",
  },
  keyRotationDays: {
    kind: whole(0, MOST_ROTATION_DAYS, "days"),
    default: 30,
    meaning:
      "Days that a secret key signs before the next one takes its place; 0 leaves the keys as they are.",
  },
  trustedOrigins: {
    kind: origins,
    default: [] as readonly string[],
    meaning: "Other origins whose unsafe requests (POST and the like) are accepted.",
  },
  crossOriginProtection: {
    kind: flag,
    default: true,
    meaning: "Whether unsafe requests that come from another site are refused with a 403.",
  },
  stage: {
    kind: oneOf(["dev", "prod"]),
    default: "dev",
    meaning: "What the deployment is for: `prod` keeps and protects its data, `dev` leaves nothing behind.",
  },
  stackName: {
    kind: text(/^[A-Za-z][A-Za-z\d-]{0,127}$/, "a letter, then up to 127 letters, digits and hyphens"),
    default: "LambdaSessions",
    meaning:
      "Name of the CloudFormation stack, `LambdaSessions-prod` in the stage `prod`; a second name is a second, separate deployment.",
  },
  domainName: {
    kind: hostName,
    default: undefined,
    meaning: "Host name under which the API answers, and then under no other; needs `certificateArn`.",
  },
  certificateArn: {
    kind: text(
      /^arn:aws[a-z-]*:acm:[a-z\d-]+:\d{12}:certificate\/[\w-]+$/,
      "the ARN of a certificate in ACM such as arn:aws:acm:eu-central-1:123456789012:certificate/1a2b3c4d",
    ),
    default: undefined,
    meaning: "Certificate of that host name, in ACM and in the region of the stack; needs `domainName`.",
  },
  hostedZoneId: {
    kind: text(/^Z[A-Z\d]{1,31}$/, "the id of a hosted zone such as Z0123456789ABCDEFGHIJ"),
    default: undefined,
    meaning:
      "Hosted zone of Route 53 that gets the DNS record; without it that is yours to make; needs `domainName`.",
  },
  monitoring: {
    kind: flag,
    default: false,
    meaning:
      "Whether the stack has alarms, a dashboard and saved queries, which [cost](runbook.md#what-it-costs); true in the stage `prod`.",
  },
  alarmEmail: {
    kind: text(/^[^\s@,]+@[^\s@,]+\.[^\s@,]+$/, "an e-mail address"),
    default: undefined,
    meaning: "Address that gets the alarms, once its owner has confirmed; needs `monitoring`.",
  },
  tracing: {
    kind: flag,
    default: false,
    meaning: "Whether Lambda records samples of the requests in X-Ray.",
  },
  logLevel: {
    kind: oneOf(["DEBUG", "INFO", "WARN"]),
    default: "INFO",
    meaning:
      "The least that functions log; with `WARN` nothing tells that sessions begin, are renewed and end.",
  },
  memorySize: {
    kind: whole(128, 10_240, "MiB"),
    default: 256,
    meaning: "Memory of each function in MiB; its share of a processor grows with it.",
  },
  timeout: {
    kind: whole(1, 30, "seconds"),
    default: 10,
    meaning: "Seconds that a function may take; API Gateway itself waits 30.",
  },
  throttlingRateLimit: {
    kind: whole(1),
    default: 100,
    meaning: "Requests per second that the API lets through.",
  },
  throttlingBurstLimit: {
    kind: whole(1),
    default: 200,
    meaning: "Requests that may come at once, above the rate.",
  },
  logRetentionDays: {
    kind: oneOf(retentionDays()),
    default: RetentionDays.ONE_MONTH,
    meaning: "Days that logs are kept; one of the numbers that CloudWatch knows.",
  },
  retainOnDelete: {
    kind: flag,
    default: false,
    meaning: "Whether table, secret keys and logs stay when the stack is deleted; true in the stage `prod`.",
  },
} as const satisfies Readonly<Record<string, Setting>>;

/** The name of a setting. */
export type SettingName = keyof typeof SETTINGS;

type ValueOf<Name extends SettingName> =
  (typeof SETTINGS)[Name]["kind"] extends SettingKind<infer Value> ? Value : never;

/** Settings as given: each is optional, and the absent ones have their default. */
export type Settings = { readonly [Name in SettingName]?: ValueOf<Name> };

/** The value of one setting, or its default. */
export function settingOf<Name extends SettingName>(
  settings: Settings,
  name: Name,
): ValueOf<Name> | (typeof SETTINGS)[Name]["default"] {
  return (settings[name] ?? SETTINGS[name].default) as ValueOf<Name>;
}

/** CloudWatch Logs' retention times, without "never". */
function retentionDays(): readonly RetentionDays[] {
  const days = Object.values(RetentionDays).filter((value) => typeof value === "number");
  return days.filter((value) => value !== RetentionDays.INFINITE);
}
