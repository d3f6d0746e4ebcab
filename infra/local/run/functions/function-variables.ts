import { localSessionSettings } from "../gateway/local-cookie.ts";
import { LOCAL_REGION } from "../stack/intrinsics.ts";
import type { StackFunction } from "../stack/template.ts";

/** Variables that the local run adds to a function's environment. */
export interface LocalVariables {
  /** Newest first; they take the place of the stack's secret. */
  readonly secretKeys: readonly string[];
  /** Variables for every function, such as a local database's address. They win over the stack's. */
  readonly environment?: Readonly<Record<string, string>>;
  /** The developer's own variables for every function. They win over all others but the reserved ones. */
  readonly own?: Readonly<Record<string, string>>;
}

/** Names that Lambda reserves, or that lead to the local DynamoDB. */
const RESERVED: ReadonlySet<string> = new Set([
  "AWS_DEFAULT_REGION",
  "AWS_ENDPOINT_URL_DYNAMODB",
  "AWS_EXECUTION_ENV",
  "AWS_REGION",
  "LANG",
  "TZ",
]);

/**
 * Returns whether a variable is the local run's own: Lambda's, or one of the session. AWS credentials are
 * not. Functions that call AWS from here need some, as Lambda would give them.
 */
export function isReserved(name: string): boolean {
  return RESERVED.has(name) || /^(_|AWS_LAMBDA_|LAMBDA_|SESSION_)/.test(name);
}

/**
 * Returns all of `process.env` that a function sees: the variables of Lambda
 * (https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html) and of the stack, what the local
 * run changes, and those of `.env.local`. Nothing comes from the developer's own environment, least of all
 * AWS credentials.
 */
export function functionVariables(definition: StackFunction, local: LocalVariables): Record<string, string> {
  const {
    SESSION_SECRET_ARN: _arn,
    PUBLIC_ORIGIN: _origin,
    SESSION_SETTINGS,
    ...deployed
  } = definition.environment;
  return {
    ...lambdaVariables(definition),
    ...deployed,
    SESSION_SETTINGS: localSessionSettings(SESSION_SETTINGS),
    SESSION_SECRET_KEYS: JSON.stringify(local.secretKeys),
    ...local.environment,
    ...local.own,
  };
}

function lambdaVariables({ name, handler, memorySize }: StackFunction): Record<string, string> {
  return {
    _HANDLER: `index.${handler}`,
    AWS_DEFAULT_REGION: LOCAL_REGION,
    AWS_EXECUTION_ENV: "AWS_Lambda_nodejs24.x",
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memorySize),
    AWS_LAMBDA_FUNCTION_NAME: name,
    AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
    AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
    // Text, whatever the stack says: in a terminal nothing formats the objects that functions log.
    AWS_LAMBDA_LOG_FORMAT: "Text",
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${name}`,
    AWS_LAMBDA_LOG_STREAM_NAME: "local",
    AWS_REGION: LOCAL_REGION,
    LANG: "en_US.UTF-8",
    TZ: ":UTC",
  };
}
