import { Stack } from "aws-cdk-lib";
import { type IMetric, Metric, SearchExpression, Stats } from "aws-cdk-lib/aws-cloudwatch";
import { FilterPattern, type JsonPattern, MetricFilter } from "aws-cdk-lib/aws-logs";
import { Construct } from "constructs";
import type { SessionFunction } from "./session-function.ts";

/** What an {@link EventCount} needs to know. */
export interface EventCountProps {
  /** The metric's name. */
  readonly metric: string;
  /** The events whose records are counted: what they have as their property `event`. */
  readonly events: readonly string[];
  /** The property by which the records are counted apart. Each of its values is a metric, and costs as one. */
  readonly by: "event" | "reason";
}

/**
 * Counts records in the functions' logs, as a metric of CloudWatch with one dimension, `Event` or `Reason`, in a namespace
 * with the stack's name. Lambda puts the object that a function logs under `message`
 * (https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-logformat.html).
 */
export class EventCount extends Construct {
  readonly #props: EventCountProps;
  readonly #namespace: string;
  readonly #dimension: string;

  constructor(scope: Construct, id: string, props: EventCountProps) {
    super(scope, id);
    this.#props = props;
    this.#namespace = Stack.of(this).stackName;
    this.#dimension = props.by === "event" ? "Event" : "Reason";
  }

  /** Counts the records of a function, too. */
  add(source: SessionFunction): void {
    const { metric, by } = this.#props;
    new MetricFilter(this, source.node.id, {
      logGroup: source.logGroup,
      filterPattern: this.#pattern(),
      metricNamespace: this.#namespace,
      metricName: metric,
      metricValue: "1",
      dimensions: { [this.#dimension]: `$.message.${by}` },
    });
  }

  /** How many records had this event or reason, in five minutes. */
  of(value: string): Metric {
    return new Metric({
      namespace: this.#namespace,
      metricName: this.#props.metric,
      dimensionsMap: { [this.#dimension]: value },
      statistic: Stats.SUM,
    });
  }

  /** All events or reasons that there were, for a graph; an alarm cannot watch them. */
  get all(): IMetric {
    const schema = `{"${this.#namespace}",${this.#dimension}}`;
    return new SearchExpression({
      expression: `SEARCH('${schema} MetricName="${this.#props.metric}"', 'Sum', 300)`,
      label: `\${PROP('Dim.${this.#dimension}')}`,
    });
  }

  #pattern(): JsonPattern {
    const patterns = this.#props.events.map((event) =>
      FilterPattern.stringValue("$.message.event", "=", event),
    );
    return FilterPattern.any(...patterns);
  }
}
