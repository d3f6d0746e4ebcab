import { describe, expect, test } from "vitest";
import { decodePath, splitUrl } from "../../../shared/gateway/http-api/node-request.ts";

describe("the path that a function gets", () => {
  // Observed at an HTTP API on AWS.
  test.each([
    ["/capture/plain", "/capture/plain"],
    ["/capture/space%20value", "/capture/space value"],
    ["/capture/question%3Fvalue", "/capture/question"],
    ["/capture/hash%23value", "/capture/hash#value"],
    ["/capture/slash%2Fvalue", "/capture/slash/value"],
    ["/capture/unicode-%CE%BB-%E4%B8%96%E7%95%8C", "/capture/unicode-λ-世界"],
    ["/capture/literal%252Fvalue", "/capture/literal/value"],
    ["/capture/literal%253Fvalue", "/capture/literal?value"],
    ["/capture/literal%2525value", "/capture/literal%value"],
  ])("a function receives the URL %s as the path %s", (sent, path) => {
    expect(decodePath(sent)).toBe(path);
  });

  test.each(["/capture/percent%25done", "/%", "/%zz", "/%ff"])("the malformed URL %s has no path", (sent) => {
    expect(decodePath(sent)).toBeUndefined();
  });

  test("the path of a request ends at the query", () => {
    expect(decodePath("/a?b=%2F")).toBe("/a");
  });
});

describe("a URL", () => {
  test.each([
    ["/a/b", { path: "/a/b", queryString: "" }],
    ["/a?", { path: "/a", queryString: "" }],
    ["/a?b=1&c=?", { path: "/a", queryString: "b=1&c=?" }],
    ["http://localhost:3000/a?b", { path: "/a", queryString: "b" }],
  ])("the URL %s is split into path and query", (url, parts) => {
    expect(splitUrl(url)).toEqual(parts);
  });
});
