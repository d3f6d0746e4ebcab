import { ArnFormat, Duration, RemovalPolicy, Stack } from "aws-cdk-lib";
import { PolicyStatement, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Key } from "aws-cdk-lib/aws-kms";
import { Topic } from "aws-cdk-lib/aws-sns";
import { EmailSubscription } from "aws-cdk-lib/aws-sns-subscriptions";
import { Construct } from "constructs";

/** What an {@link AlarmTopic} needs to know. */
export interface AlarmTopicProps {
  /** The address that gets the alarms, once its owner has confirmed. */
  readonly email: string | undefined;
}

/**
 * Where alarms of this account go: an encrypted topic. Its key is the stack's own, since CloudWatch may not use the one
 * that SNS has (https://repost.aws/knowledge-center/cloudwatch-configure-alarm-sns). Neither keeps anything that is worth
 * keeping, so both go with the stack; KMS takes a week to delete the key, and charges nothing for it.
 */
export class AlarmTopic extends Construct {
  readonly topic: Topic;

  constructor(scope: Construct, id: string, { email }: AlarmTopicProps) {
    super(scope, id);
    const key = new Key(this, "Key", {
      description: "Encrypts alarms on their way",
      enableKeyRotation: true,
      removalPolicy: RemovalPolicy.DESTROY,
      pendingWindow: Duration.days(7),
    });
    this.topic = new Topic(this, "Topic", { masterKey: key, enforceSSL: true });
    key.addToResourcePolicy(this.#letAlarms("kms:Decrypt", "kms:GenerateDataKey*"));
    this.topic.addToResourcePolicy(this.#letAlarms("sns:Publish"));
    if (email !== undefined) this.topic.addSubscription(new EmailSubscription(email));
  }

  #letAlarms(...actions: string[]): PolicyStatement {
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
