import { afterAll, beforeAll, expect, test } from "vitest";
import { type RunningExample, startExample } from "./start-example.ts";
import { Visitor } from "./visitor.ts";

let example: RunningExample;
beforeAll(async () => {
  example = await startExample("web.md", { files: ["functions/hono.ts"] });
});
afterAll(() => example?.close());

test("a visitor of the Hono example has one session for all requests", async () => {
  const visitor = new Visitor(example.url);
  for (const visits of [1, 2]) expect(await (await visitor.get("/hono")).json()).toEqual({ visits });
});

test("a visitor of the Hono example who is not signed in is asked to sign in, and then reaches the page", async () => {
  const visitor = new Visitor(example.url);
  const asked = await visitor.get("/hono/account");
  expect([asked.status, await asked.text()]).toEqual([401, "Please sign in.\n"]);
  await visitor.post("/sign-in", { name: "Ada" });
  expect(await (await visitor.get("/hono/account")).text()).toBe("Hello, Ada");
  const signedOut = await visitor.post("/hono/sign-out");
  expect([signedOut.status, signedOut.headers.get("location")]).toEqual([303, "/hono"]);
  expect((await visitor.get("/hono/account")).status).toBe(401);
});

test("a form of another site cannot sign a visitor of the Hono example out", async () => {
  const visitor = new Visitor(example.url);
  await visitor.post("/sign-in", { name: "Ada" });
  const headers = { origin: "https://evil.example", "sec-fetch-site": "cross-site" };
  expect((await visitor.post("/hono/sign-out", {}, { headers })).status).toBe(403);
  expect((await visitor.get("/hono/account")).status).toBe(200);
});

test("a Hono application that declares no session, or another one, does not compile", () => {
  const code = `
import { Hono } from "hono";
import { getConnInfo } from "hono/aws-lambda";
import { honoSession, type SessionVariables } from "lambda-sessions/web";
import { withSession } from "./runtime/session.ts";
import type { SessionData } from "./runtime/session-data.ts";

const app = new Hono<{ Variables: SessionVariables<SessionData> }>();
app.use(honoSession(withSession, { address: (c) => getConnInfo(c).remote.address }));
app.get("/", honoSession(withSession), (c) => c.json({ visits: c.var.session.get("visits") }));
// @ts-expect-error The session has no such key.
app.get("/", (c) => c.json({ visits: c.get("session").get("vists") }));
// @ts-expect-error The application declares no session.
new Hono().use(honoSession(withSession));
// @ts-expect-error The application declares another session.
new Hono<{ Variables: SessionVariables<{ other: string }> }>().use(honoSession(withSession));
`;
  example.project.write("functions/types.ts", code);
  example.project.check();
});
