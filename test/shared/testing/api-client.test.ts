import { createWithSession } from "lambda-sessions/header-transport";
import { readJson } from "lambda-sessions/lambda";
import { MemoryStore, ServerSideSessionInterface } from "lambda-sessions/server-side";
import { ApiClient, Clock } from "lambda-sessions/testing";
import { expect, test } from "vitest";

const clock = new Clock();
const sessionInterface = new ServerSideSessionInterface({
  store: new MemoryStore(),
  keys: ["a secret key of at least 32 bytes, for tests"],
  clock: clock.now,
  log: () => {},
});
const withSession = createWithSession({ sessionInterface, transport: "both" });

const ROUTES = {
  "GET /visits": withSession((_event, session) => session.increment("visits")),
  "GET /request": withSession(({ headers, requestContext }) => ({ headers, at: requestContext.timeEpoch })),
  "POST /color": withSession((event, session) => {
    const { body, problem } = readJson(event);
    if (problem) return problem;
    session.set("color", body.color);
    return session;
  }),
  "POST /sign-out": withSession((_event, session) => [session.signOut()]),
  "GET /broken": withSession(() => {
    throw new RangeError("broken");
  }),
};

test("a client keeps the token of the last response, and forgets it when the session has ended", async () => {
  const client = new ApiClient(ROUTES);
  expect(client.token).toBeUndefined();
  for (const visits of ["1", "2"]) expect((await client.get("/visits")).body).toBe(visits);
  expect(client.token).toMatch(/^[\w.-]{50,}$/);
  await client.post("/sign-out");
  expect(client.token).toBeUndefined();
  expect((await client.get("/visits")).body).toBe("1");
});

test("a client begins with a token that was kept", async () => {
  const first = new ApiClient(ROUTES);
  await first.get("/visits");
  const second = new ApiClient(ROUTES, first.token === undefined ? {} : { token: first.token });
  expect((await second.get("/visits")).body).toBe("2");
});

test("a client sends values as JSON and asks for JSON", async () => {
  const client = new ApiClient(ROUTES);
  expect((await client.post("/color", { color: "red" })).json()).toEqual({ color: "red" });
  const form = { headers: { "content-type": "text/plain" } };
  const refused = await client.post("/color", {}, form);
  expect([refused.status, refused.headers.get("content-type")]).toEqual([415, "application/problem+json"]);
});

test("a client sends the origin, the time and its headers, and no cookie", async () => {
  const client = new ApiClient(ROUTES, { clock: clock.now, origin: "https://api.example.com" });
  const { headers, at } = (await client.get("/request", { headers: { "user-agent": "Phone" } })).json();
  expect(headers).toMatchObject({
    host: "api.example.com",
    "user-agent": "Phone",
    "session-transport": "header",
  });
  expect(headers).not.toHaveProperty("cookie");
  expect(at).toBe(clock.now());
});

test("a client works with payload 1.0, and rethrows the error of a handler", async () => {
  const client = new ApiClient(ROUTES, { payload: "1.0" });
  for (const visits of ["1", "2"]) expect((await client.get("/visits")).body).toBe(visits);
  await expect(client.get("/broken")).rejects.toThrow(new RangeError("broken"));
});
