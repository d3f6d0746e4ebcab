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
import type { SessionApi } from "./api/session-api.ts";
import type { Event, EventCounts } from "./event-counts.ts";
import type { SessionFunction } from "./session-function.ts";
import type { SessionTable } from "./session-table.ts";

/** Properties of a {@link SessionDashboard}. */
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

/** Metrics of the table that indicate problems. Failed conditions are normal: they detect parallel writes. */
const TABLE = ["ConditionalCheckFailedRequests", "ReadThrottleEvents", "WriteThrottleEvents"];

/**
 * Dashboard of a deployment. Its name contains the stack and the region, because an account has one list of
 * dashboards for all regions.
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
        [createGraph("Requests and errors", this.#requests()), createGraph("Latency (ms)", this.#latency())],
        [
          createGraph("Sessions", this.#events(LIFE)),
          createGraph("Refused sessions, by reason", [counts.refusals.all]),
        ],
        [createGraph("Not done", this.#events(NOT_DONE)), createGraph("Errors of functions", this.#errors())],
        [
          createGraph("Secret keys", this.#events(KEYS)),
          ...(table
            ? [
                createGraph(
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
      stage.metricLatency({ statistic, label: "p95" }),
      stage.metricIntegrationLatency({ statistic, label: "p95 of the function alone" }),
    ];
  }

  #events(events: readonly Event[]): IMetric[] {
    return events.map((event) => this.#props.counts.of(event).with({ label: event }));
  }

  /** Returns the errors of each function, and the throttled requests of all functions in the region. */
  #errors(): IMetric[] {
    const errors = this.#props.functions.map(({ node, handler }) => handler.metricErrors({ label: node.id }));
    const throttles = { namespace: "AWS/Lambda", metricName: "Throttles", statistic: Stats.SUM };
    return [...errors, new Metric({ ...throttles, label: "throttled, in the region" })];
  }
}

function createGraph(title: string, left: IMetric[]): GraphWidget {
  return new GraphWidget({ title, left, width: HALF, leftYAxis: { min: 0 } });
}
