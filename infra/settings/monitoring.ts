import { SettingError } from "./setting-error.ts";
import { type Settings, settingOf } from "./settings.ts";

/** Monitoring of a deployment. */
export interface Monitoring {
  /** The address that gets the alarms. Without one, the topic waits for other subscribers. */
  readonly email: string | undefined;
}

/** Returns the monitoring that `monitoring`, `stage` and `alarmEmail` choose; `undefined` for none. */
export function monitoringOf(settings: Settings): Monitoring | undefined {
  const isOn = settings.monitoring ?? settingOf(settings, "stage") === "prod";
  return isOn ? { email: settingOf(settings, "alarmEmail") } : undefined;
}

/**
 * Rejects `alarmEmail` when monitoring is off.
 *
 * @throws SettingError with one sentence
 */
export function refuseSilentAlarms(settings: Settings): void {
  const { alarmEmail } = settings;
  if (alarmEmail === undefined || monitoringOf(settings) !== undefined) return;
  throw new SettingError(`The setting alarmEmail cannot be "${alarmEmail}": it needs monitoring=true.`);
}
