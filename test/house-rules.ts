/**
 * The rules of this house: what the tests hold the project's own functions and files to. They are yours to change. The
 * tests in `test/infra/house-rules/` check them; a failure names the rule here and what else to do.
 */
import type { FunctionFile } from "../infra/routes.ts";
import type { SessionStorage } from "../infra/settings/session-storage.ts";

/** What one function may have. */
export interface FunctionRules {
  /** Most bytes of its bundle; code of the function's own, in `functions/` outside of `runtime/`, does not count. */
  readonly bytes: number;
  /** Packages that may be in its bundle; `@scope/*` stands for all packages of a scope. */
  readonly packages: readonly string[];
  /** What its role may do, as `ACTION on RESOURCE`: the path of the construct, or `its` and the path within the function. */
  readonly permissions: readonly string[];
}

const SMALL_PACKAGES = ["aws4", "cookie"];
const SDK_PACKAGES = ["@aws-sdk/*", "@smithy/*", "@aws/lambda-invoke-store", "mnemonist", "obliterator"];

const LOGS = ["logs:CreateLogStream on its Logs", "logs:PutLogEvents on its Logs"];
const READ_KEYS = "secretsmanager:GetSecretValue on Secret/Keys";
const TABLE = ["GetItem", "PutItem", "UpdateItem"].map((action) => `dynamodb:${action} on Table/Items`);

/** What each function with a session may have, by where the sessions are kept. */
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

/** What each function without a session may have: those in `SESSIONLESS` of `infra/routes.ts`. */
export const WITHOUT_SESSION: FunctionRules = { bytes: 5_000, packages: [], permissions: LOGS };

/** What the function that rotates the secret keys may have. */
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
 * What single functions may have beyond that: bytes, packages and permissions are added to those above. A function with
 * a large library, a table or a secret of its own gets a line:
 *
 *     "functions/orders.ts": {
 *       bytes: 240_000,
 *       packages: ["@aws-sdk/*", "@smithy/*"],
 *       permissions: ["dynamodb:PutItem on Orders"],
 *     },
 */
export const MORE: Readonly<Record<FunctionFile, Partial<FunctionRules>>> = {};

/** Modules of Node that no bundle imports, because they add milliseconds to every cold start. */
export const SLOW_MODULES = ["node:http", "node:https", "node:http2", "node:module"];

/** The services that may take the roles of the stack. */
export const TRUSTED_SERVICES = ["lambda.amazonaws.com"];

/** Types of resources that the stack does not have, because they let in others than its functions. */
export const FORBIDDEN_RESOURCES =
  /^AWS::IAM::(User|Group|UserToGroupAddition|AccessKey|ManagedPolicy)$|^AWS::Lambda::Url$/;

/** Folders in which every export has a doc comment. */
export const DOCUMENTED_FOLDERS = ["functions/runtime", "infra", "shared", "test/support"];

/** Most files of a folder of source, so that its list is read at a glance. */
export const FILES_PER_FOLDER = 14;

/** Form of the names of files: kebab-case, and at most one ending before `.ts`. */
export const FILE_NAME = /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z-]+)?\.ts$/;

/** Names of files that say nothing about what is in them. */
export const VAGUE_NAME = /(^|[-/])(utils?|helpers?|common|misc|(?<!secrets-)managers?)([-./]|$)/;
