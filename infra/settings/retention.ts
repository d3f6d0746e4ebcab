import { RemovalPolicy } from "aws-cdk-lib";
import type { RetentionDays } from "aws-cdk-lib/aws-logs";
import { type Settings, settingOf } from "./settings.ts";

/** Retention and protection of a deployment's data. */
export interface Retention {
  readonly logRetention: RetentionDays;
  /** Fate of table, secret keys and logs when the stack is deleted. */
  readonly removalPolicy: RemovalPolicy;
  /** Rejects the deletion of the table until this is false. */
  readonly deletionProtection: boolean;
  /** Allows the table to be restored to any second of the last 35 days. */
  readonly pointInTimeRecovery: boolean;
}

/**
 * Returns the retention that `stage`, `retainOnDelete` and `logRetentionDays` choose. Deletion protection
 * needs both the stage `prod` and retention, so that `retainOnDelete=false` allows a production stack to be
 * deleted.
 */
export function readRetention(settings: Settings): Retention {
  const isProduction = settingOf(settings, "stage") === "prod";
  const retain = settings.retainOnDelete ?? isProduction;
  return {
    logRetention: settingOf(settings, "logRetentionDays"),
    removalPolicy: retain ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    deletionProtection: isProduction && retain,
    pointInTimeRecovery: isProduction,
  };
}
