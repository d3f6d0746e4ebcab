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
  ])("%s %s matches %s, as in AWS's example", (method, path, routeKey) => {
    expect(chosen(example, method, path)).toBe(routeKey);
  });

  test("an exact method precedes ANY, and a full match precedes a greedy one", () => {
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
    ["GET", "/files/", "no value for the greedy variable"],
    ["GET", "/files", "no value for the greedy variable"],
    ["HEAD", "/pets", "another method"],
    ["GET", "*", "no path"],
  ])("no route matches %s %s with %s", (method, path) => {
    const router = routerOf("GET /pets", "GET /pets/{id}/toys", "GET /files/{path+}");
    expect(router.match(method, path)).toBeUndefined();
  });

  test("additional leading slashes do not change the route", () => {
    expect(chosen(routerOf("GET /a/b"), "GET", "//a/b")).toBe("GET /a/b");
  });

  test("a route may contain characters that find-my-way treats specially", () => {
    const router = routerOf("GET /a:b/{my-name.x}/c(d)");
    expect(router.match("GET", "/a:b/1/c(d)")?.pathParameters).toEqual({ "my-name.x": "1" });
  });
});

describe("path parameters", () => {
  test("path parameters have their names, and a greedy one contains slashes", () => {
    const router = routerOf("GET /users/{user}/files/{path+}");
    const { pathParameters } = router.match("GET", "/users/Ada L/files/a/b c.txt") ?? {};
    expect(pathParameters).toEqual({ user: "Ada L", path: "a/b c.txt" });
  });

  test("path parameters are absent if the route has no variable", () => {
    expect(routerOf("GET /a").match("GET", "/a")).not.toHaveProperty("pathParameters");
    expect(routerOf("$default").match("GET", "/a")).not.toHaveProperty("pathParameters");
  });

  test("a path parameter may be any string", () => {
    const router = routerOf("GET /a/{id}/z");
    const character = fc.oneof(
      fc.string({ unit: "binary", minLength: 1, maxLength: 1 }),
      fc.constantFrom(..."%?#:*;&=+. "),
    );
    const segment = fc
      .string({ unit: character, minLength: 1, maxLength: 40 })
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
