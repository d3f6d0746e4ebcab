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
  /** Packages that its bundle may contain. `@scope/*` allows all packages of a scope. */
  readonly packages: readonly string[];
  /**
   * Permissions of its role, as `ACTION on RESOURCE`. The resource is the path of a construct, or `its` and
   * the path within the function.
   */
  readonly permissions: readonly string[];
}

const SMALL_PACKAGES = ["aws4", "cookie"];
const SDK_PACKAGES = ["@aws-sdk/*", "@smithy/*", "@aws/lambda-invoke-store", "mnemonist", "obliterator"];

const LOGS = ["logs:CreateLogStream on its Logs", "logs:PutLogEvents on its Logs"];
const READ_KEYS = "secretsmanager:GetSecretValue on Secret/Keys";
const TABLE = ["GetItem", "PutItem", "UpdateItem"].map((action) => `dynamodb:${action} on Table/Items`);

/** Limits of each function with a session, by storage. */
export const WITH_SESSION: Readonly<Record<SessionStorage, FunctionRules>> = {
  cookie: { bytes: 53_000, packages: SMALL_PACKAGES, permissions: [...LOGS, READ_KEYS] },
  "revocable-cookie": {
    bytes: 285_000,
    packages: [...SMALL_PACKAGES, ...SDK_PACKAGES],
    permissions: [...LOGS, READ_KEYS, ...TABLE],
  },
  dynamodb: {
    bytes: 285_000,
    packages: [...SMALL_PACKAGES, ...SDK_PACKAGES],
    permissions: [...LOGS, READ_KEYS, ...TABLE, "dynamodb:BatchGetItem on Table/Items"],
  },
};

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
 *       packages: ["@aws-sdk/*", "@smithy/*"],
 *       permissions: ["dynamodb:PutItem on Orders"],
 *     },
 */
export const MORE: Readonly<Record<FunctionFile, Partial<FunctionRules>>> = {};

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
