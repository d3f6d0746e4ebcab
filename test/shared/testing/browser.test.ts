import type { APIGatewayProxyEvent, APIGatewayProxyEventV2 } from "aws-lambda";
import { describe, expect, test, vi } from "vitest";
import { SecureCookieSessionInterface } from "../../../shared/cookie/secure-cookie-session-interface.ts";
import { createWithSession } from "../../../shared/lambda/with-session.ts";
import { Browser } from "../../../shared/testing/browser.ts";
import { Clock } from "../../../shared/testing/clock.ts";

type Event = APIGatewayProxyEventV2;

/** Returns its event as the response. */
const echo = (event: Event) => ({ statusCode: 200, body: JSON.stringify(event) });

/** Sets the cookies of the query string. */
const bake = ({ queryStringParameters = {} }: Event) => ({
  statusCode: 200,
  cookies: Object.entries(queryStringParameters).map(([name, attributes]) => `${name}=1; ${attributes}`),
});

describe("a browser's requests", () => {
  test("a handler receives the requests of a browser as events of payload format 2.0", async () => {
    const browser = new Browser({ "GET /items/{id}": echo });
    expect((await browser.get("/items/a%20b?x=1&x=2&y=")).json()).toMatchObject({
      version: "2.0",
      routeKey: "GET /items/{id}",
      rawPath: "/items/a b",
      rawQueryString: "x=1&x=2&y=",
      queryStringParameters: { x: "1,2", y: "" },
      pathParameters: { id: "a b" },
      headers: { host: "app.example.com", "sec-fetch-site": "none" },
      requestContext: { http: { method: "GET", path: "/items/a b" } },
      isBase64Encoded: false,
    });
  });

  test("a handler receives events of payload format 1.0 if the browser has that option", async () => {
    const seen = (event: APIGatewayProxyEvent) => ({
      statusCode: 200,
      multiValueHeaders: { "set-cookie": ["a=1", "b=2"] },
      body: JSON.stringify([event.httpMethod, event.headers.cookie]),
    });
    const browser = new Browser({ "ANY /": seen }, { payload: "1.0" });
    expect((await browser.get("/")).cookies).toEqual(["a=1", "b=2"]);
    expect((await browser.request("PUT", "/")).json()).toEqual(["PUT", "a=1; b=2"]);
  });

  test("a form arrives as API Gateway sends it, from the application's own page", async () => {
    const browser = new Browser({ "POST /": echo });
    const event = (await browser.post("/", { name: "Ada & Bob" })).json();
    expect(Buffer.from(event.body, "base64").toString()).toBe("name=Ada+%26+Bob");
    expect(event).toMatchObject({
      isBase64Encoded: true,
      headers: {
        "content-type": "application/x-www-form-urlencoded",
        origin: "https://app.example.com",
        "sec-fetch-site": "same-origin",
      },
    });
  });

  test.each([
    ["https://app.example.com", "same-origin"],
    ["https://www.example.com", "same-site"],
    ["http://app.example.com", "cross-site"],
    ["https://evil.example", "cross-site"],
    ["https://example.co.uk", "cross-site"],
  ])("a request from a page of %s has the Sec-Fetch-Site %s", async (from, site) => {
    const { headers } = (await new Browser({ "POST /": echo }).post("/", {}, { from })).json();
    expect([headers.origin, headers["sec-fetch-site"]]).toEqual([from, site]);
  });

  test("a browser receives 404 if no route matches", async () => {
    const response = await new Browser({ "GET /": echo }).get("/nowhere");
    expect([response.status, response.json()]).toEqual([404, { message: "Not Found" }]);
  });

  test("a request of a browser throws the error of the handler", async () => {
    const broken = () => Promise.reject(new Error("broken"));
    await expect(new Browser({ $default: broken }).get("/")).rejects.toThrow("broken");
  });
});

describe("a browser's responses", () => {
  test("a response of a browser has status, headers and body", async () => {
    const handler = () => ({
      statusCode: 201,
      headers: { "X-Made": 1 },
      body: "AP8=",
      isBase64Encoded: true,
    });
    const response = await new Browser({ "GET /": handler }).get("/");
    expect([response.status, response.headers.get("x-made")]).toEqual([201, "1"]);
    expect([...response.bytes]).toEqual([0, 255]);
  });

  test.each<[unknown, string]>([
    ["text", "text"],
    [{ a: 1 }, '{"a":1}'],
    [undefined, "null"],
  ])("the result %j becomes the response that API Gateway sends", async (result, body) => {
    const response = await new Browser({ "GET /": () => result }).get("/");
    expect([response.status, response.body]).toEqual([200, body]);
  });
});

