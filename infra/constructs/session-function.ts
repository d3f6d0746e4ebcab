import { join } from "node:path";
import { AssetHashType, DockerImage, Duration, type RemovalPolicy, Validations } from "aws-cdk-lib";
import { Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import {
  ApplicationLogLevel,
  Architecture,
  type CfnFunction,
  Code,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
  Tracing,
} from "aws-cdk-lib/aws-lambda";
import { LogGroup, type RetentionDays } from "aws-cdk-lib/aws-logs";
import { Construct } from "constructs";
import { buildSync } from "esbuild";
import { bundlingOf, PROJECT_ROOT } from "../bundling.ts";
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
  readonly handler: LambdaFunction;
  /** Log group of the function. */
  readonly logGroup: LogGroup;

  constructor(scope: Construct, id: string, props: SessionFunctionProps) {
    super(scope, id);
    const { entry, conditions = [], memorySize, timeout, logRetention, removalPolicy, environment } = props;
    const { root = PROJECT_ROOT, logLevel = ApplicationLogLevel.INFO, tracing = false } = props;
    this.logGroup = new LogGroup(this, "Logs", { retention: logRetention, removalPolicy });
    const role = new Role(this, "Role", { assumedBy: new ServicePrincipal("lambda.amazonaws.com") });
    this.logGroup.grantWrite(role);
    this.handler = new LambdaFunction(this, "Handler", {
      code: bundle(join(root, entry), conditions),
      handler: "index.handler",
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

/**
 * Returns the code of a function, which is bundled when the stack is synthesized for a deployment. CDK's own
 * `NodejsFunction` starts `npx` for each function, which takes several times as long as esbuild.
 */
function bundle(entry: string, conditions: readonly string[]): Code {
  const tryBundle = (folder: string) => {
    const outfile = join(folder, "index.mjs");
    buildSync({
      ...bundlingOf(conditions),
      absWorkingDir: PROJECT_ROOT,
      entryPoints: [entry],
      outfile,
    });
    return true;
  };
  return Code.fromAsset(PROJECT_ROOT, {
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      local: { tryBundle },
      // Never run. CDK tells two bundles apart by the command, and needs the name of an image.
      command: [entry, ...conditions],
      image: DockerImage.fromRegistry("none"),
    },
  });
}
