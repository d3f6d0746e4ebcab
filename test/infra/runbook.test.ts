import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { PROJECT_ROOT } from "../../infra/bundling.ts";
import { SAVED_QUERIES } from "../../infra/constructs/session-queries.ts";
import { chooseStackName, SETTINGS } from "../../infra/settings/settings.ts";
import { synthesize } from "./fixture/synthesize.ts";
import { type Resource, resourcesOf } from "./synthesize.ts";

const PAGE = readFileSync(join(PROJECT_ROOT, "docs/runbook.md"), "utf8");
const SETTINGS_PAGE = readFileSync(join(PROJECT_ROOT, "docs/settings.md"), "utf8");
const template = synthesize({ monitoring: true, storage: "dynamodb" });

/** Returns the headings of level three below one of level two, each with its text. */
function sections(heading: string): Map<string, string> {
  const [, part = ""] = PAGE.split(`\n## ${heading}\n`);
  const [own = ""] = part.split("\n## ");
  const [, ...entries] = own.split("\n### ");
  return new Map(entries.map((entry) => [entry.split("\n")[0] ?? "", entry]));
}

/** Alarms of the stack, by the heading of the runbook in their description. */
const ALARMS = resourcesOf(template, "AWS::CloudWatch::Alarm").map(
  ([, { Properties }]) => /What to do: docs\/runbook\.md, (\w+)\.$/.exec(Properties.AlarmDescription)?.[1],
);

