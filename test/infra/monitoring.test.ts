import type { SessionLogRecord } from "lambda-sessions";
import type { RotationRecord } from "lambda-sessions/keys";
import type { RequestRecord } from "lambda-sessions/lambda";
import { describe, expect, test } from "vitest";
import { EVENTS } from "../../infra/constructs/event-counts.ts";
import type { SessionStackProps } from "../../infra/session-stack.ts";
import { synthesize } from "./fixture/synthesize.ts";
import { type Resource, resourcesOf } from "./synthesize.ts";

/** Events that the functions log. The compiler reports an event that is missing here. */
const LOGGED: Record<
  SessionLogRecord["event"] | RequestRecord["event"] | RotationRecord["event"] | "keys_not_refreshed",
  true
> = {
  session_began: true,
  session_refused: true,
  session_renewed: true,
  session_destroyed: true,
  session_revoked: true,
  session_evicted: true,
  session_limit_reached: true,
  session_conflict: true,
  session_gone: true,
  session_too_large: true,
  session_unavailable: true,
  request_refused: true,
  keys_not_refreshed: true,
  keys_rotated: true,
  keys_run_out_soon: true,
  rotation_failed: true,
};

/** Widget of a dashboard, with the properties that these tests read. */
interface Widget {
  readonly title: string;
  readonly metrics?: readonly unknown[][];
  readonly alarms?: readonly unknown[];
}

/** Stack with monitoring. */
class WatchedStack {
  readonly template;

  constructor(props: SessionStackProps = {}) {
    this.template = synthesize({ monitoring: true, ...props });
  }

  all(type: string): Resource["Properties"][] {
    return resourcesOf(this.template, type).map(([, { Properties }]) => Properties);
  }

  only(type: string): readonly [id: string, properties: Resource["Properties"]] {
    const [found, ...others] = resourcesOf(this.template, type);
    if (!found || others.length > 0) throw new Error(`not exactly one ${type}`);
    return [found[0], found[1].Properties];
  }

  get logGroups(): unknown[] {
    return this.all("AWS::Lambda::Function").map(({ LoggingConfig }) => LoggingConfig.LogGroup);
  }

  /** Alarms by the name at the end of their description. */
  get alarms(): Record<string, Resource["Properties"]> {
    const named = this.all("AWS::CloudWatch::Alarm").map((alarm) => {
      const [, name = ""] = /runbook\.md, (\w+)\.$/.exec(alarm.AlarmDescription) ?? [];
      return [name, alarm] as const;
    });
    return Object.fromEntries(named);
  }

  /** Widgets of the dashboard by title. Values that only a deployment knows are `*`. */
  get widgets(): Map<string, Widget> {
    const [, { DashboardBody }] = this.only("AWS::CloudWatch::Dashboard");
    const parts: unknown[] = DashboardBody["Fn::Join"][1];
    const text = parts.map((part) => (typeof part === "string" ? part : "*")).join("");
    const widgets: { readonly properties: Widget }[] = JSON.parse(text).widgets;
    return new Map(widgets.map(({ properties }) => [properties.title, properties]));
  }
}

const MONITORING =
  /^AWS::(CloudWatch|SNS|KMS)::|^AWS::Logs::(MetricFilter|QueryDefinition|SubscriptionFilter)$/;

function monitoringTypes(props: SessionStackProps): string[] {
  const { Resources } = synthesize(props).toJSON() as { Resources: Record<string, Resource> };
  return Object.values(Resources)
    .map(({ Type }) => Type)
    .filter((type) => MONITORING.test(type));
}

describe("monitoring", () => {
  test.each<[SessionStackProps, boolean]>([
    [{}, false],
    [{ stage: "dev" }, false],
    [{ monitoring: true }, true],
    [{ stage: "prod" }, true],
    [{ stage: "prod", monitoring: false }, false],
  ])("monitoring is on if the settings choose it, and in production: %j", (props, isThere) => {
    expect(monitoringTypes(props).length > 0).toBe(isThere);
  });

  test("monitoring does not change the functions, the API or the table", () => {
    const bare = synthesize().toJSON().Resources;
    expect(synthesize({ monitoring: true }).toJSON().Resources).toMatchObject(bare);
  });
});

