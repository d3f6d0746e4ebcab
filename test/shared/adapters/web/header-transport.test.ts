import { createWithSession } from "lambda-sessions/header-transport";
import { MemoryStore, ServerSideSessionInterface } from "lambda-sessions/server-side";
import { h3Session, webSession } from "lambda-sessions/web";
import { expect, test } from "vitest";

const sessionInterface = new ServerSideSessionInterface({
  keys: ["k".repeat(32)],
  store: new MemoryStore(),
  log: () => {},
});
const withSession = createWithSession<{ visits: number }>({
  sessionInterface,
  transport: "both",
  log: () => {},
});
const count = webSession(withSession)(async (_request, session) =>
  Response.json(await session.increment("visits")),
);

function visit(headers: Record<string, string>): Promise<Response> {
  return count(new Request("https://app.example.com/", { method: "POST", headers }));
}

test("a client without cookies receives its token in a header of the response, and sends it back", async () => {
  const first = await visit({ "session-transport": "header" });
  expect([first.headers.getSetCookie(), first.headers.get("vary")]).toEqual([
    [],
    expect.stringContaining("Authorization"),
  ]);
  const token = first.headers.get("session-token") ?? "";
  const second = await visit({ authorization: `Bearer ${token}` });
  expect([await first.json(), await second.json()]).toEqual([1, 2]);
});

test("a browser beside it has its cookie, and no token that a script could read", async () => {
  const { headers } = await visit({ "sec-fetch-site": "same-origin" });
  expect([headers.getSetCookie().length, headers.get("session-token")]).toEqual([1, null]);
});

test("a 401 of h3 gets the challenge of clients without cookies, by whatever means the handler sets it", async () => {
  const { middleware } = h3Session(withSession);
  const challengeOf = async (status: number, value: unknown) => {
    const req = new Request("https://app.example.com/", { headers: { "session-transport": "header" } });
    const res = { headers: new Headers(), errHeaders: new Headers(), status };
    await middleware({ req, res }, async () => value);
    return [res.headers, res.errHeaders].map((headers) => headers.get("www-authenticate"));
  };
  expect(await challengeOf(401, "Please sign in.")).toEqual(["Bearer", null]);
  expect(await challengeOf(200, new Response("Please sign in.", { status: 401 }))).toEqual([null, "Bearer"]);
  const httpResponse = { status: 401, headers: new Headers(), body: "Please sign in." };
  expect(await challengeOf(200, httpResponse)).toEqual(["Bearer", null]);
  expect(await challengeOf(200, { status: 401 })).toEqual([null, null]);
  expect(await challengeOf(200, "Welcome.")).toEqual([null, null]);
});
