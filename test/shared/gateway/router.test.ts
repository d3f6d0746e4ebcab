import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Router } from "../../../shared/gateway/router.ts";

function routerOf(...routeKeys: string[]) {
  return new Router(routeKeys.map((routeKey) => ({ routeKey })));
}

function chosen(router: ReturnType<typeof routerOf>, method: string, path: string) {
  return router.match(method, path)?.route.routeKey;
}

describe("the route of a request", () => {
  // https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html
  const example = routerOf(
    "$default",
    "ANY /{proxy+}",
    "GET /pets/{proxy+}",
    "GET /pets/dog/{id}",
    "GET /pets/dog/1",
  );
  test.each([
    ["GET", "/pets/dog/1", "GET /pets/dog/1"],
    ["GET", "/pets/dog/2", "GET /pets/dog/{id}"],
    ["GET", "/pets/cat/1", "GET /pets/{proxy+}"],
    ["POST", "/test/5", "ANY /{proxy+}"],
    ["GET", "/", "$default"],
  ])("is AWS's for AWS's example: %s %s takes %s", (method, path, routeKey) => {
    expect(chosen(example, method, path)).toBe(routeKey);
  });

  test("has the exact method before ANY, and any full match before a greedy one", () => {
    const router = routerOf("ANY /a", "GET /a", "GET /b/{rest+}", "ANY /b/{id}");
    expect(chosen(router, "GET", "/a")).toBe("GET /a");
    expect(chosen(router, "PURGE", "/a")).toBe("ANY /a");
    expect(chosen(router, "GET", "/b/1")).toBe("ANY /b/{id}");
    expect(chosen(router, "GET", "/b/1/2")).toBe("GET /b/{rest+}");
  });

  test.each([
    ["GET", "/PETS", "another case"],
    ["GET", "/pets/", "a slash at the end"],
    ["GET", "/pets//toys", "an empty segment"],
    ["GET", "/files/", "nothing for the greedy variable"],
    ["GET", "/files", "nothing for the greedy variable"],
    ["HEAD", "/pets", "another method"],
    ["GET", "*", "no path at all"],
  ])("does not exist for %s %s: %s", (method, path) => {
    const router = routerOf("GET /pets", "GET /pets/{id}/toys", "GET /files/{path+}");
    expect(router.match(method, path)).toBeUndefined();
  });

  test("does not mind further slashes at the front", () => {
    expect(chosen(routerOf("GET /a/b"), "GET", "//a/b")).toBe("GET /a/b");
  });

  test("may hold characters that mean something to the library behind it", () => {
    const router = routerOf("GET /a:b/{my-name.x}/c(d)");
    expect(router.match("GET", "/a:b/1/c(d)")?.pathParameters).toEqual({ "my-name.x": "1" });
  });
});

describe("path parameters", () => {
  test("come by name, a greedy one with its slashes", () => {
    const router = routerOf("GET /users/{user}/files/{path+}");
    const { pathParameters } = router.match("GET", "/users/Ada L/files/a/b c.txt") ?? {};
    expect(pathParameters).toEqual({ user: "Ada L", path: "a/b c.txt" });
  });

  test("are absent where the route has none", () => {
    expect(routerOf("GET /a").match("GET", "/a")).not.toHaveProperty("pathParameters");
    expect(routerOf("$default").match("GET", "/a")).not.toHaveProperty("pathParameters");
  });

  test("are whatever text the path has", () => {
    const router = routerOf("GET /a/{id}/z");
    const segment = fc
      .string({ unit: "binary", minLength: 1, maxLength: 40 })
      .filter((text) => !text.includes("/"));
    expect(router.match("GET", `/a/${"long".repeat(1000)}/z`)?.pathParameters).toEqual({
      id: "long".repeat(1000),
    });
    fc.assert(
      fc.property(segment, (id) => {
        expect(router.match("GET", `/a/${id}/z`)?.pathParameters).toEqual({ id });
      }),
    );
  });
});
