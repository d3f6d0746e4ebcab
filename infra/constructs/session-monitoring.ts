import { Construct } from "constructs";
import { AlarmTopic } from "./alarm-topic.ts";
import { EventCounts } from "./event-counts.ts";
import { SessionAlarms } from "./session-alarms.ts";
import type { SessionApi } from "./session-api.ts";
import { SessionDashboard } from "./session-dashboard.ts";
import type { SessionFunction } from "./session-function.ts";
import { SessionQueries } from "./session-queries.ts";
import type { SessionTable } from "./session-table.ts";

/** What {@link SessionMonitoring} watches. */
export interface SessionMonitoringProps {
  readonly api: SessionApi;
  /** Those behind the API. */
  readonly functions: readonly SessionFunction[];
  /** What rotates the keys, if anything does. */
  readonly rotation: SessionFunction | undefined;
  /** Where sessions are kept, or users' sessions are listed, if there is a table. */
  readonly table: SessionTable | undefined;
  /** The address that gets the alarms. */
  readonly email: string | undefined;
}

/**
 * Tells people how a deployment is: alarms and whom they go to, a dashboard, and saved queries. All of it reads what the
 * services tell anyway; nothing runs in the functions for it.
 */
export class SessionMonitoring extends Construct {
  /** Where alarms go. */
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
