import type { ALBEvent, APIGatewayProxyEvent, Context } from "aws-lambda";
import { describe, expect, expectTypeOf, test } from "vitest";
import { SecureCookieSessionInterface } from "../../../../shared/cookie.ts";
import { OptionError, type Session, type SessionInterface } from "../../../../shared/index.ts";
import { requireUser } from "../../../../shared/lambda.ts";
import {
  createWithSessions,
  type NamedSessions,
  nameSessions,
  pickSession,
  type WithSessions,
} from "../../../../shared/named-sessions.ts";
import { ServerSideSessionInterface } from "../../../../shared/server-side.ts";
import { Browser, CookieJar, httpApiEvent, lambdaContext, restApiEvent } from "../../../../shared/testing.ts";
import { reactRouterSession, runGuard, webSession } from "../../../../shared/web.ts";
import { SteeredStore } from "../../server-side/steered-store.ts";
import { KEY, openShop, type ShopData } from "./shop.ts";

const NAMES = ["cart", "account"] as const;
const inCookies = nameSessions(
  { cart: {}, account: {} },
  (settings) => new SecureCookieSessionInterface({ keys: [KEY], settings }),
);

/** Resolves when it was called for both sessions, so calls that wait for each other never end. */
function barrier() {
  const both = Promise.withResolvers<void>();
  let left = NAMES.length;
  return () => {
    if (--left === 0) both.resolve();
    return both.promise;
  };
}

/** Makes session interfaces that run a function before each call. */
function around(before: (call: "open" | "save", name: string) => unknown) {
  const sessions = nameSessions({ cart: {}, account: {} }, (settings, name): SessionInterface => {
    const inner = new SecureCookieSessionInterface({ keys: [KEY], settings, log: () => {} });
    return {
      open: async (request) => {
        await before("open", name);
        return inner.open(request);
      },
      save: async (session, request) => {
        await before("save", name);
        return inner.save(session, request);
      },
    };
  });
  return createWithSessions<ShopData>({ sessions, log: () => {} });
}

