import { describe, expect, test } from "vitest";
import type { KeyProvider } from "../../../shared/crypto/secret-keys.ts";
import { KEY, SignInWorld } from "./sign-in-world.ts";

const HOME = "https://app.example.com/";
const NEW_KEY = "a newer secret key of at least 32 bytes, for tests";

type Tab = Record<string, string>;

/** Begins sign-ins one after the other, as tabs of one browser, and signs the visitor in at the provider. */
async function openTabs(world: SignInWorld, browser: ReturnType<SignInWorld["browser"]>, count: number) {
  const tabs: Tab[] = [];
  for (let tab = 1; tab <= count; tab++) {
    world.clock.advance(1);
    tabs.push(world.provider.authorize(await world.begin(browser, `/sign-in?returnTo=/tab/${tab}`)));
  }
  return tabs;
}

/** Follows a tab until it is back at the application, and returns where, or the status of its refusal. */
async function finishTab(world: SignInWorld, browser: ReturnType<SignInWorld["browser"]>, tab: Tab) {
  for (let redirects = 0; redirects < 3; redirects++) {
    const { status, headers } = await world.callback(browser, tab);
    const location = headers.get("location");
    if (location === null) return status;
    if (location.startsWith("/")) return location;
    tab = world.provider.authorize(location);
  }
  return "a loop";
}

describe("tabs of one browser", () => {
  test.each([
    ["in their order", (tabs: Tab[]) => tabs],
    ["in the opposite order", (tabs: Tab[]) => tabs.toReversed()],
  ])("ten tabs that come back %s all end signed in, each at its own page", async (_name, order) => {
    const world = await SignInWorld.start();
    const browser = world.browser();
    const tabs = await openTabs(world, browser, 10);
    expect(browser.jar.cookies(HOME)).toHaveLength(5);
    const places = new Map<Tab, unknown>();
    for (const tab of order(tabs)) places.set(tab, await finishTab(world, browser, tab));
    expect(tabs.map((tab) => places.get(tab))).toEqual(tabs.map((_, index) => `/tab/${index + 1}`));
    expect(await world.userOf(browser)).toBe("u-1");
    expect(world.reasons).toEqual([]);
  });

  test("ten tabs that begin and come back at the same time all end signed in", async () => {
    const world = await SignInWorld.start();
    const browser = world.browser();
    const locations = await Promise.all(
      Array.from({ length: 10 }, (_, tab) => world.begin(browser, `/sign-in?returnTo=/tab/${tab}`)),
    );
    const tabs = locations.map((location) => world.provider.authorize(location));
    const places = await Promise.all(tabs.map((tab) => finishTab(world, browser, tab)));
    expect(places).toEqual(tabs.map((_, tab) => `/tab/${tab}`));
    expect(await world.userOf(browser)).toBe("u-1");
  });

  test("ten tabs whose first responses all come before any second one end signed in", async () => {
    const world = await SignInWorld.start();
    const browser = world.browser();
    const tabs = await openTabs(world, browser, 10);
    const again: Tab[] = [];
    for (const tab of tabs) {
      world.clock.advance(1);
      const location = (await world.callback(browser, tab)).headers.get("location") ?? "";
      if (!location.startsWith("/")) again.push(world.provider.authorize(location));
    }
    expect(browser.jar.cookies(HOME).length).toBeLessThanOrEqual(6);
    for (const tab of again) expect(await finishTab(world, browser, tab)).toMatch(/^\/tab\/\d$/);
    expect(await world.userOf(browser)).toBe("u-1");
  });

  test("a sixth sign-in deletes the transaction of the oldest one", async () => {
    const world = await SignInWorld.start();
    const browser = world.browser();
    await openTabs(world, browser, 1);
    const [oldest] = browser.jar.cookies(HOME);
    await openTabs(world, browser, 4);
    const response = await browser.get("/sign-in");
    expect(response.cookies[0]).toMatch(`${oldest?.key}=; Max-Age=0`);
    expect(response.cookies).toHaveLength(2);
  });

  test("cookies of a transaction are small, and sent to this host only", async () => {
    const world = await SignInWorld.start();
    const longest = `/${"x".repeat(999)}`;
    const response = await world.browser().get(`/sign-in?returnTo=${longest}`);
    const [cookie = ""] = response.cookies;
    expect(cookie).toMatch(
      /^__Host-sign-in-[\w-]{22}=~[\w-]+; Max-Age=600; Path=\/; Expires=.*; HttpOnly; Secure; SameSite=Lax$/,
    );
    expect(cookie.length).toBeLessThan(600);
    expect(response.headers.get("location")?.length).toBeLessThan(2048);
    expect(response.headers.get("cache-control")).toBe("no-store");
  });

  test("cookies that another host of the domain has set keep nobody from signing in", async () => {
    const world = await SignInWorld.start();
    const browser = world.browser();
    for (let count = 0; count < 40; count++) {
      const cookie = `sign-in-${`${count}`.padStart(22, "x")}=~AAAA; Domain=example.com; Path=/; Secure`;
      browser.jar.store(cookie, "https://evil.example.com/");
    }
    expect(browser.jar.cookies(HOME)).toHaveLength(40);
    const response = await world.signIn(browser);
    expect([response.status, world.reasons]).toEqual([303, []]);
    expect(await world.userOf(browser)).toBe("u-1");
  });

  test.each([" ", ", ", "="])(
    "the value of a cookie that another host of the domain has set is no transaction, with %j in front of its name",
    async (separator) => {
      const world = await SignInWorld.start();
      const attacker = world.browser();
      const parameters = world.provider.authorize(await world.begin(attacker), "attacker");
      const [cookie] = attacker.jar.cookies(HOME);
      const victim = world.browser();
      const set = `x=1${separator}${cookie?.cookieString()}; Domain=example.com; Path=/; Secure`;
      victim.jar.store(set, "https://evil.example.com/");
      expect((await world.callback(victim, parameters)).status).toBe(400);
      expect(await world.userOf(victim)).toBeUndefined();
    },
  );

  test("without HTTPS the cookies have no prefix", async () => {
    const world = await SignInWorld.start({ settings: { cookie: { secure: false } } });
    const response = await world.browser().get("/sign-in");
    expect(response.cookies[0]).toMatch(/^sign-in-[\w-]{22}=/);
    expect(response.cookies[0]).not.toContain("Secure");
  });
});

