import { Construct } from "constructs";
import { AlarmTopic } from "./alarm-topic.ts";
import type { SessionApi } from "./api/session-api.ts";
import { EventCounts } from "./event-counts.ts";
import { SessionAlarms } from "./session-alarms.ts";
import { SessionDashboard } from "./session-dashboard.ts";
import type { SessionFunction } from "./session-function.ts";
import { SessionQueries } from "./session-queries.ts";
import type { SessionTable } from "./session-table.ts";

/** Properties of {@link SessionMonitoring}. */
export interface SessionMonitoringProps {
  readonly api: SessionApi;
  /** Functions behind the API. */
  readonly functions: readonly SessionFunction[];
  /** Function that rotates the keys; `undefined` if the rotation is off. */
  readonly rotation: SessionFunction | undefined;
  /** Table of the sessions, or of the lists of users' sessions, if there is one. */
  readonly table: SessionTable | undefined;
  /** Address that receives the alarms. */
  readonly email: string | undefined;
}

/**
 * Monitoring of a deployment: alarms and their topic, a dashboard, and saved queries. It uses logs and
 * metrics that exist anyway, and adds no code to the functions.
 */
export class SessionMonitoring extends Construct {
  /** ARN of the SNS topic that alarms are sent to. */
  readonly topicArn: string;

  constructor(scope: Construct, id: string, props: SessionMonitoringProps) {
    super(scope, id);
    const { api, rotation, table, email } = props;
    const functions = [...props.functions, ...(rotation ? [rotation] : [])];
    const { topic } = new AlarmTopic(this, "Topic", { email });
    const counts = new EventCounts(this, "Counts", { sources: functions });
    const { all: alarms } = new SessionAlarms(this, "Alarms", { api, counts, rotation, topic });
    new SessionDashboard(this, "Dashboard", { api, functions, table, counts, alarms });
    const functionLogs = functions.map(({ logGroup }) => logGroup);
    new SessionQueries(this, "Queries", { functionLogs, accessLog: api.accessLog });
    this.topicArn = topic.topicArn;
  }
}
