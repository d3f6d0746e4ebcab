import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createWithSession, TokenRequests } from "../../../../shared/header-transport.ts";
import { httpApiEvent, httpApiEvent1, lambdaContext, restApiEvent } from "../../../../shared/testing.ts";
import { ADA, HeaderFixture, STORAGES, show } from "./header-fixture.ts";

const COOKIE = "__Host-session";

function body({ body = "" }: { body?: string | undefined }) {
  return JSON.parse(body);
}

describe.each(STORAGES)("storage %s", (storage) => {
  test("a token is read from Authorization with the scheme Bearer in any case", async () => {
    const fixture = new HeaderFixture(storage);
    const token = await fixture.begin();
    for (const scheme of ["Bearer", "bearer", "BEARER", "Bearer  "]) {
      const result = await fixture.call(show, { headers: { authorization: `${scheme} ${token}` } });
      expect(body(result), scheme).toEqual({ data: { color: "red" } });
    }
  });

  test.each([
    ["another scheme", "Basic QWRhOnNlY3JldA=="],
    ["the scheme alone", "Bearer"],
    ["the scheme with spaces", "Bearer   "],
    ["a word that begins like the scheme", "Bearers abc"],
    ["an empty value", ""],
  ])("a request with %s has no token, which is not logged as an attack", async (_, authorization) => {
    const fixture = new HeaderFixture(storage);
    expect(body(await fixture.call(show, { headers: { authorization } }))).toEqual({ data: {} });
    expect(fixture.log.records).toEqual([]);
  });

  test.each([
    ["no token", "Bearer undefined"],
    ["two tokens", (token: string) => `Bearer ${token}, Bearer ${token}`],
    ["a further cookie", (token: string) => `Bearer x; ${COOKIE}=${token}`],
    ["control characters", (token: string) => `Bearer ${token}\u0000\r\nset-cookie: a=b`],
    ["characters beyond ASCII", (token: string) => `Bearer ${token}\u{1F511}`],
    ["a quoted token", (token: string) => `Bearer "${token}"`],
    ["a percent-encoded token", (token: string) => `Bearer ${encodeURIComponent(`${token}=`)}%20`],
    ["more bytes than a cookie may have", (token: string) => `Bearer ${token}${"a".repeat(100_000)}`],
  ])("a token is refused as malformed in a value with %s", async (_, value) => {
    const fixture = new HeaderFixture(storage);
    const token = await fixture.begin();
    const before = fixture.log.records.length;
    const authorization = typeof value === "string" ? value : value(token);
    const result = await fixture.call(show, { headers: { authorization } });
    expect(body(result)).toEqual({ data: {}, refusal: "malformed" });
    const [record, ...others] = fixture.log.records.slice(before);
    expect(record).toEqual({ level: "WARN", event: "session_refused", reason: "malformed", cookie: COOKIE });
    expect(others).toEqual([]);
  });

  test("a token that was changed is refused", async () => {
    const fixture = new HeaderFixture(storage);
    const token = await fixture.begin();
    const result = await fixture.call(show, { headers: { authorization: `Bearer ${token.slice(0, -2)}xy` } });
    expect(body(result)).toEqual({ data: {}, refusal: "bad_signature" });
  });
});

test("the largest session that fits into a cookie fits into a header, whatever the name of the cookie", async () => {
  const fixture = new HeaderFixture("revocable-cookie", "header", { cookie: { name: "s" } });
  const client = fixture.client((event, session) => {
    if (event.rawPath !== "/") session.set("text", "x".repeat(Number(event.rawPath.slice(1))));
    return session.get("text")?.length ?? 0;
  });
  let [fits, tooLarge] = [1, 4096];
  while (tooLarge - fits > 1) {
    const length = Math.floor((fits + tooLarge) / 2);
    if ((await client.post(`/${length}`)).status === 200) fits = length;
    else tooLarge = length;
  }
  expect((await client.post(`/${fits}`)).status).toBe(200);
  expect(client.token?.length).toBeGreaterThan(4090);
  expect((await client.get("/")).body).toBe(`${fits}`);
});

test("no value of Authorization throws, or opens a session that it has no token of", async () => {
  const fixture = new HeaderFixture("dynamodb", "both");
  const [token, cookie] = [await fixture.begin(), `${COOKIE}=${await fixture.begin()}`];
  const part = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.constantFrom(token.slice(0, -1), "Bearer", ";", cookie),
  );
  const value = fc.array(part, { maxLength: 4 }).map((parts) => `Bearer ${parts.join(" ")}`);
  await fc.assert(
    fc.asyncProperty(value, async (authorization) => {
      const result = await fixture.call(show, { method: "POST", headers: { authorization, cookie } });
      expect([result.statusCode, body(result).data]).toEqual([200, {}]);
    }),
    { numRuns: 500 },
  );
});

