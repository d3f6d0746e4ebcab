import { ArnFormat, Duration, RemovalPolicy, Stack } from "aws-cdk-lib";
import { PolicyStatement, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Key } from "aws-cdk-lib/aws-kms";
import { Topic } from "aws-cdk-lib/aws-sns";
import { EmailSubscription } from "aws-cdk-lib/aws-sns-subscriptions";
import { Construct } from "constructs";
import type { SessionApi } from "./api/session-api.ts";
import { EventCounts } from "./event-counts.ts";
import { SessionAlarms } from "./session-alarms.ts";
import { SessionDashboard } from "./session-dashboard.ts";
import type { SessionFunction } from "./session-function.ts";
import { SessionQueries } from "./session-queries.ts";
import type { SessionTable } from "./session-table.ts";

/** Properties of {@link SessionMonitoring}. */
export interface SessionMonitoringProps {
  readonly api: SessionApi;
  /** Functions behind the API. */
  readonly functions: readonly SessionFunction[];
  /** Function that rotates the keys; `undefined` if the rotation is off. */
  readonly rotation: SessionFunction | undefined;
  /** Table of the sessions, or of the lists of users' sessions, if there is one. */
  readonly table: SessionTable | undefined;
  /** Address that receives the alarms, after its owner has confirmed. */
  readonly email: string | undefined;
}

/**
 * Monitoring of a deployment: alarms and their topic, a dashboard, and saved queries. It uses logs and
 * metrics that exist anyway, and adds no code to the functions.
 */
export class SessionMonitoring extends Construct {
  /** ARN of the SNS topic that alarms are sent to. */
  readonly topicArn: string;

  constructor(scope: Construct, id: string, props: SessionMonitoringProps) {
    super(scope, id);
    const { api, rotation, table, email } = props;
    const functions = [...props.functions, ...(rotation ? [rotation] : [])];
    const { topic } = new AlarmTopic(this, "Topic", { email });
    const counts = new EventCounts(this, "Counts", { sources: functions });
    const { all: alarms } = new SessionAlarms(this, "Alarms", { api, counts, rotation, topic });
    new SessionDashboard(this, "Dashboard", { api, functions, table, counts, alarms });
    const functionLogs = functions.map(({ logGroup }) => logGroup);
    new SessionQueries(this, "Queries", { functionLogs, accessLog: api.accessLog });
    this.topicArn = topic.topicArn;
  }
}

/**
 * Encrypted SNS topic for the alarms. It has a KMS key of its own, because CloudWatch may not use the default
 * key of SNS (https://repost.aws/knowledge-center/cloudwatch-configure-alarm-sns). Both are deleted with the
 * stack; KMS takes a week to delete the key, without charge.
 */
class AlarmTopic extends Construct {
  readonly topic: Topic;

  constructor(scope: Construct, id: string, { email }: Pick<SessionMonitoringProps, "email">) {
    super(scope, id);
    const key = new Key(this, "Key", {
      description: "Encrypts the alarms in their SNS topic",
      enableKeyRotation: true,
      removalPolicy: RemovalPolicy.DESTROY,
      pendingWindow: Duration.days(7),
    });
    this.topic = new Topic(this, "Topic", { masterKey: key, enforceSSL: true });
    key.addToResourcePolicy(this.#allowAlarms("kms:Decrypt", "kms:GenerateDataKey*"));
    this.topic.addToResourcePolicy(this.#allowAlarms("sns:Publish"));
    if (email !== undefined) this.topic.addSubscription(new EmailSubscription(email));
  }

  #allowAlarms(...actions: string[]): PolicyStatement {
    const stack = Stack.of(this);
    const alarms = stack.formatArn({
      service: "cloudwatch",
      resource: "alarm",
      resourceName: "*",
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    return new PolicyStatement({
      principals: [new ServicePrincipal("cloudwatch.amazonaws.com")],
      actions,
      resources: [actions[0]?.startsWith("kms:") ? "*" : this.topic.topicArn],
      conditions: {
        ArnLike: { "aws:SourceArn": alarms },
        StringEquals: { "aws:SourceAccount": stack.account },
      },
    });
  }
}
