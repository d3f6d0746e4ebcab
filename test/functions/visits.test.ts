import type { Browser } from "lambda-sessions/testing";
import { beforeEach, expect, test } from "vitest";
import type { SessionData } from "../../functions/runtime/session-data.ts";
import { startApplication, startWithStorage } from "./application.ts";

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

test("HEAD /visits counts a visit and sends the cookie", async () => {
  const { body, cookies } = await browser.request("HEAD", "/visits");
  expect([body, cookies.length]).toEqual(["", 1]);
  expect((await browser.get("/visits")).json()).toEqual({ visits: 2 });
});

test("GET /visits continues from the count in the session", async () => {
  await browser.editSession((session) => session.set("visits", 41));
  expect((await browser.get("/visits")).json()).toEqual({ visits: 42 });
});

test("GET /visits counts a hundred parallel visits of one session in a table as a hundred", async () => {
  const visitor = await startWithStorage("dynamodb");
  await visitor.get("/visits");
  const visits = Array.from({ length: 100 }, async () => (await visitor.get("/visits")).json().visits);
  expect(new Set(await Promise.all(visits))).toEqual(
    new Set(Array.from({ length: 100 }, (_, index) => index + 2)),
  );
});
