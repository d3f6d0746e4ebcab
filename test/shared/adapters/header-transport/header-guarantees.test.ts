import { describe, expect, test } from "vitest";
import { createWithSession } from "../../../../shared/header-transport.ts";
import { SessionUnavailableError } from "../../../../shared/index.ts";
import { ApiClient } from "../../../../shared/testing.ts";
import { ADA, type AnyHandler, HeaderFixture, STORAGES } from "./header-fixture.ts";

/** Counts in the session, signs in and out, and renews, by the request's path. */
const application: AnyHandler = async (event, session) => {
  switch (event.rawPath) {
    case "/sign-in":
      session.signIn(ADA);
      return "signed in";
    case "/sign-out":
      session.signOut();
      return "signed out";
    case "/renew":
      session.renew();
      return "renewed";
    case "/large":
      session.set("large", "x".repeat(500_000));
      return "stored";
    case "/count":
      return session.increment("count");
    default:
      return { user: session.user?.name, count: session.get("count"), refusal: session.refusal };
  }
};

/** Returns two programs with the same token, as when an application is copied to another device. */
function copy(fixture: HeaderFixture, client: ApiClient): ApiClient {
  return fixture.client(application, client.token);
}

describe.each(STORAGES)("clients with tokens and storage %s", (storage) => {
  const start = (settings: ConstructorParameters<typeof HeaderFixture>[2] = {}) => {
    const fixture = new HeaderFixture(storage, "header", settings);
    return { fixture, client: fixture.client(application) };
  };

  test("a client keeps its session over requests", async () => {
    const { client } = start();
    await client.post("/count");
    await client.post("/count");
    expect((await client.get("/")).json()).toEqual({ count: 2 });
  });

  test("two clients have two sessions", async () => {
    const { fixture, client } = start();
    await client.post("/count");
    const other = fixture.client(application);
    expect((await other.get("/")).json()).toEqual({});
    expect((await other.post("/count")).body).toBe("1");
  });

  test("a session expires when its token was not used for its lifetime", async () => {
    const { fixture, client } = start({ lifetime: 100 });
    await client.post("/count");
    fixture.clock.advance(100);
    expect((await client.get("/")).json()).toEqual({ count: 1 });
    fixture.clock.advance(101);
    expect((await client.get("/")).json()).toEqual({ refusal: "expired" });
  });

  test("a permanent session lives as long as it is used, and its absolute lifetime at most", async () => {
    const { fixture, client } = start({ permanent: true, lifetime: 100, absoluteLifetime: 1000 });
    await client.post("/count");
    for (let used = 0; used < 12; used++) {
      fixture.clock.advance(80);
      expect((await client.get("/")).json(), `${used}`).toEqual({ count: 1 });
    }
    fixture.clock.advance(80);
    expect((await client.get("/")).json()).toEqual({ refusal: "absolute_lifetime" });
  });

  test("a sign-in gives a new token, and ends what the token before could do", async () => {
    const { fixture, client } = start();
    await client.post("/count");
    const planted = copy(fixture, client);
    await client.post("/sign-in");
    expect((await client.get("/")).json()).toEqual({ user: "Ada", count: 1 });
    fixture.clock.advance(60);
    expect((await planted.get("/")).json().user).toBeUndefined();
  });

  test("a sign-out ends the session for every copy of its token", async () => {
    const { fixture, client } = start();
    await client.post("/sign-in");
    const stolen = copy(fixture, client);
    await client.post("/sign-out");
    expect(client.token).toBeUndefined();
    const response = await stolen.get("/");
    expect(response.json()).toEqual({ refusal: expect.stringMatching(/destroyed|revoked/) });
    expect(stolen.token).toBeUndefined();
  });

  test("an operator ends all sessions of a user at once", async () => {
    const { fixture, client } = start();
    await client.post("/sign-in");
    const second = fixture.client(application);
    await second.post("/sign-in");
    expect(await fixture.directory.endAllOf(ADA.id)).toBe(2);
    for (const one of [client, second])
      expect((await one.get("/")).json()).toEqual({ refusal: expect.stringMatching(/revoked/) });
  });

  test("over the cap, the session that was used least recently is evicted", async () => {
    const { fixture, client } = start({ maxSessionsPerUser: 2 });
    const clients = [client, fixture.client(application), fixture.client(application)];
    for (const one of clients) {
      await one.post("/sign-in");
      fixture.clock.advance(10);
    }
    const users = await Promise.all(clients.map(async (one) => (await one.get("/")).json().user));
    expect(users).toEqual([undefined, "Ada", "Ada"]);
  });

  test("over the cap, a further sign-in is refused with 403 if the settings say so", async () => {
    const { fixture, client } = start({ maxSessionsPerUser: 1, sessionLimitPolicy: "refuse-new" });
    await client.post("/sign-in");
    const second = await fixture.client(application).post("/sign-in");
    expect([second.status, second.headers.has("session-token")]).toEqual([403, false]);
    expect(second.headers.get("vary")).toBe("Accept, Authorization");
  });

  test("a session that is too large is refused with 413, and the token stays valid", async () => {
    const { client } = start();
    await client.post("/count");
    const response = await client.post("/large");
    expect([response.status, response.headers.has("session-token")]).toEqual([413, false]);
    expect((await client.get("/")).json()).toEqual({ count: 1 });
  });

  test("a system that fails is answered with 503, and the token stays valid", async () => {
    const { fixture, client } = start();
    await client.post("/count");
    const open = () => Promise.reject(new SessionUnavailableError("the table is down"));
    const failing = { ...fixture.options, sessionInterface: { ...fixture.sessionInterface, open } };
    const handler = createWithSession(failing as typeof fixture.options)(application);
    const token = client.token ?? "";
    const response = await new ApiClient({ $default: handler }, { token }).get("/");
    expect([response.status, response.headers.get("retry-after")]).toEqual([503, "1"]);
    expect(response.headers.has("session-token")).toBe(false);
    expect((await client.get("/")).json()).toEqual({ count: 1 });
  });

  test("no record of the log contains a token", async () => {
    const { fixture, client } = start({ maxSessionsPerUser: 1 });
    const tokens = new Set<string>();
    for (const path of [
      "/count",
      "/sign-in",
      "/renew",
      "/count",
      "/large",
      "/sign-out",
      "/count",
      "/sign-in",
    ]) {
      await client.post(path);
      if (client.token !== undefined) tokens.add(client.token);
    }
    const old = [...tokens];
    for (const token of [
      ...old,
      ...old.map((one) => `${one.slice(0, -1)}!`),
      ...old.map((one) => `${one},${one}`),
    ])
      await fixture.client(application, token).get("/");
    expect(tokens.size).toBeGreaterThan(4);
    expect(fixture.log.records.length).toBeGreaterThan(8);
    // A part of a token, too, is a part of a secret.
    for (const token of tokens)
      for (const part of token.split(".")) if (part.length > 8) expect(fixture.log.text).not.toContain(part);
  });
});

