import { Stack } from "aws-cdk-lib";
import { CfnQueryDefinition, type LogGroup } from "aws-cdk-lib/aws-logs";
import { Construct } from "constructs";
import { SAVED_QUERIES } from "./saved-queries.ts";

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
