import type { Browser } from "lambda-sessions/testing";
import { beforeEach, expect, test } from "vitest";
import type { SessionData } from "../../functions/runtime/session-data.ts";
import { startApplication } from "./application.ts";

let browser: Browser<SessionData>;

beforeEach(async () => {
  browser = await startApplication();
});

test('GET /get answers "Not set" before GET /set', async () => {
  const response = await browser.get("/get");
  expect([response.status, response.body, response.cookies]).toEqual([200, "Not set", []]);
  expect(response.headers.get("vary")).toBe("Cookie");
});

test('GET /set answers "Session set" and sets the cookie', async () => {
  const response = await browser.get("/set");
  expect([response.status, response.body]).toEqual([200, "Session set"]);
  expect(response.cookies).toEqual([
    expect.stringMatching(/^__Host-session=[\w.-]+; Path=\/; HttpOnly; Secure; SameSite=Lax$/),
  ]);
  expect(response.headers.get("cache-control")).toBe("no-store");
});

test("GET /get shows the value of GET /set, to this visitor only", async () => {
  await browser.get("/set");
  expect((await browser.get("/get")).body).toBe("value");
  expect((await (await startApplication()).get("/get")).body).toBe("Not set");
});

test("GET /get shows a value that another handler has set, as plain text", async () => {
  await browser.editSession((session) => session.set("key", "ünï <b>"));
  const response = await browser.get("/get");
  expect([response.body, response.headers.get("content-type")]).toEqual([
    "ünï <b>",
    "text/plain; charset=utf-8",
  ]);
});
