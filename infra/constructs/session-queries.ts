import { Stack } from "aws-cdk-lib";
import { CfnQueryDefinition, type LogGroup } from "aws-cdk-lib/aws-logs";
import { Construct } from "constructs";

/** Logs that a query reads: those of all functions, the API's access log, or both. */
type Logs = "functions" | "access" | "both";

/** Query of CloudWatch Logs Insights that is saved with the deployment. */
export interface SavedQuery {
  /** Name of the query, in a folder with the stack's name. */
  readonly name: string;
  readonly logs: Logs;
  /** Query in the syntax of https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html */
  readonly text: string;
}

/**
 * Saved queries of a deployment. docs/runbook.md contains the same ones, and a test compares them. Objects
 * that a function logs are under `message`, and Lambda's reports of a request are under `record`.
 */
export const SAVED_QUERIES: readonly SavedQuery[] = [
  {
    name: "Errors",
    logs: "functions",
    text: `fields @timestamp, @log, coalesce(requestId, record.requestId) as request, coalesce(message.event, message.name, message.errorType, errorType, record.status) as what, coalesce(message.message, message.errorMessage, errorMessage, message) as text, message.cause
| filter level in ["ERROR", "FATAL"] or (type = "platform.report" and record.status != "success")
| sort @timestamp desc
| limit 100`,
  },
  {
    name: "Failed and slow requests",
    logs: "access",
    text: `fields @timestamp, method, path, status, responseLatency, integrationLatency, integrationError, authorizerError, functionRequestId
| filter status >= 500 or responseLatency >= 2000
| sort @timestamp desc
| limit 100`,
  },
  {
    name: "One request",
    logs: "both",
    text: `fields @timestamp, @log, @message
| filter requestId = "REQUEST_ID" or record.requestId = "REQUEST_ID" or functionRequestId = "REQUEST_ID"
| sort @timestamp asc`,
  },
  {
    name: "Refused sessions by reason",
    logs: "functions",
    text: `filter message.event = "session_refused"
| stats count(*) as refused by message.reason, bin(1h)`,
  },
  {
    name: "Refused signatures",
    logs: "functions",
    text: `fields @timestamp, @log, requestId, message.cookie
| filter message.event = "session_refused" and message.reason = "bad_signature"
| sort @timestamp desc
| limit 100`,
  },
  {
    name: "Refused requests by address",
    logs: "access",
    text: `filter status in ["403", "429"]
| stats count(*) as refused by ip, status
| sort refused desc
| limit 50`,
  },
  {
    name: "One session",
    logs: "functions",
    text: `fields @timestamp, @log, requestId, level, message.event, message.reason
| filter message.session = "SESSION_ID"
| sort @timestamp asc`,
  },
  {
    name: "Refused sign-ins",
    logs: "functions",
    text: `fields @timestamp, @log, requestId, level, message.event, message.reason, message.message
| filter message.event in ["sign_in_refused", "sign_out_incomplete", "provider_not_refreshed", "provider_sign_out_refused", "provider_sign_out_failed", "provider_tokens_not_refreshed", "provider_tokens_not_stored", "provider_tokens_ended"]
| sort @timestamp desc
| limit 100`,
  },
  {
    name: "Secret keys",
    logs: "functions",
    text: `fields @timestamp, @log, message.event, message.reason, message.current, message.next, message.previous, message.message, message.cause
| filter message.event in ["keys_rotated", "keys_run_out_soon", "rotation_failed", "keys_not_refreshed"]
| sort @timestamp desc
| limit 100`,
  },
  {
    name: "Cold starts and durations",
    logs: "functions",
    text: `filter type = "platform.report"
| stats count(*) as requests, count(record.metrics.initDurationMs) as coldStarts, pct(record.metrics.initDurationMs, 95) as coldStart95, pct(record.metrics.durationMs, 95) as duration95, max(record.metrics.maxMemoryUsedMB) as memory by @log`,
  },
];

/** Properties of {@link SessionQueries}: at most 50 log groups in all. */
export interface SessionQueriesProps {
  readonly functionLogs: readonly LogGroup[];
  readonly accessLog: LogGroup;
}

/** Saved queries of a deployment, in a folder with the stack's name. */
export class SessionQueries extends Construct {
  constructor(scope: Construct, id: string, { functionLogs, accessLog }: SessionQueriesProps) {
    super(scope, id);
    const groups = {
      functions: functionLogs,
      access: [accessLog],
      both: [...functionLogs, accessLog],
    };
    for (const { name, logs, text } of SAVED_QUERIES)
      new CfnQueryDefinition(this, name.replaceAll(" ", ""), {
        name: `${Stack.of(this).stackName}/${name}`,
        queryString: text,
        logGroupNames: groups[logs].map(({ logGroupName }) => logGroupName),
      });
  }
}
