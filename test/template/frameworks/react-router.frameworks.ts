import { afterAll, beforeAll, expect, test } from "vitest";
import { type RunningExample, startExample } from "./start-example.ts";
import { Visitor } from "./visitor.ts";

let example: RunningExample;
beforeAll(async () => {
  example = await startExample("web.md", { files: ["functions/react-router.ts"] });
});
afterAll(() => example?.close());

/** Matches a page with a count of visits. */
const visits = (count: number) => expect.stringMatching(new RegExp(`^<!doctype html>.*Visits: ${count} `));

test("a visitor of the React Router example has one session, which a thrown redirect of an action saves", async () => {
  const visitor = new Visitor(example.url);
  const page = async () => (await visitor.get("/react-router")).text();
  expect([await page(), await page()]).toEqual([visits(1), visits(2)]);
  const redirect = await visitor.post("/react-router");
  expect([redirect.status, redirect.headers.get("location")]).toEqual([302, "/react-router"]);
  expect(await page()).toEqual(visits(1));
});

test("a form of another site does not reach the action of the React Router example", async () => {
  const headers = { origin: "https://evil.example", "sec-fetch-site": "cross-site" };
  const response = await new Visitor(example.url).post("/react-router", {}, { headers });
  expect([response.status, response.headers.getSetCookie()]).toEqual([403, []]);
});

test("the middleware and the storage have the types of React Router, and of any handler of requests", () => {
  const code = `
import type { Session } from "lambda-sessions";
import { reactRouterSession, reactRouterStorage, webSession } from "lambda-sessions/web";
import { createContext, type MiddlewareFunction, type SessionStorage } from "react-router";
import { withSession } from "./runtime/session.ts";
import type { SessionData } from "./runtime/session-data.ts";

type Flashed = { notice: string };
const sessionContext = createContext<Session<SessionData>>();
const other = createContext<Session<{ other: string }>>();

export const middleware: MiddlewareFunction<Response>[] = [reactRouterSession(withSession, sessionContext)];
export const plain: SessionStorage<SessionData> = reactRouterStorage(withSession);
export const storage: SessionStorage<SessionData, Flashed> = reactRouterStorage<SessionData, Flashed>(withSession);
export const fetchHandler: (request: Request) => Promise<Response> = webSession(withSession)(
  async (_request, session) => Response.json({ visits: await session.increment("visits") }),
);
// @ts-expect-error The context is of another session.
reactRouterSession(withSession, other);
`;
  example.project.write("functions/types.ts", code);
  example.project.check();
});
