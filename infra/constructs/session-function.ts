import { join } from "node:path";
import { Duration, type RemovalPolicy, Validations } from "aws-cdk-lib";
import { Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import {
  ApplicationLogLevel,
  Architecture,
  type CfnFunction,
  LoggingFormat,
  Runtime,
  Tracing,
} from "aws-cdk-lib/aws-lambda";
import { type BundlingOptions, LogLevel, NodejsFunction, OutputFormat } from "aws-cdk-lib/aws-lambda-nodejs";
import { LogGroup, type RetentionDays } from "aws-cdk-lib/aws-logs";
import { Construct } from "constructs";
import { BUNDLING, PROJECT_ROOT, toConditions } from "../bundling.ts";
import type { FunctionFile } from "../routes.ts";

/** Properties of a {@link SessionFunction}. */
export interface SessionFunctionProps {
  /** Folder that `entry` is relative to, within the project. Default: the project's root. */
  readonly root?: string;
  readonly entry: FunctionFile;
  /** Conditions that select modules in package.json's `imports`. Default: none. */
  readonly conditions?: readonly string[];
  /** Memory in MiB. The function's share of a processor grows with it. */
  readonly memorySize: number;
  /** Seconds that one request may take. */
  readonly timeout: number;
  readonly logRetention: RetentionDays;
  /** Lowest level that is logged. Default: INFO. */
  readonly logLevel?: `${ApplicationLogLevel}`;
  /** Fate of the function's logs when the stack is deleted. */
  readonly removalPolicy: RemovalPolicy;
  /** Records samples of its requests in X-Ray, and allows its role to write them. Default: false. */
  readonly tracing?: boolean;
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * Lambda function of one file of `functions/`, with its own log group and role. The role may write to that
 * log group only; `grant...` methods of other constructs extend it.
 *
 * The template contains the source file and the conditions as the metadata `local:entry` and
 * `local:conditions`, for the local run.
 */
export class SessionFunction extends Construct {
  /** Lambda function. Its entry point is the file's export `handler`. */
  readonly handler: NodejsFunction;
  /** Log group of the function. */
  readonly logGroup: LogGroup;

  constructor(scope: Construct, id: string, props: SessionFunctionProps) {
    super(scope, id);
    const { entry, conditions = [], memorySize, timeout, logRetention, removalPolicy, environment } = props;
    const { root = PROJECT_ROOT, logLevel = ApplicationLogLevel.INFO, tracing = false } = props;
    this.logGroup = new LogGroup(this, "Logs", { retention: logRetention, removalPolicy });
    const role = new Role(this, "Role", { assumedBy: new ServicePrincipal("lambda.amazonaws.com") });
    this.logGroup.grantWrite(role);
    this.handler = new NodejsFunction(this, "Handler", {
      ...defineSource(join(root, entry), conditions),
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize,
      timeout: Duration.seconds(timeout),
      environment: { ...environment },
      role,
      logGroup: this.logGroup,
      loggingFormat: LoggingFormat.JSON,
      applicationLogLevelV2: logLevel as ApplicationLogLevel,
      ...(tracing && { tracing: Tracing.ACTIVE }),
    });
    if (tracing)
      Validations.of(role).acknowledge({
        id: "AwsSolutions-IAM5[Resource::*]",
        reason: "The actions that write traces to X-Ray cannot be limited to resources.",
      });
    const resource = this.handler.node.defaultChild as CfnFunction;
    resource.addMetadata("local:entry", entry);
    if (conditions.length > 0) resource.addMetadata("local:conditions", conditions);
  }
}

/** Returns the properties of `NodejsFunction` that define its code and its bundle. */
function defineSource(entry: string, conditions: readonly string[]) {
  return {
    entry,
    projectRoot: PROJECT_ROOT,
    depsLockFilePath: join(PROJECT_ROOT, "package-lock.json"),
    bundling: toNodejsBundling(conditions),
    // Only version 2 of the SDK read this variable.
    awsSdkConnectionReuse: false,
  };
}

/** Returns the project's esbuild options as those of `NodejsFunction`. */
function toNodejsBundling(conditions: readonly string[]): BundlingOptions {
  const { target, minify, sourcemap, mainFields, external, banner, charset, alias } = BUNDLING;
  return {
    format: OutputFormat.ESM,
    target,
    minify,
    sourceMap: sourcemap,
    mainFields,
    externalModules: external,
    banner: banner.js,
    esbuildArgs: {
      "--charset": charset,
      "--conditions": toConditions(conditions).join(","),
      "--alias": Object.entries(alias).map(([name, target]) => `${name}=${target}`),
    },
    logLevel: LogLevel.WARNING,
  };
}
