import { RemovalPolicy } from "aws-cdk-lib";
import type { RetentionDays } from "aws-cdk-lib/aws-logs";
import { createContradiction } from "./setting-error.ts";
import { type Settings, settingOf } from "./settings.ts";

/** Retention and protection of a deployment's data. */
export interface Retention {
  readonly logRetention: RetentionDays;
  /** Fate of table, secret keys and logs when the stack is deleted, or a change replaces them. */
  readonly removalPolicy: RemovalPolicy;
  /** Rejects the deletion of the stack and of the table until this is false. */
  readonly deletionProtection: boolean;
  /** Allows the table to be restored to any second of the last 35 days. */
  readonly pointInTimeRecovery: boolean;
}

/**
 * Returns the retention that `stage`, `retainOnDelete` and `logRetentionDays` choose. Deletion protection
 * needs both the stage `prod` and retention, so that `retainOnDelete=false` allows a production stack to be
 * deleted. What a deployment has just created is not kept if that deployment fails.
 */
export function readRetention(settings: Settings): Retention {
  const isProduction = settingOf(settings, "stage") === "prod";
  const retain = settings.retainOnDelete ?? isProduction;
  return {
    logRetention: settingOf(settings, "logRetentionDays"),
    removalPolicy: retain ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : RemovalPolicy.DESTROY,
    deletionProtection: isProduction && retain,
    pointInTimeRecovery: isProduction,
  };
}

/** Monitoring of a deployment. */
export interface Monitoring {
  /** Address that receives the alarms. Without it, the topic has no subscription yet. */
  readonly email: string | undefined;
}

/** Returns the monitoring that `monitoring`, `stage` and `alarmEmail` choose; `undefined` for none. */
export function readMonitoring(settings: Settings): Monitoring | undefined {
  const isOn = settings.monitoring ?? settingOf(settings, "stage") === "prod";
  return isOn ? { email: settingOf(settings, "alarmEmail") } : undefined;
}

/**
 * Rejects `alarmEmail` when monitoring is off.
 *
 * @throws SettingError that names both settings
 */
export function refuseSilentAlarms(settings: Settings): void {
  const { alarmEmail } = settings;
  if (alarmEmail === undefined || readMonitoring(settings) !== undefined) return;
  throw createContradiction("alarmEmail", alarmEmail, "needs monitoring=true");
}
