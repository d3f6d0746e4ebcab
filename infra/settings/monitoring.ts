import { createContradiction } from "./setting-error.ts";
import { type Settings, settingOf } from "./settings.ts";

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
