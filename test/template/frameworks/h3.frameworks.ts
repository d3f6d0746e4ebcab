import { afterAll, beforeAll, expect, test } from "vitest";
import { type RunningExample, startExample } from "./start-example.ts";
import { Visitor } from "./visitor.ts";

let example: RunningExample;
beforeAll(async () => {
  example = await startExample("web.md", { files: ["functions/h3.ts"] });
});
afterAll(() => example?.close());

test("a visitor of the h3 example has one session for all requests, until the sign-out deletes its cookie", async () => {
  const visitor = new Visitor(example.url);
  for (const visits of [1, 2]) expect(await (await visitor.get("/h3")).json()).toEqual({ visits });
  const signedOut = await visitor.post("/h3/sign-out");
  expect([signedOut.status, signedOut.headers.get("location")]).toEqual([303, "/h3"]);
  const deletions = signedOut.headers.getSetCookie();
  expect(deletions).toEqual(
    deletions.map(() => expect.stringMatching(/^session-\w+=;.* Expires=Thu, 01 Jan 1970 .*SameSite=Lax$/)),
  );
  expect(await visitor.jar.getCookies(example.url)).toEqual([]);
  expect(await (await visitor.get("/h3")).json()).toEqual({ visits: 1 });
});

test("a form of another site does not reach the h3 example", async () => {
  const headers = { origin: "https://evil.example", "sec-fetch-site": "cross-site" };
  const response = await new Visitor(example.url).post("/h3/sign-out", {}, { headers });
  expect([response.status, response.headers.getSetCookie()]).toEqual([403, []]);
});
