import { Duration } from "aws-cdk-lib";
import { Alarm, ComparisonOperator, type Metric, Stats, TreatMissingData } from "aws-cdk-lib/aws-cloudwatch";
import { SnsAction } from "aws-cdk-lib/aws-cloudwatch-actions";
import type { ITopic } from "aws-cdk-lib/aws-sns";
import { Construct } from "constructs";
import type { SessionApi } from "./api/session-api.ts";
import type { EventCounts } from "./event-counts.ts";
import type { SessionFunction } from "./session-function.ts";

/** Properties of {@link SessionAlarms}. */
export interface SessionAlarmsProps {
  readonly api: SessionApi;
  readonly counts: EventCounts;
  /** Function that rotates the keys; `undefined` if the rotation is off. */
  readonly rotation: SessionFunction | undefined;
  readonly topic: ITopic;
}

/** Condition for an alarm. */
interface Limit {
  /** Lowest value that counts towards the alarm. */
  readonly threshold: number;
  readonly evaluationPeriods: number;
  /** Number of periods that must reach the threshold. Default: all of them. */
  readonly datapointsToAlarm?: number;
}

/** Two occurrences in half an hour, for events that functions with few requests log rarely. */
const TWICE_IN_HALF_AN_HOUR: Limit = { threshold: 1, evaluationPeriods: 6, datapointsToAlarm: 2 };

/**
 * One occurrence in a day, for events of a monthly rotation. The alarm lasts a day, so that somebody sees it.
 */
const FOR_A_DAY: Limit = { threshold: 1, evaluationPeriods: 24, datapointsToAlarm: 1 };

/**
 * Alarms of a deployment. docs/runbook.md explains each, and what to do. Missing data does not raise an
 * alarm. Periods have five minutes unless stated otherwise.
 */
export class SessionAlarms extends Construct {
  /** All alarms, for a dashboard. */
  readonly all: Alarm[] = [];
  readonly #action: SnsAction;

  constructor(scope: Construct, id: string, { api, counts, rotation, topic }: SessionAlarmsProps) {
    super(scope, id);
    this.#action = new SnsAction(topic);
    const { stage } = api;
    this.#add("ServerErrors", "Requests fail.", stage.metricServerError(), everyFiveMinutes(5));
    const latency = stage.metricLatency({ statistic: Stats.p(95) });
    this.#add(
      "Latency",
      "One response in twenty takes two seconds or more.",
      latency,
      everyFiveMinutes(2000, 3),
    );
    const refused = counts.refusals.of("bad_signature");
    this.#add(
      "RefusedSignatures",
      "Many cookies have a signature that no known key made.",
      refused,
      everyFiveMinutes(50),
    );
    const unavailable = counts.of("session_unavailable");
    this.#add("SessionsUnavailable", "Sessions cannot be read or saved.", unavailable, everyFiveMinutes(5));
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

/** Returns the condition that a number of consecutive periods of five minutes reach the threshold. */
function everyFiveMinutes(threshold: number, evaluationPeriods = 1): Limit {
  return { threshold, evaluationPeriods };
}
