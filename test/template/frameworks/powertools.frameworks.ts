import { afterAll, beforeAll, expect, test } from "vitest";
import { type RunningExample, startExample } from "./start-example.ts";
import { Visitor } from "./visitor.ts";

let example: RunningExample;
beforeAll(async () => {
  example = await startExample("web.md", { files: ["functions/powertools.ts"] });
});
afterAll(() => example?.close());

test("a visitor of the Powertools example has one session for all requests, until the sign-out deletes its cookie", async () => {
  const visitor = new Visitor(example.url);
  for (const visits of [1, 2]) expect(await (await visitor.get("/powertools")).json()).toEqual({ visits });
  const signedOut = await visitor.post("/powertools/sign-out");
  expect([signedOut.status, signedOut.headers.get("location")]).toEqual([303, "/powertools"]);
  const deletions = signedOut.headers.getSetCookie();
  expect(deletions).toEqual(
    deletions.map(() => expect.stringMatching(/^session-\w+=;.* Expires=Thu, 01 Jan 1970 .*SameSite=Lax$/)),
  );
  expect(await visitor.jar.getCookies(example.url)).toEqual([]);
  expect(await (await visitor.get("/powertools")).json()).toEqual({ visits: 1 });
});

test("a form of another site does not reach the Powertools example", async () => {
  const headers = { origin: "https://evil.example", "sec-fetch-site": "cross-site" };
  const response = await new Visitor(example.url).post("/powertools/sign-out", {}, { headers });
  expect([response.status, response.headers.getSetCookie()]).toEqual([403, []]);
});