describe("several headers in payload 1.0", () => {
  test("two Authorization headers are refused, also if both have the same token", async () => {
    const fixture = new HeaderFixture();
    const authorization = `Bearer ${await fixture.begin()}`;
    const event = httpApiEvent1({ headers: { authorization: [authorization, authorization] } });
    const twice = { ...event, multiValueHeaders: { authorization: [authorization, authorization] } };
    const result = await fixture.wrap(show)(twice, lambdaContext());
    expect(body(result)).toEqual({ data: {}, refusal: "malformed" });
  });

  test("the token is read from a header in any case of a REST API", async () => {
    const fixture = new HeaderFixture();
    const event = restApiEvent({ headers: { AUTHORIZATION: `Bearer ${await fixture.begin()}` } });
    expect(body(await fixture.wrap(show)(event, lambdaContext()))).toEqual({ data: { color: "red" } });
  });
});

describe("cookies beside headers", () => {
  test("with `header`, a cookie of the session is ignored", async () => {
    const fixture = new HeaderFixture();
    const cookie = `${COOKIE}=${await fixture.begin()}`;
    expect(body(await fixture.call(show, { headers: { cookie } }))).toEqual({ data: {} });
  });

  test("with `both`, a browser has its session in its cookie", async () => {
    const browser = new HeaderFixture("dynamodb", "both").browser((_event, session) =>
      session.increment("visits"),
    );
    await browser.get("/");
    expect((await browser.get("/")).body).toBe("2");
    expect(browser.jar.cookies("https://app.example.com/")).toHaveLength(1);
  });

  test.each([
    ["a valid token", (token: string) => ({ authorization: `Bearer ${token}` }), { color: "red" }],
    ["a token that is refused", () => ({ authorization: "Bearer x" }), {}],
    ["Session-Transport: header", () => ({ "session-transport": "Header" }), {}],
  ])("with `both`, a request with %s ignores the cookie of another session", async (_, headers, data) => {
    const fixture = new HeaderFixture("dynamodb", "both");
    const cookie = `${COOKIE}=${await fixture.begin({ color: "blue" })}`;
    const result = await fixture.call(show, { headers: { ...headers(await fixture.begin()), cookie } });
    expect(body(result).data).toEqual(data);
  });

  test.each(["cookie", "header, header", "headers", ""])(
    "with `both`, Session-Transport: %j does not switch to headers",
    async (value) => {
      const fixture = new HeaderFixture("dynamodb", "both");
      const cookie = `${COOKIE}=${await fixture.begin()}`;
      const headers = { cookie, "session-transport": value };
      expect(body(await fixture.call(show, { headers })).data).toEqual({ color: "red" });
    },
  );

  test("with `both`, no header makes the session of a cookie readable: its token is in no response", async () => {
    const fixture = new HeaderFixture("dynamodb", "both");
    const token = await fixture.begin();
    const renew = { method: "POST", headers: { cookie: `${COOKIE}=${token}` } };
    for (const headers of [{}, { "session-transport": "header" }, { authorization: `Bearer x` }]) {
      const handler = fixture.wrap((_event, session) => [session.renew()]);
      const request = { ...renew, headers: { ...renew.headers, ...headers } };
      const { cookies = [], ...readable } = await handler(httpApiEvent(request), lambdaContext());
      expect(JSON.stringify(readable)).not.toContain(token.split(".")[0]?.slice(0, 22));
      for (const cookie of cookies) expect(cookie).toContain("HttpOnly");
    }
  });

  test("a token of a cookie opens the same session as a Bearer token, because both are one token", async () => {
    const fixture = new HeaderFixture("dynamodb", "both");
    const browser = fixture.browser((_event, session) => session.increment("visits"));
    await browser.get("/");
    const [cookie] = browser.jar.cookies("https://app.example.com/");
    const client = fixture.client((_event, session) => session.increment("visits"), cookie?.value);
    expect((await client.get("/")).body).toBe("2");
  });
});

