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
import { BUNDLING, conditionsOf, PROJECT_ROOT } from "../bundling.ts";
import type { FunctionFile } from "../routes.ts";

/** What a {@link SessionFunction} needs to know. */
export interface SessionFunctionProps {
  /** The folder that `entry` is relative to, within the project. Default: the project's root. */
  readonly root?: string;
  readonly entry: FunctionFile;
  /** The condition of package.json's `imports` under which its modules are chosen. Default: none. */
  readonly condition?: string | undefined;
  /** Memory in MiB; the function's share of a processor grows with it. */
  readonly memorySize: number;
  /** Seconds that one request may take. */
  readonly timeout: number;
  readonly logRetention: RetentionDays;
  /** The least that it logs. Default: INFO. */
  readonly logLevel?: `${ApplicationLogLevel}`;
  /** What becomes of the function's logs when the stack is deleted. */
  readonly removalPolicy: RemovalPolicy;
  /** Whether Lambda records samples of its requests in X-Ray, which its role may write to then. Default: no. */
  readonly tracing?: boolean;
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * One file of `functions/` as a Lambda function, with a log group and a role of its own. The role may write
 * to that log group and nothing else; `grant...` methods of other constructs add to it.
 *
 * The template names the source file and the condition as the function's metadata `local:entry` and
 * `local:condition`, for the local run.
 */
export class SessionFunction extends Construct {
  /** The Lambda function; its entry point is the file's export `handler`. */
  readonly handler: NodejsFunction;
  /** Where it writes its log. */
  readonly logGroup: LogGroup;

  constructor(scope: Construct, id: string, props: SessionFunctionProps) {
    super(scope, id);
    const { entry, condition, memorySize, timeout, logRetention, removalPolicy, environment } = props;
    const { root = PROJECT_ROOT, logLevel = ApplicationLogLevel.INFO, tracing = false } = props;
    this.logGroup = new LogGroup(this, "Logs", { retention: logRetention, removalPolicy });
    const role = new Role(this, "Role", { assumedBy: new ServicePrincipal("lambda.amazonaws.com") });
    this.logGroup.grantWrite(role);
    this.handler = new NodejsFunction(this, "Handler", {
      ...sourceOf(join(root, entry), condition),
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
        reason: "X-Ray knows no resources that the writing of traces could be kept to.",
      });
    const resource = this.handler.node.defaultChild as CfnFunction;
    resource.addMetadata("local:entry", entry);
    if (condition !== undefined) resource.addMetadata("local:condition", condition);
  }
}

/** Where the code is and how it becomes one file. */
function sourceOf(entry: string, condition: string | undefined) {
  return {
    entry,
    projectRoot: PROJECT_ROOT,
    depsLockFilePath: join(PROJECT_ROOT, "package-lock.json"),
    bundling: nodejsBundling(condition),
    // Only the SDK's version 2 read this variable.
    awsSdkConnectionReuse: false,
  };
}

/** The project's esbuild options in the words of `NodejsFunction`. */
function nodejsBundling(condition: string | undefined): BundlingOptions {
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
      "--conditions": conditionsOf(condition).join(","),
      "--alias": Object.entries(alias).map(([name, target]) => `${name}=${target}`),
    },
    logLevel: LogLevel.WARNING,
  };
}
