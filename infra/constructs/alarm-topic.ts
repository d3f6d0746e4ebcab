import { ArnFormat, Duration, RemovalPolicy, Stack } from "aws-cdk-lib";
import { PolicyStatement, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Key } from "aws-cdk-lib/aws-kms";
import { Topic } from "aws-cdk-lib/aws-sns";
import { EmailSubscription } from "aws-cdk-lib/aws-sns-subscriptions";
import { Construct } from "constructs";

/** Properties of an {@link AlarmTopic}. */
export interface AlarmTopicProps {
  /** Address that receives the alarms, after its owner has confirmed. */
  readonly email: string | undefined;
}

/**
 * Encrypted SNS topic for the alarms. It has a KMS key of its own, because CloudWatch may not use the default
 * key of SNS (https://repost.aws/knowledge-center/cloudwatch-configure-alarm-sns). Both are deleted with the
 * stack; KMS takes a week to delete the key, without charge.
 */
export class AlarmTopic extends Construct {
  readonly topic: Topic;

  constructor(scope: Construct, id: string, { email }: AlarmTopicProps) {
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
