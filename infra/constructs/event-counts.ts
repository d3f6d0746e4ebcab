import { Stack } from "aws-cdk-lib";
import { type IMetric, Metric, SearchExpression, Stats } from "aws-cdk-lib/aws-cloudwatch";
import { FilterPattern, type JsonPattern, MetricFilter } from "aws-cdk-lib/aws-logs";
import { Construct } from "constructs";
import type { SessionFunction } from "./session-function.ts";

/**
 * Log events that are counted separately. Refused sessions are counted by reason. Other events, such as an
 * application's own, are not counted, because each is billed as a metric.
 */
export const EVENTS = [
  "session_began",
  "session_renewed",
  "session_destroyed",
  "session_revoked",
  "session_evicted",
  "session_limit_reached",
  "session_conflict",
  "session_gone",
  "session_too_large",
  "session_unavailable",
  "request_refused",
  "keys_not_refreshed",
  "keys_rotated",
  "keys_run_out_soon",
  "rotation_failed",
] as const;

/** Log event that is counted. */
export type Event = (typeof EVENTS)[number];

/** Properties of an {@link LogMetric}. */
export interface LogMetricProps {
  /** Name of the metric. */
  readonly metric: string;
  /** Values of the property `event` of the log records that are counted. */
  readonly events: readonly string[];
  /** Property that becomes the metric's dimension. Each of its values is billed as one metric. */
  readonly by: "event" | "reason";
}

/**
 * Metric of CloudWatch that counts log records of functions. It has one dimension, `Event` or `Reason`, and
 * its namespace is the stack's name. Lambda writes the object that a function logs under `message`
 * (https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-logformat.html).
 */
export class LogMetric extends Construct {
  readonly #props: LogMetricProps;
  readonly #namespace: string;
  readonly #dimension: string;

  constructor(scope: Construct, id: string, props: LogMetricProps) {
    super(scope, id);
    this.#props = props;
    this.#namespace = Stack.of(this).stackName;
    this.#dimension = props.by === "event" ? "Event" : "Reason";
  }

  /** Counts the records of another function too. */
  add(source: SessionFunction): void {
    const { metric, by } = this.#props;
    new MetricFilter(this, source.node.id, {
      logGroup: source.logGroup,
      filterPattern: this.#createPattern(),
      metricNamespace: this.#namespace,
      metricName: metric,
      metricValue: "1",
      dimensions: { [this.#dimension]: `$.message.${by}` },
    });
  }

  /** Returns the metric of one event or reason: the number of records in five minutes. */
  of(value: string): Metric {
    return new Metric({
      namespace: this.#namespace,
      metricName: this.#props.metric,
      dimensionsMap: { [this.#dimension]: value },
      statistic: Stats.SUM,
    });
  }

  /** Search expression for all events or reasons, for a graph. An alarm cannot use it. */
  get all(): IMetric {
    const schema = `{"${this.#namespace}",${this.#dimension}}`;
    return new SearchExpression({
      expression: `SEARCH('${schema} MetricName="${this.#props.metric}"', 'Sum', 300)`,
      label: `\${PROP('Dim.${this.#dimension}')}`,
    });
  }

  #createPattern(): JsonPattern {
    const patterns = this.#props.events.map((event) =>
      FilterPattern.stringValue("$.message.event", "=", event),
    );
    return FilterPattern.any(...patterns);
  }
}

/** Properties of {@link EventCounts}. */
export interface EventCountsProps {
  /** Functions whose logs are read. */
  readonly sources: readonly SessionFunction[];
}

/** Metrics of a deployment's log records: events, and refused sessions by reason. */
export class EventCounts extends Construct {
  readonly #events: LogMetric;
  /** Refused sessions, by reason. */
  readonly refusals: LogMetric;

  constructor(scope: Construct, id: string, { sources }: EventCountsProps) {
    super(scope, id);
    this.#events = new LogMetric(this, "Events", { metric: "Events", events: EVENTS, by: "event" });
    const refused = { metric: "SessionsRefused", events: ["session_refused"], by: "reason" } as const;
    this.refusals = new LogMetric(this, "SessionsRefused", refused);
    for (const source of sources) {
      this.#events.add(source);
      this.refusals.add(source);
    }
  }

  /** Returns the metric of one event: the number of records in five minutes. */
  of(event: Event): Metric {
    return this.#events.of(event);
  }
}