describe("docs/runbook.md", () => {
  test("docs/runbook.md has a row and a section for every alarm and no others", () => {
    expect(ALARMS).not.toContain(undefined);
    expect([...sections("Alarms").keys()]).toEqual(ALARMS);
    const rows = [...PAGE.matchAll(/^\| \[(\w+)\]\(#(\w+)\)/gm)];
    expect(rows.map(([, name]) => name)).toEqual(ALARMS);
    for (const [, name = "", anchor] of rows) expect(anchor).toBe(name.toLowerCase());
  });

  test("docs/runbook.md contains every saved query word for word and no others", () => {
    const queries = sections("Saved queries");
    expect([...queries.keys()]).toEqual(SAVED_QUERIES.map(({ name }) => name));
    for (const { name, text } of SAVED_QUERIES)
      expect(queries.get(name)).toContain(`\`\`\`\n${text}\n\`\`\``);
  });

  test("docs/runbook.md refers to saved queries and graphs by their names", () => {
    const [{ Properties } = { Properties: {} }] = resourcesOf(template, "AWS::CloudWatch::Dashboard").map(
      ([, dashboard]) => dashboard,
    );
    const graphs = [...JSON.stringify(Properties).matchAll(/\\"title\\":\\"([^\\]+)\\"/g)].map(
      ([, title]) => title,
    );
    const known = [...SAVED_QUERIES.map(({ name }) => name), ...graphs];
    const named = [...PAGE.matchAll(/(?:[Rr]un|then|graph|under) \*([A-Z][^*]+)\*/g)].map(([, name]) => name);
    expect(named.length).toBeGreaterThan(8);
    expect(named.filter((name) => !known.includes(name ?? ""))).toEqual([]);
  });

  test("docs/settings.md links to the costs in docs/runbook.md", () => {
    expect(SETTINGS_PAGE).toContain("(runbook.md#what-it-costs)");
    expect(PAGE).toContain("\n## What it costs\n");
  });
});

test("the costs of a flood follow from the prices, the default rate and the default memory", () => {
  const { throttlingRateLimit, memorySize } = SETTINGS;
  const million = (throttlingRateLimit.default * 24 * 60 * 60) / 1e6;
  const [table = ""] = PAGE.split("\n## Floods\n")[1]?.split("\n## ") ?? [];
  const costs = [...table.matchAll(/^\| (.+) \| \**([\d.]+)\** \|$/gm)].map(([, item = "", cost]) => [
    item,
    cost,
  ]);
  const lambda = 0.2 + 20_000 * (memorySize.default / 1024) * 0.0000133334;
  const [all, day] = [1.77, 15.29];
  expect(all).toBeCloseTo(1 + lambda + 0.5, 2);
  expect(day).toBeCloseTo(all * million, 2);
  expect(costs).toEqual([
    ["HTTP API, a million requests", "1.00"],
    [`Lambda, a million requests of 20 ms with ${memorySize.default} MiB`, lambda.toFixed(2)],
    ["CloudWatch Logs, a million requests of 1 KB", "0.50"],
    ["**a million requests**", `${all}`],
    [`**a day on one route**, ${throttlingRateLimit.default} requests a second`, `${day}`],
    ["**a day on ten routes**", (10 * day).toFixed(2)],
  ]);
  expect(PAGE).toContain(`or $${(1.375 * million).toFixed(2)} a day and route`);
});

describe("the commands of docs/runbook.md", () => {
  const production = chooseStackName({ stage: "prod" });
  const resources = synthesize({ stage: "prod", storage: "dynamodb" }).toJSON().Resources as Record<
    string,
    Resource
  >;
  const blocks = [...PAGE.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block = ""]) => block);
  const commands = [
    ...blocks.join("").split("\n"),
    ...[...PAGE.matchAll(/`([^`\n]+)`/g)].map(([, one]) => one),
  ];
  const matching = (pattern: RegExp) => commands.filter((one): one is string => pattern.test(one ?? ""));
  const optionsOf = (name: string) =>
    [...PAGE.matchAll(new RegExp(`--${name}[ =](\\S+)`, "g"))].map(([, value = ""]) => value);

  test("every command of the CDK names the stage prod, except the one for another stage", () => {
    const cdk = matching(/^npx cdk (deploy|drift)\b./).filter((one) => !one.includes("# any other stage"));
    expect(cdk.length).toBeGreaterThan(4);
    expect(cdk.filter((one) => !one.includes("-c stage=prod"))).toEqual([]);
  });

  test("every command for keys and every stack name means the production's stack", () => {
    expect(matching(/^npm run end-key/).filter((one) => !one.includes(`--stack ${production}`))).toEqual([]);
    const names = [...optionsOf("stack"), ...optionsOf("stack-name")].map((name) => name.replace(/\W+$/, ""));
    expect(new Set(names)).toEqual(new Set([production, "ARN_OF_THE_DELETED_STACK"]));
    expect(PAGE).toContain(`StackName=='${production}'`);
  });

  test("every logical id is that of a resource that a production keeps", () => {
    const ids = new Set([...PAGE.matchAll(/\b[A-Z][A-Za-z]+[\dA-F]{8}\b/g)].map(([id]) => id));
    expect([...ids].map((id) => [resources[id]?.Type, resources[id]?.DeletionPolicy])).toEqual([
      ["AWS::DynamoDB::GlobalTable", "RetainExceptOnCreate"],
      ["AWS::SecretsManager::Secret", "RetainExceptOnCreate"],
    ]);
  });

  test("the commands give a restored table the properties that the template's table has", () => {
    const [[, table] = []] = Object.entries(resources).filter(([, { Type }]) =>
      Type.includes("::GlobalTable"),
    );
    const { TimeToLiveSpecification: ttl, Replicas } = table?.Properties ?? {};
    expect(PAGE).toContain(`Enabled=${ttl.Enabled},AttributeName=${ttl.AttributeName}\n`);
    expect(Replicas).toMatchObject([
      {
        DeletionProtectionEnabled: true,
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      },
    ]);
    expect(Object.keys(table?.Properties ?? {}).toSorted()).toEqual([
      ...["AttributeDefinitions", "BillingMode", "KeySchema", "Replicas", "SSESpecification"],
      "TimeToLiveSpecification",
    ]);
  });
});

describe("saved queries", () => {
  const all = resourcesOf(template, "AWS::Logs::QueryDefinition").map(([, { Properties }]) => Properties);
  const functionLogs = resourcesOf(template, "AWS::Lambda::Function").map(
    ([, { Properties }]) => Properties.LoggingConfig.LogGroup,
  );
  const [accessLog] = resourcesOf(template, "AWS::ApiGatewayV2::Stage").map(([, { Properties }]) => ({
    Ref: Properties.AccessLogSettings.DestinationArn["Fn::GetAtt"][0],
  }));
  const logs = { functions: functionLogs, access: [accessLog], both: [...functionLogs, accessLog] };

  test("saved queries are in a folder with the stack's name, and read only this stack's logs", () => {
    expect(all).toEqual(
      SAVED_QUERIES.map((query) => ({
        Name: `Sessions/${query.name}`,
        QueryString: query.text,
        LogGroupNames: logs[query.logs],
      })),
    );
  });

  test("saved queries read no more than the 50 log groups that CloudWatch allows", () => {
    for (const { LogGroupNames } of all) expect(LogGroupNames.length).toBeLessThanOrEqual(50);
  });

  test("saved queries use only fields that the access log has", () => {
    const [stage] = resourcesOf(template, "AWS::ApiGatewayV2::Stage");
    const fields = Object.keys(JSON.parse(stage?.[1].Properties.AccessLogSettings.Format));
    const own = SAVED_QUERIES.filter(({ logs }) => logs === "access").map(({ text }) => text);
    const words = new Set(
      own
        .join(" ")
        .replaceAll(/"[^"]*"/g, "")
        .match(/\b[a-z][A-Za-z]+\b/g),
    );
    const language = "fields filter sort desc limit or in stats count as refused by timestamp".split(" ");
    expect([...words].filter((word) => ![...fields, ...language].includes(word))).toEqual([]);
  });
});
