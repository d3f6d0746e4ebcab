import { devNull } from "node:os";
import { toLocalSessionSettings } from "../../gateway/http-api/local-session-settings.ts";
import { LOCAL_REGION } from "../stack/intrinsics.ts";
import type { StackFunction } from "../stack/template.ts";

/** Variables that the local run adds to a function's environment. */
export interface LocalVariables {
  /** Secret keys, newest first. They replace the stack's secret. */
  readonly secretKeys: readonly string[];
  /** Variables for every function, such as the address of a local database. They override the stack's. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Variables of the developer for every function. They override all others except reserved ones. */
  readonly own?: Readonly<Record<string, string>>;
}

/** Names that Lambda reserves, or that configure the local DynamoDB. */
const RESERVED: ReadonlySet<string> = new Set([
  "AWS_DEFAULT_REGION",
  "AWS_ENDPOINT_URL_DYNAMODB",
  "AWS_EXECUTION_ENV",
  "AWS_REGION",
  "LANG",
  "TZ",
]);

/**
 * Returns whether only the local run may set a variable: those of Lambda and of the session. AWS credentials
 * may be set, because functions that call AWS need them, as on Lambda.
 */
export function isReserved(name: string): boolean {
  return RESERVED.has(name) || /^(_|AWS_LAMBDA_|LAMBDA_|SESSION_)/.test(name);
}

/**
 * Returns all variables of a function's `process.env`: those of Lambda
 * (https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html) and of the stack, changes by the
 * local run, and those of `.env.local`. The developer's own environment, with its AWS credentials, is not
 * passed on.
 *
 * @param root folder of the project
 */
export function composeVariables(
  definition: StackFunction,
  local: LocalVariables,
  root: string,
): Record<string, string> {
  const {
    SESSION_SECRET_ARN: _arn,
    OIDC_CLIENT_SECRET_ARN: _clientArn,
    PUBLIC_ORIGIN: _origin,
    SESSION_SETTINGS,
    ...deployed
  } = definition.environment;
  return {
    ...listLambdaVariables(definition),
    ...deployed,
    SESSION_SETTINGS: toLocalSessionSettings(SESSION_SETTINGS, root),
    SESSION_SECRET_KEYS: JSON.stringify(local.secretKeys),
    ...local.environment,
    ...local.own,
  };
}

function listLambdaVariables({ name, handler, memorySize }: StackFunction): Record<string, string> {
  return {
    _HANDLER: `index.${handler}`,
    // Lambda has no such files. Without these variables, the AWS SDK reads those in the developer's home.
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
    AWS_DEFAULT_REGION: LOCAL_REGION,
    AWS_EXECUTION_ENV: "AWS_Lambda_nodejs24.x",
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memorySize),
    AWS_LAMBDA_FUNCTION_NAME: name,
    AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
    AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
    // Always Text, because nothing in a terminal formats the objects that functions log.
    AWS_LAMBDA_LOG_FORMAT: "Text",
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${name}`,
    AWS_LAMBDA_LOG_STREAM_NAME: "local",
    AWS_REGION: LOCAL_REGION,
    LANG: "en_US.UTF-8",
    TZ: ":UTC",
  };
}