describe("requests of other sites", () => {
  const evil = { "sec-fetch-site": "cross-site", origin: "https://evil.example" };
  const change = { method: "POST", headers: evil };

  test.each(["header", "both"] as const)(
    "with `%s`, a token is no cookie, so no page can forge it",
    async (transport) => {
      const fixture = new HeaderFixture("dynamodb", transport);
      const client = fixture.client((_event, session) => session.increment("visits"), await fixture.begin());
      const response = await client.post("/", {}, { headers: evil });
      expect([response.status, response.body]).toEqual([200, "1"]);
    },
  );

  test("with `both`, an unsafe request of another site without a token is refused", async () => {
    const fixture = new HeaderFixture("dynamodb", "both");
    expect(await fixture.call(show, change)).toMatchObject({ statusCode: 403 });
    expect(
      await fixture.call(show, { ...change, headers: { ...evil, authorization: "Basic eA==" } }),
    ).toMatchObject({
      statusCode: 403,
    });
  });

  test.each(["lax", "strict"] as const)(
    "a client behind another site begins a session although SameSite is %s",
    async (sameSite) => {
      const fixture = new HeaderFixture("dynamodb", "both", { cookie: { sameSite } });
      const client = fixture.client((_event, session) => session.increment("visits"));
      await client.post("/", {}, { headers: evil });
      expect((await client.post("/", {}, { headers: evil })).body).toBe("2");
    },
  );
});

describe("the reach of a token", () => {
  test("a token is read outside the path of the cookie, where no browser sends the cookie", async () => {
    const fixture = new HeaderFixture("dynamodb", "both", { cookie: { path: "/account", name: "account" } });
    const client = fixture.client((event, session) =>
      session.update("paths", (paths) => `${paths ?? ""}${event.rawPath}`),
    );
    await client.get("/account/a");
    expect((await client.get("/b")).body).toBe("/account/a/b");
  });

  test.each([
    ["a domain", { domain: "example.com" }],
    ["no Secure", { secure: false }],
    ["a prefix", { name: "__Secure-a" }],
    ["partitions", { partitioned: true }],
  ])("a cookie with %s changes nothing for tokens", async (_, cookie) => {
    const fixture = new HeaderFixture("revocable-cookie", "header", { cookie, encrypt: true });
    const client = fixture.client((_event, session) => session.increment("visits"));
    await client.get("/");
    expect((await client.get("/")).body).toBe("2");
  });

  test("settings that depend on the host apply to tokens too", async () => {
    const fixture = new HeaderFixture();
    const settings = (request: { host?: string | undefined }) => (request.host === "a.example" ? A : B);
    const [A, B] = [{ cookie: { name: "a" } }, { cookie: { name: "b" } }];
    const requests = new TokenRequests({ transport: "header", settings });
    const nameFor = (host: string) =>
      requests.read(httpApiEvent({ url: `https://${host}/`, headers: { authorization: "Bearer x.y.z" } }))
        ?.event.cookies;
    expect([nameFor("a.example"), nameFor("b.example")]).toEqual([["a=x.y.z"], ["b=x.y.z"]]);
    expect(fixture.log.records).toEqual([]);
  });
});

describe("what handlers receive", () => {
  test("a handler gets the event as it came, and the context", async () => {
    const fixture = new HeaderFixture();
    const event = httpApiEvent({
      url: "/a?b=c",
      headers: { cookie: "theme=dark", authorization: "Bearer x", "sec-fetch-site": "cross-site" },
      body: "text",
    });
    const context = lambdaContext();
    const seen: unknown[] = [];
    await fixture.wrap((own, _session, ownContext) => {
      seen.push(own, ownContext);
    })(event, context);
    expect(seen[0]).toBe(event);
    expect(seen[1]).toBe(context);
  });

  test("the user's list has the client of the request", async () => {
    const fixture = new HeaderFixture();
    const client = fixture.client((_event, session) => [session.signIn(ADA)]);
    await client.post("/", {}, { headers: { "user-agent": "Ada's phone/1.0" } });
    const [session] = await fixture.directory.list({ id: undefined, user: ADA, signOut: () => {} });
    expect(JSON.stringify(session)).toContain("Ada's phone/1");
  });
});

test.each([undefined, "cookie", "Header"])(
  "transport %j is an OptionError that names the option",
  (transport) => {
    const { sessionInterface } = new HeaderFixture();
    const options = { sessionInterface, transport: transport as "header" };
    expect(() => createWithSession(options)).toThrow(
      expect.objectContaining({ name: "OptionError", option: "transport" }),
    );
  },
);

test("settings that differ from the session interface's are an error that names the option and the cookie", async () => {
  const { options } = new HeaderFixture();
  const withSession = createWithSession({ ...options, settings: { cookie: { name: "other" } } });
  const handler = withSession((_event, session) => session.set("a", 1));
  await expect(handler(httpApiEvent({ method: "POST" }), lambdaContext())).rejects.toThrow(
    "settings: must be those of the session interface, whose cookie is __Host-session",
  );
});