describe("responses that were used, or are of another browser", () => {
  test("a response that is used again leads a visitor who is signed in to the page", async () => {
    const world = await SignInWorld.start();
    const browser = world.browser();
    const [tab = {}] = await openTabs(world, browser, 1);
    await world.callback(browser, tab);
    const response = await world.callback(browser, tab);
    expect([response.status, response.headers.get("location")]).toEqual([303, "/tab/1"]);
    expect(world.provider.requests.token).toBe(1);
  });

  test("a response that is used again after the sign-out signs nobody in", async () => {
    const world = await SignInWorld.start();
    const browser = world.browser();
    const [tab = {}] = await openTabs(world, browser, 1);
    await world.callback(browser, tab);
    await browser.post("/sign-out");
    const response = await world.callback(browser, tab);
    expect([response.status, world.reasons]).toEqual([400, ["unknown_state"]]);
    expect(response.body).toContain('<a href="/sign-in?returnTo=%2Ftab%2F1">Try again</a>');
    expect(await world.userOf(browser)).toBeUndefined();
  });

  test("a response of another browser signs nobody in, and its code is not used", async () => {
    const world = await SignInWorld.start();
    const [tab = {}] = await openTabs(world, world.browser(), 1);
    const victim = world.browser();
    const response = await world.callback(victim, tab);
    expect([response.status, world.reasons]).toEqual([400, ["unknown_state"]]);
    expect(world.provider.requests.token).toBe(0);
    expect(await world.userOf(victim)).toBeUndefined();
  });

  test("a response of another browser begins the victim's own sign-in again, once, if one is under way", async () => {
    const world = await SignInWorld.start();
    world.provider.sub = "attacker";
    const [tab = {}] = await openTabs(world, world.browser(), 1);
    const victim = world.browser();
    await openTabs(world, victim, 1);
    const response = await world.callback(victim, tab);
    expect(response.headers.get("location")).toContain(`${world.provider.issuer}/authorize`);
    world.provider.sub = "victim";
    await world.callback(victim, world.provider.authorize(response.headers.get("location") ?? ""));
    expect(await world.userOf(victim)).toBe("victim");
  });

  test("a browser that keeps no cookies is not sent to the provider again", async () => {
    const world = await SignInWorld.start();
    const tab = world.provider.authorize(await world.begin(world.browser()));
    expect((await world.callback(world.browser(), tab)).status).toBe(400);
  });

  test("a sign-in that was begun again is not begun a third time", async () => {
    const world = await SignInWorld.start();
    const browser = world.browser();
    const [first = {}] = await openTabs(world, world.browser(), 1);
    await openTabs(world, browser, 1);
    const location = (await world.callback(browser, first)).headers.get("location") ?? "";
    const other = world.browser();
    await openTabs(world, other, 1);
    const response = await world.callback(other, world.provider.authorize(location));
    expect([response.status, world.reasons]).toEqual([400, ["unknown_state"]]);
  });

  test("a code of another sign-in is refused by the provider", async () => {
    const world = await SignInWorld.start();
    const browser = world.browser();
    const [first = {}, second = {}] = await openTabs(world, browser, 2);
    const response = await world.callback(browser, { ...first, code: second.code ?? "" });
    expect([response.status, world.reasons]).toEqual([400, ["code_rejected"]]);
    expect(response.body).toContain("This sign-in was already used or took too long.");
    expect(await world.userOf(browser)).toBeUndefined();
  });

  test("of two responses with one state at the same time, one signs in, and the other one is answered", async () => {
    const world = await SignInWorld.start();
    const browser = world.browser();
    const [tab = {}] = await openTabs(world, browser, 1);
    const both = await Promise.all([world.callback(browser, tab), world.callback(browser, tab)]);
    expect(both.map(({ status }) => status).sort()).toEqual([303, 400]);
    expect(world.reasons).toEqual(["code_rejected"]);
    expect(await world.userOf(browser)).toBe("u-1");
  });

  test("a cookie of one transaction under the name of another one is deleted and not used", async () => {
    const world = await SignInWorld.start();
    const [browser, other] = [world.browser(), world.browser()];
    const [tab = {}] = await openTabs(world, browser, 1);
    await openTabs(world, other, 1);
    const [own] = browser.jar.cookies(HOME);
    const [foreign] = other.jar.cookies(HOME);
    browser.jar.store(`${own?.key}=${foreign?.value}; Secure; Path=/`, HOME);
    expect((await world.callback(browser, tab)).status).toBe(400);
    expect((await browser.get("/sign-in")).cookies[0]).toMatch(`${own?.key}=; Max-Age=0`);
  });
});

