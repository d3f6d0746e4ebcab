import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { requireFresh, requireUser } from "../../../../shared/lambda.ts";
import { httpApiEvent1, lambdaContext } from "../../../../shared/testing.ts";
import { type AnyHandler, HeaderFixture, STORAGES } from "./header-fixture.ts";

const set =
  (response: object = { statusCode: 200 }): AnyHandler =>
  (_event, session) => {
    session.set("color", "blue");
    return response;
  };

const read =
  (response: object = { statusCode: 200 }): AnyHandler =>
  (_event, session) => {
    session.get("color");
    return response;
  };

describe.each(STORAGES)("storage %s", (storage) => {
  test("a response has the new token in session-token and no cookie, and is not stored", async () => {
    const result = await new HeaderFixture(storage).call(set());
    expect(result).toEqual({
      statusCode: 200,
      headers: {
        "session-token": expect.stringMatching(/^[\w.-]{50,}$/),
        vary: "Authorization",
        "cache-control": "no-store",
      },
    });
  });

  test("a response has the word deleted when the session was signed out", async () => {
    const fixture = new HeaderFixture(storage);
    const authorization = `Bearer ${await fixture.begin()}`;
    const result = await fixture.call((_event, session) => [session.signOut()], {
      headers: { authorization },
    });
    expect(result.headers).toMatchObject({ "session-token": "deleted", "cache-control": "no-store" });
    expect(result.cookies).toBeUndefined();
  });

  test("a response has the word deleted when the token's session has expired, so that the client removes it", async () => {
    const fixture = new HeaderFixture(storage, "header", { lifetime: 60 });
    const client = fixture.client(read(), await fixture.begin());
    fixture.clock.advance(61);
    const response = await client.get("/");
    expect(response.headers.get("session-token")).toBe("deleted");
    expect(client.token).toBeUndefined();
  });

  test("a response keeps a token that could not be verified, because another instance may have its key", async () => {
    const fixture = new HeaderFixture(storage);
    const client = fixture.client(read(), "a.b.c");
    expect((await client.get("/")).headers.has("session-token")).toBe(false);
    expect(client.token).toBe("a.b.c");
  });

  test("a response has no token when nothing was saved, and varies when the session was read", async () => {
    const fixture = new HeaderFixture(storage);
    const authorization = `Bearer ${await fixture.begin()}`;
    const result = await fixture.call(read(), { headers: { authorization } });
    expect(result.headers).toEqual({ vary: "Authorization", "cache-control": "private, no-cache" });
  });

  test("a response is unchanged when the session was not used", async () => {
    const headers = { "cache-control": "public, max-age=60" };
    const result = await new HeaderFixture(storage).call(() => ({ statusCode: 200, headers, body: "a" }));
    expect(result).toEqual({ statusCode: 200, headers, body: "a" });
  });
});

describe("the handler's own headers", () => {
  const cookies = ["a=1; Expires=Wed, 21 Oct 2037 07:28:00 GMT", "b=2; Path=/"];

  test("the handler's own cookies are sent in their order, without one of the session", async () => {
    const result = await new HeaderFixture().call(set({ statusCode: 201, cookies, body: "ok" }));
    expect(result).toMatchObject({ statusCode: 201, cookies, body: "ok" });
  });

  test("Vary is completed and not repeated", async () => {
    const fixture = new HeaderFixture("dynamodb", "both");
    const varyOf = async (vary: string) => {
      const request = { headers: { "session-transport": "header" } };
      return (await fixture.call(read({ statusCode: 200, headers: { Vary: vary } }), request)).headers?.Vary;
    };
    expect(await varyOf("Accept")).toBe("Accept, Authorization, Session-Transport");
    expect(await varyOf("authorization,Cookie")).toBe("authorization,Cookie, Session-Transport");
    expect(await varyOf("*")).toBe("*");
  });

  test("with `both`, a response by cookie varies by the headers that would have replaced the cookie", async () => {
    const fixture = new HeaderFixture("dynamodb", "both");
    expect((await fixture.call(read())).headers?.vary).toBe("Cookie, Authorization, Session-Transport");
    expect((await fixture.call(() => "unused")).headers?.vary).toBeUndefined();
  });

  test.each(["max-age=60", "private, max-age=60", "private, max-stale=5", "no-cache"])(
    "a response with a new token is not stored although the handler set Cache-Control: %s",
    async (value) => {
      const result = await new HeaderFixture().call(
        set({ statusCode: 200, headers: { "Cache-Control": value } }),
      );
      expect(result.headers).toMatchObject({ "Cache-Control": "no-store" });
      expect(Object.keys(result.headers ?? {})).not.toContain("cache-control");
    },
  );

  test("a content delivery network does not store a response with a new token", async () => {
    const headers = { "CDN-Cache-Control": "max-age=60", "surrogate-control": "max-age=9" };
    const result = await new HeaderFixture().call(set({ statusCode: 200, headers }));
    expect(result.headers).toMatchObject({
      "CDN-Cache-Control": "no-store",
      "surrogate-control": "no-store",
    });
  });

  test("a response that shared caches may store has no token that only refreshes the session", async () => {
    const fixture = new HeaderFixture("dynamodb", "header", { permanent: true, lifetime: 1000 });
    const authorization = `Bearer ${await fixture.begin()}`;
    fixture.clock.advance(500);
    const headers = { "cache-control": "public, max-age=60" };
    const result = await fixture.call(read({ statusCode: 200, headers }), { headers: { authorization } });
    expect(result.headers).toEqual({ ...headers, vary: "Authorization" });
  });

  test("a result without a status becomes JSON, as with cookies", async () => {
    const result = await new HeaderFixture().call((_event, session) => ({
      color: session.get("color") ?? null,
    }));
    expect(result).toMatchObject({ statusCode: 200, body: '{"color":null}' });
    expect(result.headers).toMatchObject({ "content-type": "application/json" });
  });
});

