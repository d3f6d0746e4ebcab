import { RemovalPolicy } from "aws-cdk-lib";
import type { RetentionDays } from "aws-cdk-lib/aws-logs";
import { type Settings, settingOf } from "./settings.ts";

/** Retention and protection of a deployment's data. */
export interface Retention {
  readonly logRetention: RetentionDays;
  /** Fate of table, secret keys and logs when the stack is deleted. */
  readonly removalPolicy: RemovalPolicy;
  /** Whether nobody can delete the table before this is lifted. */
  readonly deletionProtection: boolean;
  /** Whether the table can be restored as it was at any second of the last 35 days. */
  readonly pointInTimeRecovery: boolean;
}

/**
 * The retention that `stage`, `retainOnDelete` and `logRetentionDays` choose. Deletion protection needs both
 * the stage `prod` and retention: `retainOnDelete=false` is how a production's data is let go.
 */
export function retentionOf(settings: Settings): Retention {
  const isProduction = settingOf(settings, "stage") === "prod";
  const retain = settings.retainOnDelete ?? isProduction;
  return {
    logRetention: settingOf(settings, "logRetentionDays"),
    removalPolicy: retain ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    deletionProtection: isProduction && retain,
    pointInTimeRecovery: isProduction,
  };
}