describe("events in the logs", () => {
  const stack = new WatchedStack({ storage: "dynamodb" });
  const filters = stack.all("AWS::Logs::MetricFilter");
  const of = (metric: string) =>
    filters.filter(({ MetricTransformations }) => MetricTransformations[0].MetricName === metric);

  test("every event that is logged is counted, and refused sessions are counted separately", () => {
    expect([...EVENTS, "session_refused"].toSorted()).toEqual(Object.keys(LOGGED).toSorted());
  });

  test("events of every function are counted as one metric each, in the stack's namespace", () => {
    const pattern = EVENTS.map((event) => `($.message.event = "${event}")`).join(" || ");
    expect(of("Events")).toEqual(
      stack.logGroups.map((LogGroupName) => ({
        LogGroupName,
        FilterPattern: `{ ${pattern} }`,
        MetricTransformations: [
          {
            MetricNamespace: "Sessions",
            MetricName: "Events",
            MetricValue: "1",
            Dimensions: [{ Key: "Event", Value: "$.message.event" }],
          },
        ],
      })),
    );
  });

  test("refused sessions are counted by reason", () => {
    expect(of("SessionsRefused")).toEqual(
      stack.logGroups.map((LogGroupName) => ({
        LogGroupName,
        FilterPattern: '{ $.message.event = "session_refused" }',
        MetricTransformations: [
          {
            MetricNamespace: "Sessions",
            MetricName: "SessionsRefused",
            MetricValue: "1",
            Dimensions: [{ Key: "Reason", Value: "$.message.reason" }],
          },
        ],
      })),
    );
  });

  test("the patterns of metric filters have at most the 1024 characters that CloudWatch accepts", () => {
    for (const { FilterPattern } of filters) expect(FilterPattern.length).toBeLessThanOrEqual(1024);
  });
});

describe("the alarms", () => {
  const stack = new WatchedStack();
  const { alarms } = stack;
  const [apiId] = stack.only("AWS::ApiGatewayV2::Api");
  const [topicId] = stack.only("AWS::SNS::Topic");
  const ofApi = [
    { Name: "ApiId", Value: { Ref: apiId } },
    { Name: "Stage", Value: "$default" },
  ];
  const ofEvent = (event: string) => ({
    Namespace: "Sessions",
    MetricName: "Events",
    Dimensions: [{ Name: "Event", Value: event }],
    Statistic: "Sum",
  });
  const forADay = { Period: 3600, EvaluationPeriods: 24, DatapointsToAlarm: 1, Threshold: 1 };

  test.each<[string, object]>([
    [
      "ServerErrors",
      {
        Namespace: "AWS/ApiGateway",
        MetricName: "5xx",
        Dimensions: ofApi,
        Statistic: "Sum",
        Period: 300,
        EvaluationPeriods: 1,
        Threshold: 5,
      },
    ],
    [
      "Latency",
      {
        Namespace: "AWS/ApiGateway",
        MetricName: "Latency",
        Dimensions: ofApi,
        ExtendedStatistic: "p95",
        Period: 300,
        EvaluationPeriods: 3,
        Threshold: 2000,
      },
    ],
    [
      "RefusedSignatures",
      {
        Namespace: "Sessions",
        MetricName: "SessionsRefused",
        Dimensions: [{ Name: "Reason", Value: "bad_signature" }],
        Statistic: "Sum",
        Period: 300,
        EvaluationPeriods: 1,
        Threshold: 50,
      },
    ],
    [
      "SessionsUnavailable",
      { ...ofEvent("session_unavailable"), Period: 300, EvaluationPeriods: 1, Threshold: 5 },
    ],
    [
      "KeysNotRead",
      {
        ...ofEvent("keys_not_refreshed"),
        Period: 300,
        EvaluationPeriods: 6,
        DatapointsToAlarm: 2,
        Threshold: 1,
      },
    ],
    ["RotationFailed", { ...ofEvent("rotation_failed"), ...forADay }],
    [
      "RotationBroken",
      {
        Namespace: "AWS/Lambda",
        MetricName: "Errors",
        Dimensions: [
          { Name: "FunctionName", Value: { Ref: expect.stringMatching(/^ScheduleRotateKeysHandler/) } },
        ],
        Statistic: "Sum",
        ...forADay,
      },
    ],
    ["KeysRunOutSoon", { ...ofEvent("keys_run_out_soon"), ...forADay }],
  ])("the alarm %s has its metric and threshold, and is sent to the topic", (name, watched) => {
    const { AlarmDescription, ...rest } = alarms[name] ?? {};
    expect(rest).toEqual({
      ...watched,
      ComparisonOperator: "GreaterThanOrEqualToThreshold",
      TreatMissingData: "notBreaching",
      AlarmActions: [{ Ref: topicId }],
    });
    expect(AlarmDescription).toMatch(/^[A-Z].+\. What to do: docs\/runbook\.md, \w+\.$/);
  });

  test("the stack has no more alarms than CloudWatch's free tier", () => {
    expect(Object.keys(alarms)).toHaveLength(8);
    expect(Object.keys(alarms).length).toBeLessThanOrEqual(10);
  });

  test("with keyRotationDays=0 there is no alarm about rotations", () => {
    const still = new WatchedStack({ keyRotationDays: 0 });
    expect(Object.keys(still.alarms).toSorted()).toEqual([
      "KeysNotRead",
      "Latency",
      "RefusedSignatures",
      "ServerErrors",
      "SessionsUnavailable",
    ]);
  });
});

