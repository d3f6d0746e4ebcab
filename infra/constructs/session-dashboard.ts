import { Duration, Stack } from "aws-cdk-lib";
import {
  type Alarm,
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  type IMetric,
  Metric,
  Stats,
} from "aws-cdk-lib/aws-cloudwatch";
import { Construct } from "constructs";
import type { Event } from "../events.ts";
import type { EventCounts } from "./event-counts.ts";
import type { SessionApi } from "./session-api.ts";
import type { SessionFunction } from "./session-function.ts";
import type { SessionTable } from "./session-table.ts";

/** What a {@link SessionDashboard} shows. */
export interface SessionDashboardProps {
  readonly api: SessionApi;
  readonly functions: readonly SessionFunction[];
  readonly table: SessionTable | undefined;
  readonly counts: EventCounts;
  readonly alarms: readonly Alarm[];
}

const HALF = 12;
const WHOLE = 24;

const LIFE: readonly Event[] = [
  "session_began",
  "session_renewed",
  "session_destroyed",
  "session_revoked",
  "session_evicted",
];

const NOT_DONE: readonly Event[] = [
  "request_refused",
  "session_limit_reached",
  "session_conflict",
  "session_gone",
  "session_too_large",
  "session_unavailable",
];

const KEYS: readonly Event[] = ["keys_rotated", "keys_run_out_soon", "rotation_failed", "keys_not_refreshed"];

/** DynamoDB's metrics of a table that tell of trouble; a condition that fails is how parallel writes are told apart. */
const TABLE = ["ConditionalCheckFailedRequests", "ReadThrottleEvents", "WriteThrottleEvents"];

/**
 * One page with what a deployment does. It is named after the stack and its region, since dashboards are an account's, not
 * a region's.
 */
export class SessionDashboard extends Construct {
  readonly #props: SessionDashboardProps;

  constructor(scope: Construct, id: string, props: SessionDashboardProps) {
    super(scope, id);
    this.#props = props;
    const { stackName, region } = Stack.of(this);
    const { counts, table } = props;
    new Dashboard(this, "Page", {
      dashboardName: `${stackName}-${region}`,
      defaultInterval: Duration.days(1),
      widgets: [
        [new AlarmStatusWidget({ title: "Alarms", alarms: [...props.alarms], width: WHOLE })],
        [graph("Requests and errors", this.#requests()), graph("Latency (ms)", this.#latency())],
        [graph("Sessions", this.#events(LIFE)), graph("Refused sessions, by reason", [counts.refusals.all])],
        [graph("Not done", this.#events(NOT_DONE)), graph("Errors of functions", this.#errors())],
        [
          graph("Secret keys", this.#events(KEYS)),
          ...(table
            ? [
                graph(
                  "Table",
                  TABLE.map((name) => table.metric(name)),
                ),
              ]
            : []),
        ],
      ],
    });
  }

  #requests(): IMetric[] {
    const { stage } = this.#props.api;
    const label = { label: "requests" };
    return [stage.metricCount(label), stage.metricClientError(), stage.metricServerError()];
  }

  #latency(): IMetric[] {
    const { stage } = this.#props.api;
    const [statistic, median] = [Stats.p(95), Stats.p(50)];
    return [
      stage.metricLatency({ statistic: median, label: "median" }),
      stage.metricLatency({ statistic, label: "95 of 100" }),
      stage.metricIntegrationLatency({ statistic, label: "95 of 100, the function alone" }),
    ];
  }

  #events(events: readonly Event[]): IMetric[] {
    return events.map((event) => this.#props.counts.of(event).with({ label: event }));
  }

  /** And the requests that Lambda turned away, of all functions in the region. */
  #errors(): IMetric[] {
    const errors = this.#props.functions.map(({ node, handler }) => handler.metricErrors({ label: node.id }));
    const throttles = { namespace: "AWS/Lambda", metricName: "Throttles", statistic: Stats.SUM };
    return [...errors, new Metric({ ...throttles, label: "throttled, in the region" })];
  }
}

function graph(title: string, left: IMetric[]): GraphWidget {
  return new GraphWidget({ title, left, width: HALF, leftYAxis: { min: 0 } });
}
