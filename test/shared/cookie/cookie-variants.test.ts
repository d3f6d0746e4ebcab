import { describe, expect, test } from "vitest";
import { withDeletions } from "../../../shared/cookie/cookie-variants.ts";
import { deleteCookie, setCookie } from "../../../shared/cookie/session-cookie.ts";
import { type CookieSettings, resolveCookie } from "../../../shared/session/cookie-settings.ts";

const VALID = { signedAt: 1 };
const FOREIGN = { refusal: "bad_signature" };
const EXPIRED = { refusal: "expired" };

/** Returns domain, path and partition of each deletion, in short form. */
function deletionsFor(
  cookie: CookieSettings,
  host: string | undefined,
  results: { signedAt?: number; refusal?: string }[] = [VALID, VALID],
  makeHeader = (resolved: ReturnType<typeof resolveCookie>) => setCookie(resolved, "value"),
  path = "/",
): string[] | undefined {
  const resolved = resolveCookie(cookie);
  const request = { method: "GET", path, host, cookies: [], header: () => undefined };
  const saved = { setCookie: makeHeader(resolved), vary: true };
  return withDeletions(saved, results, resolved, request).deletions?.map(shortForm);
}

function shortForm(header: string): string {
  const [, domain = "-"] = /Domain=([^;]+)/.exec(header) ?? [];
  const [, path = ""] = /Path=([^;]+)/.exec(header) ?? [];
  expect(header).toMatch(/^[\w-]+=; Max-Age=0; /);
  return `${domain} ${path}${header.includes("Partitioned") ? " partitioned" : ""}`;
}

describe("the cookies that are deleted beside the session's", () => {
  test.each<[string, CookieSettings, host: string | undefined, string[]]>([
    ["a __Host- cookie", {}, "app.example.com", ["- / partitioned"]],
    ["a partitioned __Host- cookie", { partitioned: true }, "app.example.com", ["- /"]],
    ["a cookie without Secure on localhost", { secure: false }, "localhost:3000", []],
    ["a cookie of a path", { secure: false, path: "/app" }, "localhost:3000", ["- /"]],
    [
      "a cookie of the host",
      { secure: false, name: "s" },
      "app.example.com:8080",
      ["app.example.com /", "example.com /"],
    ],
    [
      "a cookie of a domain",
      { secure: false, domain: "Example.com" },
      "APP.example.com",
      ["- /", "app.example.com /"],
    ],
    [
      "a cookie of a domain with a dot",
      { secure: false, domain: ".example.com" },
      "app.example.com",
      ["- /", "app.example.com /"],
    ],
    [
      "a cookie of the host, of a request whose Host has a label of more than 63 characters",
      { secure: false, name: "s" },
      `${"a".repeat(64)}.example.com`,
      [],
    ],
    [
      "a cookie of a domain, of a request without Host",
      { secure: false, domain: "example.com" },
      undefined,
      ["- /"],
    ],
  ])("%s differs from each of them in domain, path or partition", (_what, cookie, host, expected) => {
    expect(deletionsFor(cookie, host)).toEqual(expected);
  });

  test("a cookie with all attributes differs from each of them in one attribute", () => {
    expect(deletionsFor({ domain: "example.com", path: "/app" }, "a.example.com")).toEqual([
      "- /app",
      "a.example.com /app",
      "example.com /",
      "example.com /app partitioned",
    ]);
  });

  test.each<[path: string, string[]]>([
    ["/", ["- /"]],
    ["/app", ["- /"]],
    ["/app/", ["- /", "- /app/"]],
    ["/other/page/part", ["- /", "- /other", "- /other/page"]],
    ["/a;b/%20", ["- /"]],
    ["//", ["- /", "- //"]],
    ["", ["- /"]],
  ])("a request of %s names the cookies of the paths above it", (path, expected) => {
    const cookie = { secure: false, path: "/app" };
    expect(deletionsFor(cookie, undefined, undefined, undefined, path)).toEqual(expected);
  });

  test("a __Host- cookie has no other path", () => {
    expect(deletionsFor({}, "app.example.com", undefined, undefined, "/app")).toEqual(["- / partitioned"]);
  });

  test.each([
    "127.0.0.1:3000",
    "[::1]:3000",
    "a b.example.com",
    "x;y.example.com",
    "-a.b",
    "a..b",
    `${"a.".repeat(50)}b`,
  ])("the host %s has no domains", (host) => {
    expect(deletionsFor({ secure: false, name: "s" }, host)).toEqual([]);
  });

  test.each<[string, { signedAt?: number; refusal?: string }[], set: boolean, deleted: boolean]>([
    ["one valid cookie", [VALID], false, true],
    ["one expired cookie", [EXPIRED], false, true],
    ["one foreign cookie", [FOREIGN], false, false],
    ["a valid and a foreign cookie", [VALID, FOREIGN], false, false],
    ["a valid and an expired cookie", [VALID, EXPIRED], true, true],
    ["two valid cookies and a foreign one", [VALID, VALID, FOREIGN], true, true],
    ["no cookie", [], false, false],
  ])("with %s they are deleted only where they may be the session's own", (_what, results, set, deleted) => {
    const isDeleted = [setCookie, deleteCookie].map(
      (make) => deletionsFor({}, undefined, results, (cookie) => make(cookie, "value")) !== undefined,
    );
    expect(isDeleted).toEqual([set, deleted]);
  });
});
