import { hash } from "node:crypto";
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

test("GET / leads to the identity provider with signIn=oidc, and lets the user sign out with a form", async () => {
  browser = await startApplication({ SIGN_IN: "oidc" });
  const { body } = await browser.get("/");
  expect(body).toContain('<a href="/sign-in?returnTo=%2F">Sign in</a>');
  expect(body).toContain('<a href="/sign-in?returnTo=%2F&amp;remember=true">');
  expect(body).not.toContain("<form");
  await browser.editSession((session) => session.signIn({ id: "ada", name: "Ada" }));
  const again = await browser.get("/");
  expect(again.body).toContain('<form method="post" action="/sign-out">');
  expect(again.body).not.toContain('href="/sign-in');
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

test("GET / forbids resources, framing and all styles but its own by its Content-Security-Policy", async () => {
  const { headers, body } = await browser.get("/");
  const style = hash("sha256", body.match(/<style>([^<]+)<\/style>/)?.[1] ?? "", "base64");
  const policy = headers.get("content-security-policy");
  expect(policy).toMatch(/^default-src 'none'; .*frame-ancestors 'none'$/);
  expect(policy).toContain(`; style-src 'sha256-${style}';`);
  expect(headers.get("vary")).toBe("Cookie");
});

test("HEAD / answers as GET / does, without the body", async () => {
  const [get, head] = [await browser.get("/"), await browser.request("HEAD", "/")];
  expect([head.status, head.body, [...head.headers]]).toEqual([get.status, "", [...get.headers]]);
});

test("GET / lets browsers use HTTPS alone for its host", async () => {
  expect((await browser.get("/")).headers.get("strict-transport-security")).toBe("max-age=31536000");
});
