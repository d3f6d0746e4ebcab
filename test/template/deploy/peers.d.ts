// Declares the clients' types that this test uses, so that the type check does not need the clients
// installed.

declare module "undici" {
  export interface Connection {
    readonly hostname: string;
    readonly host?: string;
    readonly port?: string;
    readonly servername?: string;
  }
  export type Connector = (to: Connection, done: (...result: unknown[]) => void) => void;
  export function buildConnector(options: object): Connector;
  export class Agent {
    constructor(options: { connect?: Connector });
    close(): Promise<void>;
  }
  export function fetch(
    url: string | URL,
    init: Omit<RequestInit, "dispatcher"> & { dispatcher: Agent },
  ): Promise<Response>;
}

/** Temporary credentials. */
interface SessionCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

declare module "@aws-sdk/client-sts" {
  export class STS {
    readonly config: { region(): Promise<string> };
    getCallerIdentity(): Promise<{ Account?: string; Arn?: string }>;
    assumeRole(input: { RoleArn: string; RoleSessionName: string }): Promise<{
      Credentials?: { AccessKeyId?: string; SecretAccessKey?: string; SessionToken?: string };
    }>;
  }
}

declare module "@aws-sdk/client-apigatewayv2" {
  export class ApiGatewayV2 {
    getApis(input: { MaxResults: string }): Promise<{ Items?: readonly { Name?: string }[] }>;
  }
}

declare module "@aws-sdk/client-cloudformation" {
  export class CloudFormation {}
  export interface StackSummary {
    readonly StackName: string;
    readonly StackStatus: string;
  }
  export interface StackResource {
    readonly LogicalResourceId: string;
    readonly PhysicalResourceId: string;
    readonly ResourceType: string;
  }
  export function paginateListStacks(
    to: { client: CloudFormation },
    input: object,
  ): AsyncIterable<{ StackSummaries?: readonly StackSummary[] }>;
  export function paginateListStackResources(
    to: { client: CloudFormation },
    input: { StackName: string },
  ): AsyncIterable<{ StackResourceSummaries?: readonly StackResource[] }>;
}

declare module "@aws-sdk/client-cloudwatch" {
  export class CloudWatch {}
  export function paginateDescribeAlarms(
    to: { client: CloudWatch },
    input: object,
  ): AsyncIterable<{ MetricAlarms?: readonly { AlarmName?: string }[] }>;
  export function paginateListDashboards(
    to: { client: CloudWatch },
    input: object,
  ): AsyncIterable<{ DashboardEntries?: readonly { DashboardName?: string }[] }>;
}

declare module "@aws-sdk/client-cloudwatch-logs" {
  export class CloudWatchLogs {
    filterLogEvents(input: { logGroupName: string; nextToken?: string }): Promise<{
      events?: readonly { message?: string }[];
      nextToken?: string;
    }>;
  }
  export function paginateDescribeLogGroups(
    to: { client: CloudWatchLogs },
    input: object,
  ): AsyncIterable<{ logGroups?: readonly { logGroupName?: string }[] }>;
}

declare module "@aws-sdk/client-iam" {
  export class IAM {
    simulatePrincipalPolicy(input: {
      PolicySourceArn: string;
      ActionNames: readonly string[];
      ResourceArns: readonly string[];
    }): Promise<{ EvaluationResults?: readonly { EvalActionName: string; EvalDecision: string }[] }>;
  }
  export function paginateListRoles(
    to: { client: IAM },
    input: object,
  ): AsyncIterable<{ Roles?: readonly { RoleName?: string }[] }>;
}

declare module "@aws-sdk/client-lambda" {
  export interface FunctionConfiguration {
    readonly FunctionName?: string;
    readonly Role?: string;
    readonly LoggingConfig?: { readonly LogGroup?: string };
    readonly Environment?: { readonly Variables?: Readonly<Record<string, string>> };
  }
  export class Lambda {
    getFunctionConfiguration(input: { FunctionName: string }): Promise<FunctionConfiguration>;
    invoke(input: {
      FunctionName: string;
      Payload: string;
    }): Promise<{ FunctionError?: string; Payload?: Uint8Array }>;
  }
  export function paginateListFunctions(
    to: { client: Lambda },
    input: object,
  ): AsyncIterable<{ Functions?: readonly FunctionConfiguration[] }>;
}

declare module "@aws-sdk/client-secrets-manager" {
  export class SecretsManager {
    constructor(config?: { credentials: SessionCredentials });
    getSecretValue(input: { SecretId: string }): Promise<{ SecretString?: string; VersionId?: string }>;
    describeSecret(input: { SecretId: string }): Promise<{ ARN?: string }>;
    putSecretValue(input: {
      SecretId: string;
      ClientRequestToken?: string;
      SecretString?: string;
      VersionStages?: readonly string[];
    }): Promise<object>;
    rotateSecret(input: { SecretId: string }): Promise<object>;
  }
  export function paginateListSecrets(
    to: { client: SecretsManager },
    input: { IncludePlannedDeletion: boolean },
  ): AsyncIterable<{ SecretList?: readonly { Name?: string }[] }>;
}

declare module "@aws-sdk/client-sns" {
  export class SNS {}
  export function paginateListTopics(
    to: { client: SNS },
    input: object,
  ): AsyncIterable<{ Topics?: readonly { TopicArn?: string }[] }>;
}