describe("the topic of the alarms", () => {
  const stack = new WatchedStack();
  const [topicId, topic] = stack.only("AWS::SNS::Topic");
  const [keyId, key] = stack.only("AWS::KMS::Key");
  const alarm = {
    "Fn::Join": [
      "",
      [
        "arn:",
        { Ref: "AWS::Partition" },
        ":cloudwatch:",
        { Ref: "AWS::Region" },
        ":",
        { Ref: "AWS::AccountId" },
        ":alarm:*",
      ],
    ],
  };
  const fromAlarms = {
    Effect: "Allow",
    Principal: { Service: "cloudwatch.amazonaws.com" },
    Condition: {
      ArnLike: { "aws:SourceArn": alarm },
      StringEquals: { "aws:SourceAccount": { Ref: "AWS::AccountId" } },
    },
  };

  test("the alarm topic is encrypted with its own rotating key, which is deleted within a week after the stack", () => {
    expect(topic).toEqual({ KmsMasterKeyId: { "Fn::GetAtt": [keyId, "Arn"] } });
    expect(key).toMatchObject({ EnableKeyRotation: true, PendingWindowInDays: 7 });
  });

  test("the alarm topic accepts messages of this account's alarms only, and over TLS only", () => {
    const [, { Topics, PolicyDocument }] = stack.only("AWS::SNS::TopicPolicy");
    expect(Topics).toEqual([{ Ref: topicId }]);
    const [secure, publish, ...others] = PolicyDocument.Statement;
    expect(secure).toMatchObject({
      Effect: "Deny",
      Action: "sns:Publish",
      Condition: { Bool: { "aws:SecureTransport": "false" } },
    });
    expect(publish).toMatchObject({ ...fromAlarms, Action: "sns:Publish", Resource: { Ref: topicId } });
    expect(others).toEqual([]);
  });

  test("the key of the alarm topic may be used by those alarms and managed by the account's administrators", () => {
    const [administration, use, ...others] = key.KeyPolicy.Statement;
    expect(administration).toMatchObject({
      Effect: "Allow",
      Action: "kms:*",
      Principal: {
        AWS: {
          "Fn::Join": ["", ["arn:", { Ref: "AWS::Partition" }, ":iam::", { Ref: "AWS::AccountId" }, ":root"]],
        },
      },
    });
    expect(use).toEqual({ ...fromAlarms, Action: ["kms:Decrypt", "kms:GenerateDataKey*"], Resource: "*" });
    expect(others).toEqual([]);
  });

  test("the alarm topic is an output of the stack", () => {
    stack.template.hasOutput("AlarmTopic", { Value: { Ref: topicId } });
  });

  test("the alarm topic has a subscription only with alarmEmail", () => {
    expect(stack.all("AWS::SNS::Subscription")).toEqual([]);
    const mailing = new WatchedStack({ alarmEmail: "ops@example.com" });
    const [topicOfMail] = mailing.only("AWS::SNS::Topic");
    expect(mailing.all("AWS::SNS::Subscription")).toEqual([
      { Protocol: "email", Endpoint: "ops@example.com", TopicArn: { Ref: topicOfMail } },
    ]);
  });

  test.each<SessionStackProps>([
    { alarmEmail: "ops@example.com" },
    { alarmEmail: "ops@example.com", stage: "prod", monitoring: false },
  ])("alarmEmail is rejected without monitoring: %j", (props) => {
    expect(() => synthesize(props)).toThrow(
      expect.objectContaining({
        name: "SettingError",
        message: 'The setting alarmEmail cannot be "ops@example.com": it needs monitoring=true.',
      }),
    );
  });
});

