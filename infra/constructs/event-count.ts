import { FilterPattern, type JsonPattern, MetricFilter } from "aws-cdk-lib/aws-logs";
import { Construct } from "constructs";
import type { SessionFunction } from "./session-function.ts";

/** What an {@link EventCount} needs to know. */
export interface EventCountProps {
  /** The metric's namespace; a stack that has one of its own does not count another one's events. */
  readonly namespace: string;
  /** The metric's name. */
  readonly metric: string;
  /** The property `event` of the records. */
  readonly event: string;
  /** The property `reason` of the records. Default: any. */
  readonly reason?: string;
}

/**
 * Counts the records of one event in the functions' logs, as a metric of CloudWatch that an alarm can watch. Lambda puts
 * the object that a function logs under `message`
 * (https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-logformat.html).
 */
export class EventCount extends Construct {
  readonly #props: EventCountProps;

  constructor(scope: Construct, id: string, props: EventCountProps) {
    super(scope, id);
    this.#props = props;
  }

  /** Counts the records of a function, too. */
  add(source: SessionFunction): void {
    const { namespace, metric } = this.#props;
    new MetricFilter(this, source.node.id, {
      logGroup: source.logGroup,
      filterPattern: this.#pattern(),
      metricNamespace: namespace,
      metricName: metric,
      metricValue: "1",
    });
  }

  #pattern(): JsonPattern {
    const { event, reason } = this.#props;
    const ofEvent = FilterPattern.stringValue("$.message.event", "=", event);
    if (reason === undefined) return ofEvent;
    return FilterPattern.all(ofEvent, FilterPattern.stringValue("$.message.reason", "=", reason));
  }
}
