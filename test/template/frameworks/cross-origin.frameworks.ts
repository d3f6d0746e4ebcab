import { afterAll, beforeAll, expect, test } from "vitest";
import { type RunningExample, startExample } from "./start-example.ts";
import { Visitor } from "./visitor.ts";

const APP = "http://localhost:5173";

let example: RunningExample;
beforeAll(async () => {
  example = await startExample("cross-origin.md", { context: { trustedOrigins: APP } });
});
afterAll(() => example?.close());

/** Headers that a browser adds to a request of the application's script. */
const fromApp = { origin: APP, "sec-fetch-site": "same-site", "content-type": "application/json" };

function corsHeadersOf({ headers }: Response): Record<string, string> {
  return Object.fromEntries([...headers].filter(([name]) => name.startsWith("access-control-")));
}

test("the application counts in one session, and its script may read the responses", async () => {
  const visitor = new Visitor(example.url);
  const body = JSON.stringify({ visits: 7 });
  const put = await visitor.fetch("/counter", { method: "PUT", headers: fromApp, body });
  expect(await put.json()).toEqual({ visits: 7 });
  const get = await visitor.get("/counter", { headers: fromApp });
  expect(await get.json()).toEqual({ visits: 7 });
  expect(corsHeadersOf(get)).toEqual({
    "access-control-allow-credentials": "true",
    "access-control-allow-origin": APP,
    "access-control-expose-headers": "retry-after,session-token",
  });
});

test("a route that names its methods needs no function for preflight requests, and one with ANY answers itself", async () => {
  for (const path of ["/counter", "/greeting"]) {
    const headers = { origin: APP, "access-control-request-method": "PUT" };
    const response = await fetch(example.url + path, { method: "OPTIONS", headers });
    expect([response.status, corsHeadersOf(response)]).toEqual([
      204,
      {
        "access-control-allow-credentials": "true",
        "access-control-allow-headers": "authorization,content-type,session-transport",
        "access-control-allow-methods": "DELETE,GET,HEAD,PATCH,POST,PUT",
        "access-control-allow-origin": APP,
        "access-control-expose-headers": "retry-after,session-token",
        "access-control-max-age": "7200",
      },
    ]);
  }
});

test("a page of another site can neither change the number nor read it", async () => {
  const visitor = new Visitor(example.url);
  const headers = { ...fromApp, origin: "https://evil.example", "sec-fetch-site": "cross-site" };
  const put = await visitor.fetch("/counter", { method: "PUT", headers, body: '{"visits":9}' });
  expect([put.status, corsHeadersOf(put)]).toEqual([403, {}]);
  const get = await visitor.get("/counter", { headers });
  expect([await get.json(), corsHeadersOf(get)]).toEqual([{ visits: 0 }, {}]);
});
