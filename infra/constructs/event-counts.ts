import type { Metric } from "aws-cdk-lib/aws-cloudwatch";
import { Construct } from "constructs";
import { EVENTS, type Event } from "../events.ts";
import { LogMetric } from "./log-metric.ts";
import type { SessionFunction } from "./session-function.ts";

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
