import { Stack } from "aws-cdk-lib";
import { type IMetric, Metric, SearchExpression, Stats } from "aws-cdk-lib/aws-cloudwatch";
import { FilterPattern, type JsonPattern, MetricFilter } from "aws-cdk-lib/aws-logs";
import { Construct } from "constructs";
import type { SessionFunction } from "./session-function.ts";

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