describe("payload 1.0", () => {
  test("the token is a header, and the handler's repeated headers are kept", async () => {
    const multiValueHeaders = { "Set-Cookie": ["a=1", "b=2"], vary: ["Accept"] };
    const handler = new HeaderFixture().wrap(set({ statusCode: 200, multiValueHeaders }));
    const result = await handler(httpApiEvent1(), lambdaContext());
    expect(result.multiValueHeaders).toEqual({
      "Set-Cookie": ["a=1", "b=2"],
      vary: ["Accept, Authorization"],
    });
    expect(result.headers).toMatchObject({
      "session-token": expect.any(String),
      "cache-control": "no-store",
    });
    expect(result).not.toHaveProperty("cookies");
  });

  test("a load balancer with room for one cookie sends the handler's, because the session needs none", async () => {
    const { multiValueHeaders: _, ...event } = httpApiEvent1();
    const requestContext = { ...event.requestContext, elb: { targetGroupArn: "arn" } };
    const handler = new HeaderFixture().wrap(set({ statusCode: 200, headers: { "set-cookie": "a=1" } }));
    const result = await handler({ ...event, requestContext }, lambdaContext());
    expect(result.headers).toMatchObject({ "set-cookie": "a=1", "session-token": expect.any(String) });
  });
});

describe("401", () => {
  const json = { accept: "application/json" };

  test("requireUser challenges a client without a token", async () => {
    const result = await new HeaderFixture().call(requireUser(() => "ok") as AnyHandler, { headers: json });
    expect(result.statusCode).toBe(401);
    expect(result.headers).toMatchObject({
      "www-authenticate": "Bearer",
      "content-type": "application/problem+json",
      vary: "Accept, Sec-Fetch-Mode, Authorization",
    });
  });

  test("a token that was refused is named as the reason", async () => {
    const headers = { ...json, authorization: "Bearer a.b.c" };
    const result = await new HeaderFixture().call(requireFresh(60, () => "ok") as AnyHandler, { headers });
    expect(result.headers?.["www-authenticate"]).toBe('Bearer error="invalid_token"');
  });

  test("the handler's own challenge is kept", async () => {
    const own = { statusCode: 401, headers: { "WWW-Authenticate": "Basic" } };
    expect((await new HeaderFixture().call(() => own)).headers).toEqual(own.headers);
  });

  test("a 401 of a handler that does not use the session is challenged without opening the session", async () => {
    const authorization = "Bearer a.b.c";
    const fixture = new HeaderFixture("revocable-cookie");
    const result = await fixture.call(() => ({ statusCode: 401 }), { headers: { authorization } });
    expect(result.headers).toEqual({ "www-authenticate": "Bearer" });
  });

  test("with `both`, a browser gets no challenge", async () => {
    const fixture = new HeaderFixture("dynamodb", "both");
    const result = await fixture.call(requireUser(() => "ok") as AnyHandler, { headers: json });
    expect([result.statusCode, result.headers?.["www-authenticate"]]).toEqual([401, undefined]);
  });
});

describe("random responses of handlers", () => {
  const name = fc.constantFrom("ETag", "x-a", "X-B", "content-type", "Location", "link");
  const own = fc.record({
    statusCode: fc.constantFrom(200, 201, 204, 303, 304, 404, 500),
    headers: fc.dictionary(name, fc.string()),
    body: fc.string({ unit: "binary" }),
    isBase64Encoded: fc.boolean(),
  });
  const cookies = fc.array(fc.stringMatching(/^[a-z]=[a-z, ;=]{0,20}$/), { maxLength: 3 });

  test("random responses of handlers keep all cookies, and everything but Vary, Cache-Control and session-token", async () => {
    const fixture = new HeaderFixture();
    await fc.assert(
      fc.asyncProperty(own, cookies, async (response, cookies) => {
        const result = await fixture.call(set({ ...response, cookies }));
        const { "session-token": token, vary, "cache-control": caching, ...headers } = result.headers ?? {};
        expect({ ...result, headers }).toEqual({ ...response, cookies });
        expect([vary, caching]).toEqual(["Authorization", "no-store"]);
        expect(token).toMatch(/^[\w.-]+$/);
      }),
    );
  });

  test("random responses of handlers keep everything in payload 1.0, too", async () => {
    const fixture = new HeaderFixture();
    await fc.assert(
      fc.asyncProperty(own, cookies, async (response, cookies) => {
        const multiValueHeaders = { "Set-Cookie": cookies };
        const handler = fixture.wrap(set({ ...response, multiValueHeaders }));
        const result = await handler(httpApiEvent1(), lambdaContext());
        const { "session-token": token, vary, "cache-control": caching, ...headers } = result.headers ?? {};
        expect({ ...result, headers }).toEqual({ ...response, multiValueHeaders });
        expect([vary, caching, typeof token]).toEqual(["Authorization", "no-store", "string"]);
      }),
    );
  });
});

test("the error of a handler is thrown unchanged, and nothing is saved", async () => {
  const fixture = new HeaderFixture();
  const client = fixture.client(
    (event, session) => {
      session.set("color", "blue");
      if (event.rawPath === "/fail") throw new RangeError("mine");
      return session.get("color");
    },
    await fixture.begin(),
  );
  const before = client.token;
  await expect(client.post("/fail")).rejects.toThrow(new RangeError("mine"));
  expect(client.token).toBe(before);
});
