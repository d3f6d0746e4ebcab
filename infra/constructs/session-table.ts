import type { RemovalPolicy } from "aws-cdk-lib";
import { type Metric, Stats } from "aws-cdk-lib/aws-cloudwatch";
import { AttributeType, Billing, TableEncryptionV2, TableV2 } from "aws-cdk-lib/aws-dynamodb";
import { Grant } from "aws-cdk-lib/aws-iam";
import { Construct } from "constructs";
import type { SessionFunction } from "./session-function.ts";

/** What a {@link SessionTable} needs to know. */
export interface SessionTableProps {
  /** What becomes of the table when the stack is deleted. */
  readonly removalPolicy: RemovalPolicy;
  /** Whether nobody can delete the table before this is lifted. */
  readonly deletionProtection: boolean;
  /** Whether the table can be restored as it was at any second of the last 35 days. */
  readonly pointInTimeRecovery: boolean;
}

/** What the store calls to keep sessions and the lists of users' sessions. */
const SESSION_ACTIONS = [
  "dynamodb:BatchGetItem",
  "dynamodb:GetItem",
  "dynamodb:PutItem",
  "dynamodb:UpdateItem",
];

/** What it calls to keep the lists of users' sessions alone. */
const USER_SESSION_ACTIONS = ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"];

/**
 * The table of the sessions, by one partition key, paid by the request. CloudFormation names it, so that two
 * deployments in one account never share one.
 *
 * Items are encrypted with DynamoDB's own key, which costs nothing and asks KMS nothing: keys and tokens are hashed in
 * the items anyway. A key of the customer's (`TableEncryptionV2.customerManagedKey`) would cost a monthly fee and
 * requests to KMS, and would let its owner cut the sessions off.
 */
export class SessionTable extends Construct {
  readonly #table: TableV2;

  constructor(scope: Construct, id: string, props: SessionTableProps) {
    super(scope, id);
    const { removalPolicy, deletionProtection, pointInTimeRecovery } = props;
    this.#table = new TableV2(this, "Items", {
      partitionKey: { name: "pk", type: AttributeType.STRING },
      timeToLiveAttribute: "ttl",
      billing: Billing.onDemand(),
      encryption: TableEncryptionV2.dynamoOwnedKey(),
      removalPolicy,
      deletionProtection,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: pointInTimeRecovery },
    });
  }

  /** Lets a function keep sessions here, and tells it the table's name: `SESSION_TABLE_NAME`. */
  grantSessions(target: SessionFunction): Grant {
    return this.#grant(target, SESSION_ACTIONS);
  }

  /** Lets a function keep the lists of users' sessions here, and tells it the table's name: `SESSION_TABLE_NAME`. */
  grantUserSessions(target: SessionFunction): Grant {
    return this.#grant(target, USER_SESSION_ACTIONS);
  }

  /** One of DynamoDB's metrics of the table, such as `WriteThrottleEvents`: its sum in five minutes. */
  metric(name: string): Metric {
    return this.#table.metric(name, { statistic: Stats.SUM });
  }

  #grant(target: SessionFunction, actions: string[]): Grant {
    target.handler.addEnvironment("SESSION_TABLE_NAME", this.#table.tableName);
    const resourceArns = [this.#table.tableArn];
    return Grant.addToPrincipal({ grantee: target.handler, actions, resourceArns });
  }
}
