import { Duration } from "aws-cdk-lib";
import { Alarm, ComparisonOperator, type Metric, Stats, TreatMissingData } from "aws-cdk-lib/aws-cloudwatch";
import { SnsAction } from "aws-cdk-lib/aws-cloudwatch-actions";
import type { ITopic } from "aws-cdk-lib/aws-sns";
import { Construct } from "constructs";
import type { EventCounts } from "./event-counts.ts";
import type { SessionApi } from "./session-api.ts";
import type { SessionFunction } from "./session-function.ts";

/** What {@link SessionAlarms} watch, and whom they tell. */
export interface SessionAlarmsProps {
  readonly api: SessionApi;
  readonly counts: EventCounts;
  /** What rotates the keys, if anything does. */
  readonly rotation: SessionFunction | undefined;
  readonly topic: ITopic;
}

/** When a metric is an alarm. */
interface Limit {
  /** The value from which on. */
  readonly threshold: number;
  readonly evaluationPeriods: number;
  /** How many of these periods must reach the value. Default: all. */
  readonly datapointsToAlarm?: number;
}

/** What functions with few requests tell rarely. */
const TWICE_IN_HALF_AN_HOUR: Limit = { threshold: 1, evaluationPeriods: 6, datapointsToAlarm: 2 };

/** What happens once a month stays an alarm for a day, so that somebody sees it. */
const FOR_A_DAY: Limit = { threshold: 1, evaluationPeriods: 24, datapointsToAlarm: 1 };

/**
 * The alarms of a deployment; docs/runbook.md says of each what it means and what to do. A time in which nothing happens
 * is a good time. Periods are of five minutes where nothing else is said.
 */
export class SessionAlarms extends Construct {
  /** All of them, as they are shown on a dashboard. */
  readonly all: Alarm[] = [];
  readonly #action: SnsAction;

  constructor(scope: Construct, id: string, { api, counts, rotation, topic }: SessionAlarmsProps) {
    super(scope, id);
    this.#action = new SnsAction(topic);
    const { stage } = api;
    this.#add("ServerErrors", "Requests fail.", stage.metricServerError(), in5Minutes(5));
    const latency = stage.metricLatency({ statistic: Stats.p(95) });
    this.#add("Latency", "One answer in twenty takes two seconds or more.", latency, in5Minutes(2000, 3));
    const refused = counts.refusals.of("bad_signature");
    this.#add("RefusedSignatures", "Many cookies have a signature of no known key.", refused, in5Minutes(50));
    const unavailable = counts.of("session_unavailable");
    this.#add("SessionsUnavailable", "Sessions cannot be read or saved.", unavailable, in5Minutes(5));
    const notRead = counts.of("keys_not_refreshed");
    this.#add("KeysNotRead", "Functions cannot read the secret keys.", notRead, TWICE_IN_HALF_AN_HOUR);
    if (rotation !== undefined) this.#addRotation(counts, rotation);
  }

  #addRotation(counts: EventCounts, rotation: SessionFunction): void {
    const period = Duration.hours(1);
    const failed = counts.of("rotation_failed").with({ period });
    this.#add("RotationFailed", "A rotation of the secret keys failed.", failed, FOR_A_DAY);
    const errors = rotation.handler.metricErrors({ period });
    this.#add("RotationBroken", "The function that rotates the secret keys does not run.", errors, FOR_A_DAY);
    const runOut = counts.of("keys_run_out_soon").with({ period });
    this.#add("KeysRunOutSoon", "The secret keys were not rotated when it was time.", runOut, FOR_A_DAY);
  }

  #add(name: string, meaning: string, metric: Metric, limit: Limit): void {
    const alarm = new Alarm(this, name, {
      ...limit,
      metric,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
      alarmDescription: `${meaning} What to do: docs/runbook.md, ${name}.`,
    });
    alarm.addAlarmAction(this.#action);
    this.all.push(alarm);
  }
}

/** So many periods without a break in which the value is reached. */
function in5Minutes(threshold: number, evaluationPeriods = 1): Limit {
  return { threshold, evaluationPeriods };
}
