/**
 * House rules: limits that the tests in `test/infra/house-rules/` check for the project's own functions and
 * files. They are yours to change. A failure names the rule in this file and the remedy.
 */
import type { FunctionFile } from "../infra/routes.ts";
import type { SessionStorage } from "../infra/settings/session-storage.ts";

/** Limits of one function. */
export interface FunctionRules {
  /**
   * Maximum number of bytes of its bundle, without the function's own code in `functions/` outside
   * `runtime/`.
   */
  readonly bytes: number;
  /** Packages that its bundle may contain. `@scope/*` allows all packages of a scope, `*` all. */
  readonly packages: readonly string[];
  /**
   * Permissions of its role, as `ACTION on RESOURCE`. The resource is the path of a construct, or `its` and
   * the path within the function.
   */
  readonly permissions: readonly string[];
  /** Modules that its bundle may import at run time although they are slow to load or no part of Node. */
  readonly modules?: readonly string[];
}

const SMALL_PACKAGES = ["aws4", "cookie"];
const SDK_PACKAGES = ["@aws-sdk/*", "@smithy/*", "@aws/lambda-invoke-store", "mnemonist", "obliterator"];

/** Packages of a sign-in with OpenID Connect. No function without a line in `MORE` may contain them. */
const OIDC_PACKAGES = ["openid-client", "oauth4webapi", "jose"];

const LOGS = ["logs:CreateLogStream on its Logs", "logs:PutLogEvents on its Logs"];
const READ_KEYS = "secretsmanager:GetSecretValue on Secret/Keys";
const TABLE = ["GetItem", "PutItem", "UpdateItem"].map((action) => `dynamodb:${action} on Table/Items`);

/** Limits of each function with a session, by storage. */
export const WITH_SESSION: Readonly<Record<SessionStorage, FunctionRules>> = {
  cookie: { bytes: 58_180, packages: SMALL_PACKAGES, permissions: [...LOGS, READ_KEYS] },
  "revocable-cookie": {
    bytes: 280_500,
    packages: [...SMALL_PACKAGES, ...SDK_PACKAGES],
    permissions: [...LOGS, READ_KEYS, ...TABLE],
  },
  dynamodb: {
    bytes: 286_500,
    packages: [...SMALL_PACKAGES, ...SDK_PACKAGES],
    permissions: [...LOGS, READ_KEYS, ...TABLE, "dynamodb:BatchGetItem on Table/Items"],
  },
};

/**
 * Permissions of the function `functions/authorizer.ts`, which opens sessions and saves none, by storage.
 * Default: those of a function with a session.
 */
export const AUTHORIZER_PERMISSIONS: Readonly<Partial<Record<SessionStorage, readonly string[]>>> = {
  cookie: [...LOGS, READ_KEYS],
  "revocable-cookie": [...LOGS, READ_KEYS, "dynamodb:GetItem on Table/Items"],
  dynamodb: [
    ...LOGS,
    READ_KEYS,
    ...["BatchGetItem", "GetItem", "UpdateItem"].map((action) => `dynamodb:${action} on Table/Items`),
  ],
};

/** Further bytes of a function whose handler uses `requireUser` or `requireFresh`. */
export const GUARD_BYTES = 5_000;

/** Limits of each function without a session, as named in `SESSIONLESS` of `infra/routes.ts`. */
export const WITHOUT_SESSION: FunctionRules = { bytes: 5_000, packages: [], permissions: LOGS };

/** Limits of the function that rotates the secret keys. */
export const ROTATION: FunctionRules = {
  bytes: 20_000,
  packages: ["aws4"],
  permissions: [
    ...LOGS,
    READ_KEYS,
    "secretsmanager:DescribeSecret on Secret/Keys",
    "secretsmanager:PutSecretValue on Secret/Keys",
    "secretsmanager:UpdateSecretVersionStage on Secret/Keys",
  ],
};

/**
 * Further limits of single functions, which are added to those above. Add a line for a function with a large
 * library, or with a table or a secret of its own:
 *
 *     "functions/orders.ts": {
 *       bytes: 240_000,
 *       packages: SDK_PACKAGES,
 *       permissions: ["dynamodb:PutItem on OrdersTable"],
 *     },
 */
export const MORE: Readonly<Record<FunctionFile, Partial<FunctionRules>>> = {
  "functions/oidc/sign-in.ts": {
    bytes: 92_000,
    packages: OIDC_PACKAGES,
    permissions: ["secretsmanager:GetSecretValue on Provider/ClientSecret/Value"],
  },
  "functions/oidc/back-channel.ts": { bytes: 45_000, packages: OIDC_PACKAGES },
};

/** Modules of Node that no bundle may import, because they add milliseconds to every cold start. */
export const SLOW_MODULES = ["node:http", "node:https", "node:http2", "node:module"];

/** Services that may assume the roles of the stack. */
export const TRUSTED_SERVICES = ["lambda.amazonaws.com"];

/** Types of resources that the stack must not have, because they give access to others than its functions. */
export const FORBIDDEN_RESOURCES =
  /^AWS::IAM::(User|Group|UserToGroupAddition|AccessKey|ManagedPolicy)$|^AWS::Lambda::Url$/;

/** Folders in which every export has a doc comment. */
export const DOCUMENTED_FOLDERS = ["functions/runtime", "infra", "shared", "test/support"];

/** Maximum number of files in a folder of source, so that its list can be read at a glance. */
export const FILES_PER_FOLDER = 14;

/** Pattern of file names: kebab-case, with at most one suffix before `.ts`. */
export const FILE_NAME = /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z-]+)?\.ts$/;

/** Pattern of file names that do not describe their content. */
export const VAGUE_NAME = /(^|[-/])(utils?|helpers?|common|misc|(?<!secrets-)managers?)([-./]|$)/;
