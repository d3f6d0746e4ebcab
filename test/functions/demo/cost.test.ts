import { Browser } from "lambda-sessions/testing";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import {
  type Cost,
  countCalls,
  formatCost,
  readCost,
  toCostFields,
} from "../../../functions/demo/response/cost.ts";
import type { SessionData } from "../../../functions/runtime/session-data.ts";
import { demoRoutes } from "../../../infra/demo-routes.ts";
import { type EmbeddedDynamoDB, startEmbeddedDynamoDB } from "../../support/embedded-dynamodb.ts";
import { loadHandlers } from "../handlers.ts";
import { submit, textOf } from "./demo.ts";

describe("a cost", () => {
  test.each<[Cost, string]>([
    [{ cookie: "kept", calls: {} }, "No new cookie, no database call"],
    [{ cookie: "sent", calls: { GetItem: 1 } }, "The cookie was sent anew, 1 database call (GetItem)"],
    [
      { cookie: "cleared", calls: { GetItem: 2, PutItem: 1 } },
      "The cookie was taken away, 3 database calls (2 × GetItem, PutItem)",
    ],
    [
      { cookie: "sent", calls: { UpdateItem: 403 } },
      "The cookie was sent anew, 403 database calls (403 × UpdateItem)",
    ],
  ])("a cost is formatted in words and survives the query: %j", (cost, text) => {
    expect(formatCost(cost)).toBe(text);
    expect(readCost(toCostFields(cost))).toEqual(cost);
  });

  test("calls of the database are counted by operation", () => {
    expect(countCalls(["GetItem", "PutItem", "GetItem"])).toEqual({ GetItem: 2, PutItem: 1 });
  });

  test.each<[string, Record<string, string> | undefined]>([
    ["no parameters", undefined],
    ["a count but no fate of the cookie", { GetItem: "1" }],
    ["an unknown fate", { cookie: "eaten" }],
    ["a property of every object", { cookie: "toString" }],
  ])("no cost is read from a query with %s", (_what, query) => {
    expect(readCost(query)).toBeUndefined();
  });

  test.each<[string, Record<string, string>]>([
    ["unknown operations", { YourAccountWasHacked: "1" }],
    ["markup", { GetItem: "<b>" }],
    ["invalid numbers", { GetItem: "1e3", PutItem: "-1", UpdateItem: "0", BatchGetItem: "99999" }],
  ])("a cost is read from a query, but not its %s", (_what, query) => {
    expect(readCost({ cookie: "kept", ...query })).toEqual({ cookie: "kept", calls: {} });
  });
});

describe("with sessions in DynamoDB", () => {
  let dynamodb: EmbeddedDynamoDB;
  let browser: Browser<SessionData>;

  beforeAll(async () => {
    dynamodb = await startEmbeddedDynamoDB();
    vi.resetModules();
    vi.stubEnv("SESSION_TABLE_NAME", await dynamodb.createTable());
    for (const [name, value] of Object.entries({
      AWS_ENDPOINT_URL_DYNAMODB: dynamodb.endpoint,
      AWS_REGION: "us-east-1",
      AWS_ACCESS_KEY_ID: "local",
      AWS_SECRET_ACCESS_KEY: "local",
    }))
      vi.stubEnv(name, value);
    vi.doMock("#session-interface", () => import("../../../functions/runtime/session-interface/dynamodb.ts"));
    vi.doMock("#demo-storage", () => import("../../../functions/demo/storage/dynamodb.ts"));
    browser = new Browser<SessionData>(await loadHandlers(demoRoutes({ hasTable: true })));
  });

  afterAll(() => dynamodb.close());

  test("with storage=dynamodb, the page shows the calls to DynamoDB of the last change and of itself", async () => {
    const texts = [
      textOf(await browser.get("/demo")),
      textOf(await submit(browser, "/demo/visits")),
      textOf(await submit(browser, "/demo/visits")),
      textOf(await submit(browser, "/demo/sign-in", { name: "Ada" })),
      textOf(await browser.get("/demo")),
      textOf(await submit(browser, "/demo/tamper")),
    ];
    const costs = texts.map((text) =>
      text.match(/(last change|This page) (?:The|No new) cookie[^(]*(\([^)]*\))?/g),
    );
    expect(costs).toEqual([
      [expect.stringContaining("This page No new cookie, no database call.")],
      [
        "last change The cookie was sent anew, 1 database call (PutItem)",
        "This page No new cookie, 1 database call (GetItem)",
      ],
      [
        "last change No new cookie, 2 database calls (GetItem, UpdateItem)",
        "This page No new cookie, 1 database call (GetItem)",
      ],
      [
        "last change The cookie was sent anew, 4 database calls (2 × GetItem, PutItem, UpdateItem)",
        "This page No new cookie, 3 database calls (BatchGetItem, GetItem, UpdateItem)",
      ],
      ["This page No new cookie, 2 database calls (BatchGetItem, GetItem)"],
      [
        "last change The cookie was sent anew, 1 database call (BatchGetItem)",
        expect.stringContaining("This page No new cookie, no database call."),
      ],
    ]);
  });
});
