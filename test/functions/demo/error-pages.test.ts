import type { Browser } from "lambda-sessions/testing";
import { beforeEach, describe, expect, test, vi } from "vitest";
import type { SessionData } from "../../../functions/runtime/session-data.ts";
import { PAGES, startDemo, textOf } from "./demo.ts";

let browser: Browser<SessionData>;

beforeEach(async () => {
  browser = await startDemo();
});

describe("an error of a form", () => {
  test("an error is a page with the sentence and a link back for a browser that accepts HTML", async () => {
    const response = await browser.post("/demo/sign-in", { name: "" }, { headers: PAGES });
    expect([response.status, response.headers.get("content-type")]).toEqual([
      400,
      "text/html; charset=utf-8",
    ]);
    expect(textOf(response)).toBe("Please give a name. Error 400 Please give a name. Back to the page");
    expect(response.body).toContain('<a href="/demo">');
  });

  test("an error is problem details for a client that prefers JSON", async () => {
    const headers = { accept: "application/json" };
    const response = await browser.post("/demo/sign-in", { name: "" }, { headers });
    expect(response.headers.get("content-type")).toBe("application/problem+json");
    expect(response.json()).toMatchObject({ status: 400, detail: "Please give a name." });
  });

  test.each([{}, { accept: "*/*" }])(
    "an error is plain text for a client that does not ask for HTML: %j",
    async (headers) => {
      const response = await browser.post("/demo/sign-in", { name: "" }, { headers });
      expect([response.status, response.body]).toEqual([400, "Please give a name.\n"]);
      expect(response.headers.get("content-type")).toBe("text/plain; charset=utf-8");
    },
  );

  test("an error page runs no script, loads no resource and is not cached", async () => {
    const { headers, body } = await browser.post("/demo/sign-in", { name: "" }, { headers: PAGES });
    expect(headers.get("content-security-policy")).toMatch(
      /^default-src 'none'; style-src 'sha256-[^']+'; img/,
    );
    expect(headers.get("cache-control")).toBe("no-store");
    expect(body).not.toContain("<script");
  });
});

test("a request is answered with 503 and a page when the keys of the sessions cannot be read", async () => {
  vi.spyOn(console, "error").mockReturnValue();
  browser = await startDemo({ SESSION_SECRET_KEYS: undefined, SESSION_SECRET_ARN: "arn:aws:nowhere" });
  const response = await browser.get("/demo", { headers: PAGES });
  expect([response.status, response.headers.get("retry-after")]).toEqual([503, "1"]);
  expect(textOf(response)).toContain("Sessions are not available at the moment. Please try again.");
});