describe("parallel requests of one client", () => {
  test("with storage dynamodb, no change of parallel requests is lost, also while tokens are renewed", async () => {
    const fixture = new HeaderFixture("dynamodb", "header", { renewAfter: 60 });
    const client = fixture.client(application);
    await client.post("/count");
    for (let round = 0; round < 20; round++) {
      fixture.clock.advance(61);
      const statuses = await Promise.all(Array.from({ length: 10 }, () => client.post("/count")));
      expect(statuses.map(({ status }) => status)).toEqual(Array(10).fill(200));
    }
    expect((await client.get("/")).json()).toEqual({ count: 201 });
  });

  test("a periodic renewal keeps the token before valid until the client has used the new one", async () => {
    const fixture = new HeaderFixture("dynamodb", "header", { renewAfter: 60 });
    const client = fixture.client(application);
    await client.post("/count");
    const first = client.token;
    const lost = copy(fixture, client);
    fixture.clock.advance(61);
    await client.post("/count");
    expect(client.token).not.toBe(first);
    fixture.clock.advance(30);
    expect((await lost.get("/")).json()).toEqual({ count: 2 });
    expect(lost.token?.split(".")[0]).toBe(client.token?.split(".")[0]);
    await client.get("/");
    fixture.clock.advance(11);
    expect((await client.get("/")).json()).toEqual({ count: 2 });
    expect((await fixture.client(application, first).get("/")).json()).toEqual({ refusal: "token_replaced" });
  });

  test("a late response that a session has ended does not remove the token of the next one", async () => {
    const fixture = new HeaderFixture("dynamodb", "header", { lifetime: 60 });
    const { promise, resolve } = Promise.withResolvers<void>();
    const client = fixture.client(
      async (event, session) => {
        if (event.rawPath === "/late") await promise;
        return event.rawPath === "/sign-in" ? [session.signIn(ADA)] : { user: session.user?.name };
      },
      await fixture.begin(),
    );
    fixture.clock.advance(61);
    const late = client.get("/late");
    await client.post("/sign-in");
    resolve();
    expect((await late).headers.get("session-token")).toBe("deleted");
    expect((await client.get("/")).json()).toEqual({ user: "Ada" });
  });

  test("a change whose session was destroyed meanwhile is refused with 409, and the client forgets the token", async () => {
    const fixture = new HeaderFixture("dynamodb");
    const client = fixture.client(application);
    await client.post("/count");
    const { token } = client;
    const slow = fixture.client(async (_event, session) => {
      session.set("late", true);
      await copy(fixture, client).post("/sign-out");
      return "saved";
    }, token);
    const response = await slow.post("/");
    expect(response.status).toBe(409);
    expect(response.headers.get("session-token")).toBe("deleted");
    expect(response.headers.get("cache-control")).toBe("no-store");
  });
});