describe("a handler with two sessions", () => {
  test("each session has its own data, and both are found again", async () => {
    const { send, read } = openShop();
    await send(({ cart, account }) => {
      cart.set("items", ["apple"]);
      account.set("plan", "free");
      return "saved";
    });
    expect(await read()).toEqual({ cart: { items: ["apple"] }, account: { plan: "free" }, user: null });
  });

  test("a session that was not changed sends no cookie", async () => {
    const { send } = openShop();
    const { cookies } = await send(({ cart }) => `${cart.set("note", "x").size}`);
    expect(cookies).toEqual([expect.stringMatching(/^__Host-cart=/)]);
  });

  test("each cookie has the lifetime of its own session", async () => {
    const { send, clock, read } = openShop({
      cart: { permanent: true, lifetime: 7_000, absoluteLifetime: 7_000 },
      account: { permanent: true, lifetime: 60, absoluteLifetime: 60 },
    });
    const { cookies } = await send(({ cart, account }) => {
      cart.set("note", "x");
      account.set("plan", "free");
      return "saved";
    });
    expect(cookies.map((cookie) => /^([^=]+)=.*Max-Age=(\d+)/.exec(cookie)?.slice(1))).toEqual([
      ["__Host-cart", "7000"],
      ["__Host-account", "60"],
    ]);
    clock.advance(61);
    expect(await read()).toEqual({ cart: { note: "x" }, account: {}, user: null });
  });

  test("a sign-in in one session renews it, and a change of the other in the same request is kept", async () => {
    const { send, read, browser } = openShop();
    await send(({ cart, account }) => {
      cart.set("items", ["apple"]);
      account.set("plan", "free");
      return "saved";
    });
    const before = tokenOf(browser, "__Host-account");
    const { cookies } = await send(({ cart, account }) => {
      account.signIn({ id: "u-1", name: "Ada" });
      cart.get("items")?.push("pear");
      return "signed in";
    });
    expect(cookies).toHaveLength(2);
    expect(tokenOf(browser, "__Host-account")).not.toBe(before);
    expect(await read()).toEqual({
      cart: { items: ["apple", "pear"] },
      account: { plan: "free" },
      user: "u-1",
    });
  });

  test("a sign-out of one session leaves the other as it is", async () => {
    const { send, read } = openShop();
    await send(({ cart, account }) => {
      cart.set("items", ["apple"]);
      account.signIn({ id: "u-1", name: "Ada" });
      return "signed in";
    });
    const { cookies } = await send(({ account }) => `${account.signOut()}`);
    expect(new Set(cookies.map((cookie) => cookie.split("Path", 1)[0]))).toEqual(
      new Set(["__Host-account=; Max-Age=0; "]),
    );
    expect(await read()).toEqual({ cart: { items: ["apple"] }, account: {}, user: null });
  });

  test("the sessions are opened in parallel", async () => {
    const reach = barrier();
    const withSessions = around((call) => (call === "open" ? reach() : undefined));
    const handler = withSessions((_event, { cart, account }) => [cart.isNew, account.isNew]);
    expect((await handler(httpApiEvent(), lambdaContext())).body).toBe("[true,true]");
  });

  test("the sessions are saved in parallel", async () => {
    const reach = barrier();
    const withSessions = around((call) => (call === "save" ? reach() : undefined));
    const handler = withSessions(() => "done");
    expect((await handler(httpApiEvent(), lambdaContext())).body).toBe("done");
  });

  test("an update that the handler did not await is in the response's session", async () => {
    const { send, read } = openShop();
    await send(({ account }) => `${account.set("plan", "free").size}`);
    await send(({ account }) => {
      void account.update("plan", (plan) => `${plan}, then paid`);
      return "not awaited";
    });
    expect(await read()).toMatchObject({ account: { plan: "free, then paid" } });
  });

  test("all steps of a function that is not awaited are saved, although it changes one session after the other", async () => {
    const table = new SteeredStore();
    const sessions = nameSessions(
      { cart: {}, account: {} },
      (settings) =>
        new ServerSideSessionInterface({ keys: [KEY], settings, store: table.store, log: () => {} }),
    );
    const withSessions = createWithSessions<ShopData>({ sessions, log: () => {} });
    const run = async ({ cart, account }: NamedSessions<ShopData>) => {
      for (let step = 0; step < 3; step++) {
        await cart.update("note", (note) => `${note}c`);
        await account.update("plan", (plan) => `${plan}a`);
      }
      cart.set("items", ["done"]);
    };
    let current = (named: NamedSessions<ShopData>): unknown =>
      [named.cart.set("note", ""), named.account.set("plan", "")].length;
    const handler = withSessions((_event, named) => current(named) as object);
    const browser = new Browser({ "ANY /": handler });
    await browser.post("/");
    for (let call = 0; call < 6; call++)
      table.before("change", async () => {
        for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
      });
    current = (named) => void run(named);
    await browser.post("/");
    current = (named) => named;
    const found = (await browser.get("/")).json();
    expect(found).toEqual({ cart: { note: "ccc", items: ["done"] }, account: { plan: "aaa" } });
  });

  test("a handler that throws saves no session, and neither can be changed afterwards", async () => {
    const { send, read } = openShop();
    let kept: NamedSessions<ShopData> | undefined;
    const sending = send((sessions) => {
      kept = sessions;
      sessions.cart.set("note", "x");
      sessions.account.set("plan", "free");
      throw new RangeError("mine");
    });
    await expect(sending).rejects.toThrow(new RangeError("mine"));
    expect(() => kept?.cart.set("note", "y")).toThrow("was saved before this change");
    expect(() => kept?.account.set("plan", "paid")).toThrow("was saved before this change");
    expect(await read()).toEqual({ cart: {}, account: {}, user: null });
  });

  test("a result that is no response closes the sessions too", async () => {
    const { send } = openShop();
    let kept: NamedSessions<ShopData> | undefined;
    const sending = send((sessions) => {
      kept = sessions;
      return { statusCode: "200" } as never;
    });
    await expect(sending).rejects.toThrow("statusCode must be an integer");
    expect(() => kept?.cart.set("note", "y")).toThrow("was saved before this change");
  });

  test("without secret keys both sessions read as empty, and a change is an error", async () => {
    const sessions = nameSessions(
      { cart: {}, account: {} },
      (settings) => new SecureCookieSessionInterface({ keys: undefined, settings }),
    );
    const withSessions = createWithSessions<ShopData>({ sessions });
    const read = withSessions((_event, { cart, account }) => cart.size + account.size);
    expect(await read(httpApiEvent(), lambdaContext())).not.toHaveProperty("cookies");
    const change = withSessions((_event, { cart }) => `${cart.set("note", "x").size}`);
    await expect(change(httpApiEvent(), lambdaContext())).rejects.toThrow("without a secret key");
  });

  test("a request of another site is refused before a session is opened", async () => {
    const opened: string[] = [];
    const withSessions = around((call, name) => opened.push(`${call} ${name}`));
    const event = httpApiEvent({ method: "POST", headers: { "sec-fetch-site": "cross-site" } });
    expect(await withSessions(() => "done")(event, lambdaContext())).toMatchObject({ statusCode: 403 });
    expect(opened).toEqual([]);
  });
});

