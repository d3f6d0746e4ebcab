import type { Browser } from "lambda-sessions/testing";
import { beforeEach, expect, test } from "vitest";
import type { SessionData } from "../../functions/runtime/session-data.ts";
import { startApplication } from "./application.ts";

let browser: Browser<SessionData>;

beforeEach(async () => {
  browser = await startApplication();
});

test("GET / greets a new visitor, and begins no session", async () => {
  const { status, body, cookies } = await browser.get("/");
  expect([status, cookies]).toEqual([200, []]);
  expect(body).toContain("<h1>Hello, visitor</h1>");
  expect(body).toContain('action="/sign-in"');
});

test("GET / greets a user, shows waiting messages once, and lets the user sign out", async () => {
  await browser.editSession((session) => {
    session.signIn({ id: "ada", name: "Ada" });
    session.flash("You are signed in as Ada.");
  });
  const { body } = await browser.get("/");
  expect(body).toContain('<p role="status">You are signed in as Ada.</p>');
  expect(body).toContain("<h1>Hello, Ada</h1>");
  const again = await browser.get("/");
  expect(again.body).not.toContain('role="status"');
  expect(again.body).toContain('action="/sign-out"');
});

test("GET / escapes names and messages", async () => {
  const hostile = "<script>alert('x')</script>";
  await browser.editSession((session) => {
    session.signIn({ id: "ada", name: hostile });
    session.flash(hostile);
  });
  const { body } = await browser.get("/");
  expect(body).not.toContain("<script");
  const escaped = "&#60;script&#62;alert(&#39;x&#39;)&#60;/script&#62;";
  expect(body).toContain(`<h1>Hello, ${escaped}</h1>`);
  expect(body).toContain(`<p role="status">${escaped}</p>`);
});

test("GET / forbids resources and framing by its Content-Security-Policy", async () => {
  const { headers } = await browser.get("/");
  expect(headers.get("content-security-policy")).toMatch(/^default-src 'none'; .*frame-ancestors 'none'$/);
  expect(headers.get("vary")).toBe("Cookie");
});
