import { join } from "node:path";
import { Duration, type RemovalPolicy } from "aws-cdk-lib";
import { Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Architecture, type CfnFunction, LoggingFormat, Runtime } from "aws-cdk-lib/aws-lambda";
import { type BundlingOptions, LogLevel, NodejsFunction, OutputFormat } from "aws-cdk-lib/aws-lambda-nodejs";
import { LogGroup, type RetentionDays } from "aws-cdk-lib/aws-logs";
import { Construct } from "constructs";
import { BUNDLING, PROJECT_ROOT } from "../bundling.ts";
import type { FunctionFile } from "../routes.ts";

/** What a {@link SessionFunction} needs to know. */
export interface SessionFunctionProps {
  readonly entry: FunctionFile;
  /** Memory in MiB; the function's share of a processor grows with it. */
  readonly memorySize: number;
  /** Seconds that one request may take. */
  readonly timeout: number;
  readonly logRetention: RetentionDays;
  /** What becomes of the function's logs when the stack is deleted. */
  readonly removalPolicy: RemovalPolicy;
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * One file of `functions/` as a Lambda function, with a log group and a role of its own. The role may write
 * to that log group and nothing else; `grant...` methods of other constructs add to it.
 *
 * The template names the source file as the function's metadata `local:entry`, for the local run.
 */
export class SessionFunction extends Construct {
  /** The Lambda function; its entry point is the file's export `handler`. */
  readonly handler: NodejsFunction;

  constructor(scope: Construct, id: string, props: SessionFunctionProps) {
    super(scope, id);
    const { entry, memorySize, timeout, logRetention, removalPolicy, environment } = props;
    const logGroup = new LogGroup(this, "Logs", { retention: logRetention, removalPolicy });
    const role = new Role(this, "Role", { assumedBy: new ServicePrincipal("lambda.amazonaws.com") });
    logGroup.grantWrite(role);
    this.handler = new NodejsFunction(this, "Handler", {
      ...sourceOf(entry),
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize,
      timeout: Duration.seconds(timeout),
      environment: { ...environment },
      role,
      logGroup,
      loggingFormat: LoggingFormat.JSON,
    });
    (this.handler.node.defaultChild as CfnFunction).addMetadata("local:entry", entry);
  }
}

/** Where the code is and how it becomes one file. */
function sourceOf(entry: FunctionFile) {
  return {
    entry: join(PROJECT_ROOT, entry),
    projectRoot: PROJECT_ROOT,
    depsLockFilePath: join(PROJECT_ROOT, "package-lock.json"),
    bundling: nodejsBundling(),
    // Only the SDK's version 2 read this variable, and a cookie session loads no SDK at all.
    awsSdkConnectionReuse: false,
  };
}

/** The project's esbuild options in the words of `NodejsFunction`. */
function nodejsBundling(): BundlingOptions {
  const { target, minify, sourcemap, mainFields, external, banner, charset } = BUNDLING;
  return {
    format: OutputFormat.ESM,
    target,
    minify,
    sourceMap: sourcemap,
    mainFields,
    externalModules: external,
    banner: banner.js,
    esbuildArgs: { "--charset": charset },
    logLevel: LogLevel.WARNING,
  };
}