describe("the response of a handler with two sessions", () => {
  test("the cookies follow the handler's own cookies, and Vary names Cookie once", async () => {
    const { send } = openShop();
    const { cookies, headers } = await send(({ cart, account }) => {
      cart.set("note", "x");
      account.set("plan", "free");
      return { statusCode: 200, headers: { vary: "Accept" }, cookies: ["own=1"] };
    });
    expect(cookies.map((cookie) => cookie.split("=", 1)[0])).toEqual([
      "own",
      "__Host-cart",
      "__Host-account",
    ]);
    expect([headers.get("vary"), headers.get("cache-control")]).toEqual(["Accept, Cookie", "no-store"]);
  });

  test("a response that caches may share becomes private when either session is changed", async () => {
    const changes: ((sessions: NamedSessions<ShopData>) => unknown)[] = [
      ({ cart }) => cart.set("note", "x"),
      ({ account }) => account.set("plan", "free"),
    ];
    for (const change of changes) {
      const { send } = openShop();
      const { cookies, headers } = await send((sessions) => {
        change(sessions);
        return { statusCode: 200, headers: { "cache-control": "public, max-age=60" } };
      });
      expect([cookies.length, headers.get("cache-control")]).toEqual([1, "private, max-age=60"]);
    }
  });

  test("a response that caches may share carries no cookie that only refreshes a session", async () => {
    const { send, clock } = openShop({ cart: { permanent: true }, account: { permanent: true } });
    await send(({ cart, account }) => {
      cart.set("note", "x");
      account.set("plan", "free");
      return "saved";
    });
    clock.advance(5 * 86_400);
    const shared = { statusCode: 200, headers: { "cache-control": "public, max-age=60" } };
    const read = ({ cart, account }: NamedSessions<ShopData>) => [cart.get("note"), account.get("plan")];
    const { cookies, headers } = await send((sessions) => read(sessions) && shared, "GET");
    expect([cookies, headers.get("cache-control")]).toEqual([[], "public, max-age=60"]);
    expect((await send(read, "GET")).cookies).toHaveLength(2);
  });

  test("a response that used no session does not vary by Cookie", async () => {
    const { send } = openShop();
    expect((await send(() => "public", "GET")).headers.has("vary")).toBe(false);
  });

  test("a REST API gets both cookies in multiValueHeaders", async () => {
    const { send, read } = openShop({ payload: "1.0" });
    const { cookies } = await send(({ cart, account }) => {
      cart.set("note", "x");
      account.set("plan", "free");
      return { statusCode: 200, body: "saved" };
    });
    expect(cookies).toHaveLength(2);
    expect(await read()).toEqual({ cart: { note: "x" }, account: { plan: "free" }, user: null });
  });

  test("a load balancer without multi-value headers is an error that names the setting", async () => {
    const event = { ...restApiEvent(), multiValueHeaders: undefined } as unknown as ALBEvent;
    event.requestContext = { elb: { targetGroupArn: "arn" } };
    const { handler } = openShop();
    await expect(handler(event as unknown as APIGatewayProxyEvent, {} as Context)).rejects.toThrow(
      "lambda.multi_value_headers.enabled",
    );
  });
});

