import { afterAll, beforeAll, expect, test } from "vitest";
import { type RunningExample, startExample } from "./start-example.ts";
import { Visitor } from "./visitor.ts";

let example: RunningExample;
beforeAll(async () => {
  example = await startExample("middy.md");
});
afterAll(() => example?.close());

test("a visitor of the Middy example has one session for all requests", async () => {
  const visitor = new Visitor(example.url);
  for (const visits of [1, 2]) {
    const response = await visitor.get("/middy");
    expect([response.status, await response.json()], example.output).toEqual([200, { visits }]);
  }
});

test("a visitor of the Middy example who is not signed in is asked to sign in, and then reaches the page", async () => {
  const visitor = new Visitor(example.url);
  const asked = await visitor.get("/middy/account");
  expect([asked.status, await asked.text()], example.output).toEqual([401, "Please sign in.\n"]);
  await visitor.post("/sign-in", { name: "Ada" });
  expect(await (await visitor.get("/middy/account")).text()).toBe("Hello, Ada");
});
