import type { Browser } from "lambda-sessions/testing";
import { beforeEach, expect, test } from "vitest";
import type { SessionData } from "../../functions/runtime/session-data.ts";
import { startApplication } from "./application.ts";

let browser: Browser<SessionData>;

beforeEach(async () => {
  browser = await startApplication();
});

test("GET /visits counts this visitor's visits", async () => {
  for (const visits of [1, 2, 3]) {
    const response = await browser.get("/visits");
    expect([response.status, response.json()]).toEqual([200, { visits }]);
    expect(response.headers.get("content-type")).toBe("application/json");
  }
});

test("GET /visits counts on from what the session holds", async () => {
  await browser.editSession((session) => session.set("visits", 41));
  expect((await browser.get("/visits")).json()).toEqual({ visits: 42 });
});
