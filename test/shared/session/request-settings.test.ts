import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { describe, expect, test } from "vitest";
import { SecureCookieSessionInterface } from "../../../shared/cookie/secure-cookie-session-interface.ts";
import { createWithSession } from "../../../shared/lambda/with-session.ts";
import { ServerSideSessionInterface } from "../../../shared/server-side/server-side-session-interface.ts";
import type { SessionInterface } from "../../../shared/session/session-interface.ts";
import type { SettingsSource } from "../../../shared/session/settings-source.ts";
import { MemoryStore } from "../../../shared/stores/memory-store.ts";
import { Browser } from "../../../shared/testing/browser.ts";
import { CookieJar } from "../../../shared/testing/cookie-jar.ts";
import { Visitor } from "../../../shared/testing/visitor.ts";
import { RevocableCookieSessionInterface } from "../../../shared/users/revocable-cookie-session-interface.ts";

const shared = { keys: ["a secret key of at least 32 bytes, the newest"], log: () => {} };

const interfaces: [name: string, make: (settings: SettingsSource) => SessionInterface][] = [
  ["cookie session", (settings) => new SecureCookieSessionInterface({ ...shared, settings })],
  [
    "revocable cookie session",
    (settings) => new RevocableCookieSessionInterface({ ...shared, settings, store: new MemoryStore() }),
  ],
  [
    "server-side session",
    (settings) => new ServerSideSessionInterface({ ...shared, settings, store: new MemoryStore() }),
  ],
];

describe.each(interfaces)("settings of a %s that depend on the request", (_name, make) => {
  // Flask, test_reqctx.py, test_session_dynamic_cookie_name.
  test("paths with cookies of their own, by a function for the settings, have sessions of their own", async () => {
    const [usual, dynamic] = [{}, { cookie: { name: "dynamic_cookie_name" } }];
    const sessionInterface = make(({ path }) => (path.endsWith("dynamic_cookie") ? dynamic : usual));
    const withSession = createWithSession({ sessionInterface });
    const set = withSession((event: APIGatewayProxyEventV2, session) => {
      session.set("value", event.queryStringParameters?.value);
      return "value set";
    });
    const get = withSession((_event, session) => session.get("value") ?? "None");
    const browser = new Browser({
      "POST /set": set,
      "GET /get": get,
      "POST /set_dynamic_cookie": set,
      "GET /get_dynamic_cookie": get,
    });
    await browser.post("/set?value=42");
    await browser.post("/set_dynamic_cookie?value=616");
    expect((await browser.get("/get")).body).toBe("42");
    expect((await browser.get("/get_dynamic_cookie")).body).toBe("616");
  });

  test("each host and path can have a cookie with a domain and a path of its own", async () => {
    const admin = { cookie: { path: "/admin" } };
    const shop = { cookie: { domain: "shop.example" } };
    const sessions = make(({ host, path }) => {
      if (host?.endsWith("shop.example")) return shop;
      return path.startsWith("/admin") ? admin : {};
    });
    const visitor = new Visitor(sessions, new CookieJar());
    const write = (url: string) => visitor.visit((session) => session.set("at", url), { url });
    const read = async (url: string) => (await visitor.visit((session) => session.get("at"), { url })).result;
    expect((await write("/admin/users")).setCookie).toMatch(/^session=.*; Path=\/admin; HttpOnly; Secure/);
    expect((await write("/cart")).setCookie).toMatch(/^__Host-session=.*; Path=\/; HttpOnly; Secure/);
    const inShop = "https://a.shop.example/cart";
    expect((await write(inShop)).setCookie).toMatch(/^session=.*; Domain=shop\.example; Path=\//);
    expect(await read("/admin")).toBe("/admin/users");
    expect(await read("/")).toBe("/cart");
    expect(await read("https://b.shop.example/")).toBe(inShop);
  });

  test("a method can have settings of its own", async () => {
    const [short, long] = [
      { permanent: true, lifetime: 60 },
      { permanent: true, lifetime: 3600 },
    ];
    const sessions = make(({ method }) => (method === "POST" ? long : short));
    const lifetime = async (method: string) => {
      const visitor = new Visitor(sessions);
      const { setCookie = "" } = await visitor.visit((session) => session.set("by", method), { method });
      return Number(/Max-Age=(\d+)/.exec(setCookie)?.[1]);
    };
    expect(await lifetime("GET")).toBeLessThan(3600);
    expect(await lifetime("POST")).toBeGreaterThanOrEqual(3600);
  });
});