describe("a browser's cookies", () => {
  const routes = { "GET /bake": bake, "GET /": echo, "GET /admin/x": echo, "POST /": echo };

  async function sent(browser: Browser, path = "/", from?: string, method = "GET"): Promise<string[]> {
    return (await browser.request(method, path, from ? { from } : {})).json().cookies ?? [];
  }

  test("a browser sends cookies only to their path", async () => {
    const browser = new Browser(routes);
    await browser.get("/bake?all=Path=/&admin=Path=/admin");
    expect(await sent(browser)).toEqual(["all=1"]);
    expect(await sent(browser, "/admin/x")).toEqual(["admin=1", "all=1"]);
  });

  test("a cookie expires by the browser's clock even if it is used often", async () => {
    const clock = new Clock();
    const browser = new Browser(routes, { clock: clock.now });
    const expires = new Date(clock.now() + 60_000).toUTCString();
    await browser.get(
      `/bake?window=Path=/&age=Path=/;Max-Age=60&date=${encodeURIComponent(`Path=/;Expires=${expires}`)}`,
    );
    clock.advance(59);
    expect(await sent(browser)).toEqual(["window=1", "age=1", "date=1"]);
    clock.advance(1);
    expect(await sent(browser)).toEqual(["window=1"]);
    browser.jar.closeWindow();
    expect(await sent(browser)).toEqual([]);
  });

  test("a cookie is removed by Max-Age=0", async () => {
    const browser = new Browser(routes);
    await browser.get("/bake?a=Path=/&b=Path=/");
    await browser.get("/bake?a=Path=/;Max-Age=0");
    expect(await sent(browser)).toEqual(["b=1"]);
  });

  test.each([
    ["https://www.example.com", "GET", ["lax=1", "strict=1", "none=1"]],
    ["https://evil.example", "GET", ["lax=1", "none=1"]],
    ["https://evil.example", "POST", ["none=1"]],
  ])(
    "a request from %s with %s has only the cookies that SameSite allows",
    async (from, method, expected) => {
      const browser = new Browser(routes);
      await browser.get("/bake?lax=SameSite=Lax&strict=SameSite=Strict&none=SameSite=None;Secure");
      expect(await sent(browser, "/", from, method)).toEqual(expected);
    },
  );

  test.each([
    "__Host-a=Secure;Path=/;Domain=example.com",
    "__Host-a=Secure;Path=/admin",
    "__Host-a=Path=/",
    "__Secure-a=Path=/",
    "a=Domain=other.example",
  ])("storing the cookie %s throws, because a browser would drop it", async (query) => {
    await expect(new Browser(routes).get(`/bake?${query}`)).rejects.toThrow();
  });

  test("storing a cookie of more than 4096 bytes throws, because a browser would drop it", async () => {
    const large = () => ({ statusCode: 200, cookies: [`a=${"x".repeat(4096)}`] });
    await expect(new Browser({ "GET /": large }).get("/")).rejects.toThrow(
      "the cookie a is larger than 4096 bytes",
    );
  });
});

describe("a browser that follows redirects", () => {
  const leadTo = (statusCode: number, location: string) => () => ({ statusCode, headers: { location } });

  test.each([301, 302, 303])("a browser that follows redirects sends a GET after a %s", async (status) => {
    const routes = { "POST /": leadTo(status, "/next?a=1"), "ANY /next": echo };
    const response = await new Browser(routes, { followRedirects: true }).post("/", { name: "Ada" });
    const event = response.json();
    expect([event.requestContext.http.method, event.body, response.url]).toEqual([
      "GET",
      undefined,
      "https://app.example.com/next?a=1",
    ]);
    expect(event.headers["sec-fetch-site"]).toBe("same-origin");
  });

  test.each([307, 308])(
    "a browser that follows redirects keeps method and body after a %s",
    async (status) => {
      const routes = { "POST /": leadTo(status, "next"), "ANY /next": echo };
      const event = (await new Browser(routes).post("/", { name: "Ada" }, { followRedirects: true })).json();
      expect([event.requestContext.http.method, Buffer.from(event.body, "base64").toString()]).toEqual([
        "POST",
        "name=Ada",
      ]);
    },
  );

  test("a browser returns the redirect itself unless it follows redirects", async () => {
    expect((await new Browser({ "GET /": leadTo(303, "/next") }).get("/")).status).toBe(303);
  });

  test("following a redirect throws for a circle and for another origin", async () => {
    const browser = new Browser(
      { "GET /": leadTo(302, "/"), "GET /away": leadTo(302, "https://other.example/") },
      { followRedirects: true },
    );
    await expect(browser.get("/")).rejects.toThrow("more than 20 redirects");
    await expect(browser.get("/away")).rejects.toThrow("another origin: https://other.example");
  });
});

describe("editing a browser's session", () => {
  interface Data {
    visits: number;
  }
  const clock = new Clock();
  const sessionInterface = new SecureCookieSessionInterface({
    keys: ["a secret key of at least 32 bytes, for tests"],
    settings: { lifetime: 3600 },
    clock: clock.now,
  });
  const withSession = createWithSession<Data>({ sessionInterface });
  const visits = withSession((_event, session) => `${session.get("visits")}`);
  const routes = { "GET /visits": visits };

  test("editSession changes the session that handlers read, and reads their changes", async () => {
    const browser = new Browser<Data>(routes, { sessionInterface, clock: clock.now });
    await browser.editSession((session) => session.set("visits", 41));
    expect((await browser.get("/visits")).body).toBe("41");
    expect(await browser.editSession(async (session) => session.increment("visits"))).toBe(42);
    expect((await browser.get("/visits")).body).toBe("42");
  });

  test("editSession saves nothing if the callback throws", async () => {
    const browser = new Browser<Data>(routes, { sessionInterface, clock: clock.now });
    const failing = browser.editSession((session) => {
      session.set("visits", 1);
      throw new Error("no");
    });
    await expect(failing).rejects.toThrow("no");
    expect((await browser.get("/visits")).body).toBe("undefined");
  });

  test("editSession uses the clock of the browser", async () => {
    vi.spyOn(console, "warn").mockReturnValue();
    const browser = new Browser<Data>(routes, { sessionInterface, clock: clock.now });
    await browser.editSession((session) => session.set("visits", 1));
    clock.advance(3601);
    expect((await browser.get("/visits")).body).toBe("undefined");
  });

  test("editSession throws if the browser has no session interface", async () => {
    await expect(new Browser(routes).editSession(() => {})).rejects.toThrow(/sessionInterface/);
  });
});
