import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type RunningExample, startExample } from "./start-example.ts";
import { Visitor } from "./visitor.ts";

let example: RunningExample;
beforeAll(async () => {
  example = await startExample("routes.md");
});
afterAll(() => example?.close());

describe("the example with several routes in one function", () => {
  test("a visitor pins notes, whose ids are decoded", async () => {
    const visitor = new Visitor(example.url);
    const pinned = async () => (await visitor.get("/notes")).json();
    expect(await pinned(), example.output).toEqual({ pinned: null });
    for (const id of ["7", "a note #ä&"]) {
      const path = `/notes/${encodeURIComponent(id)}`;
      expect(await (await visitor.get(path)).json()).toEqual({ id, pinned: false });
      const { status, headers } = await visitor.post(`${path}/pin`);
      expect([status, headers.get("location")]).toEqual([303, path]);
      expect(await (await visitor.get(path)).json()).toEqual({ id, pinned: true });
      expect(await pinned()).toEqual({ pinned: id });
    }
  });

  test("HEAD has the headers of GET and no body", async () => {
    const visitor = new Visitor(example.url);
    const [get, head] = [await visitor.get("/notes/7"), await visitor.fetch("/notes/7", { method: "HEAD" })];
    expect([head.status, await head.text()]).toEqual([200, ""]);
    for (const name of ["content-type", "content-length", "vary", "cache-control"])
      expect([name, head.headers.get(name)]).toEqual([name, get.headers.get(name)]);
  });
});

describe("the example with one Hono application for all routes", () => {
  test("a visitor has one session in all routes, with path parameters", async () => {
    const visitor = new Visitor(example.url);
    await visitor.fetch("/pages/1", { method: "HEAD" });
    expect(await (await visitor.get("/pages/a%20b")).json()).toEqual({ page: "a b", visits: 2 });
  });

  test("a path that the application does not have is answered with 404 by Hono, and one of the table by its own function", async () => {
    const visitor = new Visitor(example.url);
    const missing = await visitor.post("/missing");
    expect([missing.status, await missing.text()]).toEqual([404, "404 Not Found"]);
    expect(await (await visitor.get("/notes")).json()).toEqual({ pinned: null });
  });

  test("the root belongs to the function of GET / as long as the table names one", async () => {
    const visitor = new Visitor(example.url);
    expect((await visitor.get("/")).headers.get("content-type")).toContain("text/html");
    const head = await visitor.fetch("/", { method: "HEAD" });
    expect([head.status, head.headers.get("location")]).toEqual([302, "/pages/1"]);
  });

  test("a form of another site is refused on every path", async () => {
    const headers = { origin: "https://evil.example", "sec-fetch-site": "cross-site" };
    for (const path of ["/", "/pages/1", "/missing"])
      expect((await new Visitor(example.url).post(path, {}, { headers })).status).toBe(403);
  });
});