describe("an adapter with two sessions", () => {
  const { withSession, sessionsOf } = pickSession(openShop().withSessions, "account");
  const serve = webSession(withSession)(async (request, account) => {
    const { cart } = sessionsOf(account);
    const { pathname } = new URL(request.url);
    if (pathname === "/sign-in") account.signIn({ id: "u-1", name: "Ada" });
    else cart.set("items", [...(cart.get("items") ?? []), pathname]);
    const asked = pathname === "/account" ? await runGuard(requireUser, account) : undefined;
    return asked ?? Response.json({ items: cart.get("items"), user: account.user?.id });
  });

  /** Sends a request with the cookies of the responses before. */
  function visit() {
    const jar = new CookieJar();
    return async (path: string) => {
      const url = `https://app.example.com${path}`;
      const cookie = jar.header(url);
      const response = await serve(new Request(url, { headers: cookie === undefined ? {} : { cookie } }));
      for (const each of response.headers.getSetCookie()) jar.store(each, url);
      return response;
    };
  }

  test("the picked session is the handler's, and the other is found beside it", async () => {
    const send = visit();
    expect(await (await send("/apple")).json()).toEqual({ items: ["/apple"] });
    expect(await (await send("/sign-in")).json()).toEqual({ items: ["/apple"], user: "u-1" });
    const response = await send("/pear");
    expect(await response.json()).toEqual({ items: ["/apple", "/pear"], user: "u-1" });
    expect(response.headers.getSetCookie()).toEqual([expect.stringMatching(/^__Host-cart=/)]);
  });

  test("a guard asks a visitor without a user in the picked session to sign in", async () => {
    const send = visit();
    expect((await send("/account")).status).toBe(303);
    await send("/sign-in");
    expect((await send("/account")).status).toBe(200);
  });

  test("a framework's response to an error is private if any of the sessions was used", async () => {
    const fail = async (use: (account: Session<ShopData["account"]>) => unknown) => {
      const context = { set: (_key: object, account: Session<ShopData["account"]>) => use(account) };
      const middleware = reactRouterSession(withSession, {});
      const args = { request: new Request("https://app.example.com/"), context };
      const { headers } = await middleware(args, async () => new Response("failed", { status: 500 }));
      return [headers.get("cache-control"), headers.get("vary")];
    };
    const isPrivate = ["private, no-cache", "Cookie"];
    expect(await fail((account) => sessionsOf(account).cart.get("items"))).toEqual(isPrivate);
    expect(await fail((account) => account.user)).toEqual(isPrivate);
    expect(await fail(() => {})).toEqual([null, null]);
  });

  test("a session that another withSession has opened is a TypeError", async () => {
    const other = pickSession(openShop().withSessions, "account").withSession;
    const handler = other((_event, account) => `${sessionsOf(account).cart.size}`);
    await expect(handler(httpApiEvent(), lambdaContext())).rejects.toThrow(TypeError);
  });

  test("a name that no session has is an error with the names of the sessions, at construction", () => {
    expect(() => pickSession(openShop().withSessions, "acount" as "account")).toThrow(
      new OptionError("name", "must be one of cart, account"),
    );
  });
});

describe("types", () => {
  test("each session has the type of its name", () => {
    const withSessions = createWithSessions<ShopData>({ sessions: inCookies });
    withSessions((_event, { cart, account }) => {
      expectTypeOf(cart.get("items")).toEqualTypeOf<string[] | undefined>();
      expectTypeOf(account.get("plan")).toEqualTypeOf<string | undefined>();
      // @ts-expect-error: the account has no items
      account.get("items");
      return null;
    });
    expectTypeOf(withSessions).toEqualTypeOf<WithSessions<ShopData>>();
  });

  test("a session of another name, and data that a session cannot store, do not compile", () => {
    // @ts-expect-error: there is no session with the name `basket`
    createWithSessions<{ basket: object }>({ sessions: inCookies });
    const problem = createWithSessions<{ cart: { total: symbol } }>({ sessions: inCookies });
    expectTypeOf(problem).toEqualTypeOf<{
      readonly problem: "a session cannot store the data of cart";
    }>();
  });
});

function tokenOf({ jar }: { jar: { cookies(url: string): { key: string; value: string }[] } }, name: string) {
  return jar.cookies("https://app.example.com/").find(({ key }) => key === name)?.value;
}
