import fc from "fast-check";
import { expect, test } from "vitest";
import { toReturnPath } from "../../../shared/oidc/start/return-path.ts";
import { SignInWorld } from "./sign-in-world.ts";

const ORIGIN = "https://app.example.com";

test.each([
  ["/", "/"],
  ["/orders", "/orders"],
  ["/orders?page=2&sort=a%20b#last", "/orders?page=2&sort=a%20b#last"],
  ["/orders?next=https://other.example/", "/orders?next=https://other.example/"],
  ["/käse", "/k%C3%A4se"],
  ["/a%20b", "/a%20b"],
  [`/orders?${"q".repeat(1000)}`, "/orders"],
  ["/a/../b", "/b"],
  ["/sign-in-help", "/sign-in-help"],
  [`/${"x".repeat(999)}`, `/${"x".repeat(999)}`],
])("the own path %j is kept as %j", (given, path) => {
  expect(toReturnPath(given)).toBe(path);
});

test.each([
  undefined,
  null,
  "",
  "orders",
  "https://evil.example/",
  "//evil.example",
  "///evil.example",
  "/\\evil.example",
  "\\/evil.example",
  "/a\\b",
  "/\t/evil.example",
  "/\n/evil.example",
  " /orders",
  "/or ders",
  "/orders\u0000",
  "/orders\u0085",
  "/.//evil.example",
  "/..//evil.example",
  "/a/..//evil.example",
  "/%2e%2e//evil.example",
  "/%2F/evil.example",
  "/%2Fevil.example",
  "/%5Cevil.example",
  "/%09/evil.example",
  "/%0D%0ASet-Cookie:x",
  "/%",
  "/%E0%A4%A",
  "javascript:alert(1)",
  "data:text/html,x",
  "@evil.example",
  "/sign-in",
  "/sign-in/callback?code=x",
  "/SIGN-IN",
  "/%73ign-in",
  "/x/../sign-out",
  "/sign-out",
  "/signed-out",
  `/${"x".repeat(1000)}`,
  `/${"ä".repeat(400)}`,
])("the return path %j becomes the home page", (given) => {
  expect(toReturnPath(given)).toBe("/");
});

test("every return path leads to this origin, whatever was asked for", () => {
  const piece = fc.constantFrom(
    "/",
    "\\",
    "%2f",
    "%5c",
    ".",
    "..",
    "%2e",
    "@",
    ":",
    "?",
    "#",
    "\t",
    "evil.example",
    "http:",
  );
  const hostile = fc
    .array(fc.oneof(piece, fc.string({ unit: "binary", maxLength: 3 })))
    .map((parts) => parts.join(""));
  fc.assert(
    fc.property(
      fc.oneof(
        hostile,
        hostile.map((text) => `/${text}`),
        fc.webUrl(),
      ),
      (given) => {
        const path = toReturnPath(given);
        const url = new URL(path, ORIGIN);
        expect(url.origin).toBe(ORIGIN);
        expect(path).toMatch(/^\/(?![/\\])[\x21-\x7e]*$/);
        expect(url.pathname).not.toMatch(/^\/(sign-in|sign-out|signed-out)(\/|$)/i);
        expect(toReturnPath(path)).toBe(path);
      },
    ),
    { numRuns: 2000 },
  );
});

test("the callback redirects to the checked path only", async () => {
  const world = await SignInWorld.start();
  const response = await world.signIn(world.browser(), "/sign-in?returnTo=//evil.example");
  expect(response.headers.get("location")).toBe("/");
});
