import { afterAll, beforeAll, expect, test } from "vitest";
import { type RunningExample, startExample } from "./start-example.ts";
import { Visitor } from "./visitor.ts";

let example: RunningExample;
beforeAll(async () => {
  example = await startExample("node.md", { files: ["functions/express.ts"] });
});
afterAll(() => example?.close());

test("a visitor of the Express example has one session for all requests", async () => {
  const visitor = new Visitor(example.url);
  for (const visits of [1, 2]) {
    const response = await visitor.get("/express");
    expect([response.status, await response.json()], example.output).toEqual([200, { visits }]);
  }
});

test("a visitor of the Express example who is not signed in is asked to sign in, and then reaches the page", async () => {
  const visitor = new Visitor(example.url);
  const asked = await visitor.get("/express/account");
  expect([asked.status, await asked.text()], example.output).toEqual([401, "Please sign in.\n"]);
  await visitor.post("/sign-in", { name: "Ada" });
  expect(await (await visitor.get("/express/account")).text()).toBe("Hello, Ada");
  const signedOut = await visitor.post("/express/sign-out");
  expect([signedOut.status, signedOut.headers.get("location")]).toEqual([303, "/express"]);
  expect((await visitor.get("/express/account")).status).toBe(401);
});

test("a form of another site cannot sign a visitor of the Express example out", async () => {
  const visitor = new Visitor(example.url);
  await visitor.post("/sign-in", { name: "Ada" });
  const headers = { origin: "https://evil.example", "sec-fetch-site": "cross-site" };
  expect((await visitor.post("/express/sign-out", {}, { headers })).status).toBe(403);
  expect((await visitor.get("/express/account")).status).toBe(200);
});
