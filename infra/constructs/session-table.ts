import type { RemovalPolicy } from "aws-cdk-lib";
import { type Metric, Stats } from "aws-cdk-lib/aws-cloudwatch";
import { AttributeType, Billing, TableEncryptionV2, TableV2 } from "aws-cdk-lib/aws-dynamodb";
import { Grant } from "aws-cdk-lib/aws-iam";
import { Construct } from "constructs";
import type { SessionFunction } from "./session-function.ts";

/** Properties of a {@link SessionTable}. */
export interface SessionTableProps {
  /** Fate of the table when the stack is deleted. */
  readonly removalPolicy: RemovalPolicy;
  /** Rejects the deletion of the table until this is false. */
  readonly deletionProtection: boolean;
  /** Allows the table to be restored to any second of the last 35 days. */
  readonly pointInTimeRecovery: boolean;
}

/** Actions of a store that keeps sessions and the lists of users' sessions. */
const SESSION_ACTIONS = [
  "dynamodb:BatchGetItem",
  "dynamodb:GetItem",
  "dynamodb:PutItem",
  "dynamodb:UpdateItem",
];

/**
 * Actions of a store that opens sessions and saves none. It removes a session that has ended from its user's
 * list, which takes an update.
 */
const OPENING_ACTIONS = ["dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:UpdateItem"];

/** Actions of a store that keeps only the lists of users' sessions. */
const USER_SESSION_ACTIONS = ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"];

/**
 * Table of the sessions, with a partition key and on-demand billing. CloudFormation generates its name, so
 * that two deployments in one account never share one.
 *
 * Items are encrypted with a key that DynamoDB owns, which is free and needs no requests to KMS. Table keys
 * and tokens are hashed in the items anyway. A customer managed key (`TableEncryptionV2.customerManagedKey`)
 * would cost a monthly fee and requests to KMS, and its owner could make the sessions unavailable.
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

  /** Allows a function to keep sessions in the table, and sets its variable `SESSION_TABLE_NAME`. */
  grantSessions(target: SessionFunction): Grant {
    return this.#grant(target, SESSION_ACTIONS);
  }

  /**
   * Allows a function to keep the lists of users' sessions in the table, and sets its variable
   * `SESSION_TABLE_NAME`.
   */
  grantUserSessions(target: SessionFunction): Grant {
    return this.#grant(target, USER_SESSION_ACTIONS);
  }

  /**
   * Allows a function to open sessions without saving any. Sets its variable `SESSION_TABLE_NAME`.
   *
   * @param hasSessions whether the table has the sessions. If not, it has only the lists of users' sessions
   */
  grantOpening(target: SessionFunction, hasSessions: boolean): Grant {
    return this.#grant(target, hasSessions ? OPENING_ACTIONS : ["dynamodb:GetItem"]);
  }

  /** Returns a metric of the table, such as `WriteThrottleEvents`, as its sum in five minutes. */
  metric(name: string): Metric {
    return this.#table.metric(name, { statistic: Stats.SUM });
  }

  #grant(target: SessionFunction, actions: string[]): Grant {
    target.handler.addEnvironment("SESSION_TABLE_NAME", this.#table.tableName);
    const resourceArns = [this.#table.tableArn];
    return Grant.addToPrincipal({ grantee: target.handler, actions, resourceArns });
  }
}