describe("the dashboard", () => {
  const stack = new WatchedStack({ storage: "dynamodb" });
  const { widgets } = stack;

  /** Returns the metrics of a graph, without values of dimensions and without styles. */
  const metricsOf = (title: string) => {
    const metrics = widgets.get(title)?.metrics ?? [];
    return metrics.map((parts) => parts.filter((part) => typeof part === "string" && part !== "*"));
  };

  test("the dashboard's name contains the stack and the region, because an account has one list of dashboards", () => {
    const [, { DashboardName }] = stack.only("AWS::CloudWatch::Dashboard");
    expect(DashboardName).toEqual({ "Fn::Join": ["", ["Sessions-", { Ref: "AWS::Region" }]] });
  });

  test("the dashboard shows every alarm", () => {
    expect(widgets.get("Alarms")?.alarms).toHaveLength(Object.keys(stack.alarms).length);
  });

  test("the dashboard shows requests, errors and latency", () => {
    const ofApi = (metric: string) => ["AWS/ApiGateway", metric, "ApiId", "Stage", "$default"];
    expect(metricsOf("Requests and errors")).toEqual(["Count", "4xx", "5xx"].map(ofApi));
    expect(metricsOf("Latency (ms)")).toEqual(["Latency", "Latency", "IntegrationLatency"].map(ofApi));
  });

  test("the dashboard shows every counted event once", () => {
    const shown = ["Sessions", "Not done", "Secret keys"].flatMap(metricsOf);
    expect(shown.toSorted()).toEqual(
      EVENTS.map((event) => ["Sessions", "Events", "Event", event]).toSorted(),
    );
  });

  test("the dashboard shows refused sessions by all reasons that occurred", () => {
    expect(widgets.get("Refused sessions, by reason")?.metrics).toEqual([
      [
        {
          // biome-ignore lint/suspicious/noTemplateCurlyInString: CloudWatch's form
          label: "${PROP('Dim.Reason')}",
          expression: `SEARCH('{"Sessions",Reason} MetricName="SessionsRefused"', 'Sum', 300)`,
        },
      ],
    ]);
  });

  test("the dashboard shows the errors of every function", () => {
    const functions = stack.all("AWS::Lambda::Function");
    expect(metricsOf("Errors of functions")).toEqual([
      ...functions.map(() => ["AWS/Lambda", "Errors", "FunctionName"]),
      ["AWS/Lambda", "Throttles"],
    ]);
  });

  test("the dashboard shows rejected requests to the table, if there is one", () => {
    expect(metricsOf("Table")).toEqual(
      ["ConditionalCheckFailedRequests", "ReadThrottleEvents", "WriteThrottleEvents"].map((metric) => [
        "AWS/DynamoDB",
        metric,
        "TableName",
      ]),
    );
    expect(new WatchedStack().widgets.has("Table")).toBe(false);
  });
});
