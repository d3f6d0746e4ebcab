import type { Browser } from "lambda-sessions/testing";
import { beforeEach, describe, expect, test, vi } from "vitest";
import type { SessionData } from "../../../functions/runtime/session-data.ts";
import { PAGES, startDemo, textOf } from "./demo.ts";

let browser: Browser<SessionData>;

beforeEach(async () => {
  browser = await startDemo();
});

describe("what no route answers", () => {
  test.each([
    ["GET", "/nowhere"],
    ["GET", "/keys"],
    ["POST", "/"],
    ["DELETE", "/session"],
    ["GET", "/%3Cscript%3E"],
  ])("is a page with a sentence and a way back: %s %s", async (method, path) => {
    const response = await browser.request(method, path, { headers: PAGES });
    expect([response.status, response.headers.get("content-type")]).toEqual([
      404,
      "text/html; charset=utf-8",
    ]);
    expect(textOf(response)).toBe("There is no such page. Error 404 There is no such page. Back to the page");
    expect(response.body).toContain('<a href="/">');
    expect(response.body).not.toContain("script");
  });

  test("sets and reads no cookie, and is kept nowhere", async () => {
    const { headers, cookies } = await browser.get("/nowhere", { headers: PAGES });
    expect([cookies, headers.get("vary"), headers.get("cache-control")]).toEqual([[], null, "no-store"]);
  });
});

test.each([{}, { accept: "*/*" }, { accept: "application/json" }])(
  "who asks for no page gets the sentence alone: %j",
  async (headers) => {
    const response = await browser.get("/nowhere", { headers });
    expect([response.status, response.body]).toEqual([404, "There is no such page.\n"]);
    expect(response.headers.get("content-type")).toBe("text/plain; charset=utf-8");
  },
);

test("a form that lacks something is answered by a page that runs no script and loads nothing", async () => {
  const response = await browser.post("/sign-in", { name: "" }, { headers: PAGES });
  expect(response.status).toBe(400);
  expect(textOf(response)).toContain("Error 400 Please give a name. Back to the page");
  expect(response.headers.get("content-security-policy")).toMatch(
    /^default-src 'none'; style-src 'sha256-[^']+'; img/,
  );
});

test("sessions that are out of reach are answered by a page that says when to try again", async () => {
  vi.spyOn(console, "error").mockReturnValue();
  browser = await startDemo({ SESSION_SECRET_KEYS: undefined, SESSION_SECRET_ARN: "arn:aws:nowhere" });
  const response = await browser.get("/", { headers: PAGES });
  expect([response.status, response.headers.get("retry-after")]).toEqual([503, "1"]);
  expect(textOf(response)).toContain("Sessions are not available at the moment. Please try again.");
});
