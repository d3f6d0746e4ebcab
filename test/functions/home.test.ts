import type { Browser } from "lambda-sessions/testing";
import { beforeEach, expect, test } from "vitest";
import type { SessionData } from "../../functions/runtime/session-data.ts";
import { startApplication } from "./application.ts";

let browser: Browser<SessionData>;

beforeEach(async () => {
  browser = await startApplication();
});

test("GET / greets a visitor whom it does not know, and begins no session", async () => {
  const { status, body, cookies } = await browser.get("/");
  expect([status, cookies]).toEqual([200, []]);
  expect(body).toContain("<h1>Hello, visitor</h1>");
  expect(body).toContain('action="/sign-in"');
});

test("whoever signs in is led to GET /, which says so once and lets them sign out", async () => {
  const { body } = await browser.post("/sign-in", { name: "Ada" }, { followRedirects: true });
  expect(body).toContain('<p role="status">You are signed in as Ada.</p>');
  expect(body).toContain("<h1>Hello, Ada</h1>");
  const again = await browser.get("/");
  expect(again.body).not.toContain('role="status"');
  expect(again.body).toContain('action="/sign-out"');
  const out = await browser.post("/sign-out", {}, { followRedirects: true });
  expect(out.body).toContain("You are signed out.");
});

test("GET / escapes names and messages", async () => {
  const hostile = "<script>alert('x')</script>";
  const { body } = await browser.post("/sign-in", { name: hostile }, { followRedirects: true });
  expect(body).not.toContain("<script");
  expect(body).toContain("<h1>Hello, &#60;script&#62;alert(&#39;x&#39;)&#60;/script&#62;</h1>");
});

test("GET / lets browsers load nothing, and nothing frame it", async () => {
  const { headers } = await browser.get("/");
  expect(headers.get("content-security-policy")).toMatch(/^default-src 'none'; .*frame-ancestors 'none'$/);
  expect(headers.get("vary")).toBe("Cookie");
});