describe("time", () => {
  test("a response after ten minutes is refused, even if the browser's clock has stopped", async () => {
    const world = await SignInWorld.start();
    const browser = world.browser();
    const location = await world.begin(browser);
    const [cookie] = browser.jar.cookies(HOME);
    const tab = world.provider.authorize(location);
    world.clock.advance(601);
    const headers = { cookie: cookie?.cookieString() ?? "" };
    const response = await world.callback(browser, tab, headers);
    expect([response.status, world.reasons]).toEqual([400, ["unknown_state"]]);
  });

  test("a response within ten minutes is accepted", async () => {
    const world = await SignInWorld.start();
    const browser = world.browser();
    const [tab = {}] = await openTabs(world, browser, 1);
    world.clock.advance(599);
    expect((await world.callback(browser, tab)).status).toBe(303);
  });

  test("after a day the state is refused as too old", async () => {
    const world = await SignInWorld.start();
    const browser = world.browser();
    const [tab = {}] = await openTabs(world, browser, 1);
    world.clock.advance(86_401);
    expect((await world.callback(browser, tab)).status).toBe(400);
    expect(world.reasons).toEqual(["expired_state"]);
  });

  test("a clock that jumps back by more than a minute refuses the response", async () => {
    const world = await SignInWorld.start();
    const browser = world.browser();
    const [tab = {}] = await openTabs(world, browser, 1);
    world.clock.advance(-61);
    expect((await world.callback(browser, tab)).status).toBe(400);
    expect(world.reasons).toEqual(["malformed_state"]);
  });
});

describe("secret keys", () => {
  test("a sign-in continues when the secret keys rotate meanwhile", async () => {
    let [current, newest] = [[KEY], [KEY]];
    const keys: KeyProvider = Object.assign(async () => current, {
      refreshKeys: async () => {
        current = newest;
        return current;
      },
    });
    const world = await SignInWorld.start({ keys });
    const browser = world.browser();
    const [tab = {}] = await openTabs(world, browser, 1);
    current = newest = [NEW_KEY, KEY];
    expect((await world.callback(browser, tab)).status).toBe(303);

    // Another function has the newer keys already, and this one learns them from the state.
    const [later = {}] = await openTabs(world, browser, 1);
    current = [KEY];
    expect((await world.callback(browser, later)).headers.get("location")).toBe("/tab/1");
  });

  test("secret keys that cannot be read are answered with 503 and a reason", async () => {
    const keys = async () => Promise.reject(new Error("ada@example.com"));
    const world = await SignInWorld.start({ keys });
    const response = await world.browser().get("/sign-in");
    expect([response.status, world.reasons]).toEqual([503, ["session_unavailable"]]);
    expect(world.log.text).not.toContain("ada@");
  });
});
