import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { PROJECT_ROOT } from "../../infra/bundling.ts";
import { SAVED_QUERIES } from "../../infra/constructs/saved-queries.ts";
import { synthesize } from "./fixture/synthesize.ts";
import { resourcesOf } from "./synthesize.ts";

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
