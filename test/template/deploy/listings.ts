import { ApiGatewayV2 } from "@aws-sdk/client-apigatewayv2";
import { CloudFormation, paginateListStacks } from "@aws-sdk/client-cloudformation";
import { CloudWatch, paginateDescribeAlarms, paginateListDashboards } from "@aws-sdk/client-cloudwatch";
import { CloudWatchLogs, paginateDescribeLogGroups } from "@aws-sdk/client-cloudwatch-logs";
import { DynamoDB, paginateListTables } from "@aws-sdk/client-dynamodb";
import { IAM, paginateListRoles } from "@aws-sdk/client-iam";
import { Lambda, paginateListFunctions } from "@aws-sdk/client-lambda";
import { paginateListSecrets, SecretsManager } from "@aws-sdk/client-secrets-manager";
import { paginateListTopics, SNS } from "@aws-sdk/client-sns";

/** Lists the names of all resources of a kind in the account and region. */
type Listing = () => Promise<readonly (string | undefined)[]>;

/** Every kind of resource that a failed deletion can leave behind, with its listing. */
export const LISTINGS: Readonly<Record<string, Listing>> = {
  stacks: () =>
    all(paginateListStacks({ client: new CloudFormation() }, {}), ({ StackSummaries = [] }) =>
      StackSummaries.filter(({ StackStatus }) => StackStatus !== "DELETE_COMPLETE").map(
        (one) => one.StackName,
      ),
    ),
  functions: () =>
    all(paginateListFunctions({ client: new Lambda() }, {}), ({ Functions = [] }) =>
      Functions.map((one) => one.FunctionName),
    ),
  roles: () =>
    all(paginateListRoles({ client: new IAM() }, {}), ({ Roles = [] }) => Roles.map((one) => one.RoleName)),
  tables: () => all(paginateListTables({ client: new DynamoDB() }, {}), ({ TableNames = [] }) => TableNames),
  secrets: () =>
    all(
      paginateListSecrets({ client: new SecretsManager() }, { IncludePlannedDeletion: true }),
      ({ SecretList = [] }) => SecretList.map((one) => one.Name),
    ),
  "log groups": () =>
    all(paginateDescribeLogGroups({ client: new CloudWatchLogs() }, {}), ({ logGroups = [] }) =>
      logGroups.map((one) => one.logGroupName),
    ),
  APIs: async () =>
    ((await new ApiGatewayV2().getApis({ MaxResults: "1000" })).Items ?? []).map((one) => one.Name),
  alarms: () =>
    all(paginateDescribeAlarms({ client: new CloudWatch() }, {}), ({ MetricAlarms = [] }) =>
      MetricAlarms.map((one) => one.AlarmName),
    ),
  dashboards: () =>
    all(paginateListDashboards({ client: new CloudWatch() }, {}), ({ DashboardEntries = [] }) =>
      DashboardEntries.map((one) => one.DashboardName),
    ),
  topics: () =>
    all(paginateListTopics({ client: new SNS() }, {}), ({ Topics = [] }) =>
      Topics.map((one) => one.TopicArn),
    ),
};

async function all<Page, Item>(
  pages: AsyncIterable<Page>,
  itemsOf: (page: Page) => readonly Item[],
): Promise<Item[]> {
  return (await Array.fromAsync(pages)).flatMap(itemsOf);
}
