import { describe, expect, test } from "vitest";
import { SignInWorld, STORAGES, type WorldOptions } from "./sign-in-world.ts";

const SIGN_OUT = "https://app.example.com/sign-out";

async function signedIn(options: WorldOptions = {}) {
  const world = await SignInWorld.start(options);
  const browser = world.browser();
  await world.signIn(browser);
  return { world, browser };
}

/** Returns the address to which a page continues. */
function continuesTo(body: string): URL {
  const address = /http-equiv="refresh" content="0;url=([^"]+)"/.exec(body)?.[1] ?? "";
  expect(body).toContain(`<a href="${address}">Continue</a>`);
  return new URL(address.replaceAll("&#38;", "&"));
}

describe("POST /sign-out", () => {
  test.each(STORAGES)(
    "ends the session and continues to the provider, with the storage %s",
    async (storage) => {
      const { world, browser } = await signedIn({ storage });
      const idToken = browser.jar.cookies(SIGN_OUT).find(({ key }) => key === "__Secure-sign-in-id-token");
      expect(idToken).toMatchObject({ path: "/sign-out", secure: true, httpOnly: true, sameSite: "lax" });
      await browser.get("/sign-in");
      const response = await browser.post("/sign-out");
      expect(response.status).toBe(200);
      expect(response.headers.get("content-security-policy")).toContain("form-action 'self'");
      const url = continuesTo(response.body);
      expect(url.origin + url.pathname).toBe(`${world.provider.issuer}/end`);
      const { id_token_hint, state, ...others } = Object.fromEntries(url.searchParams);
      expect(others).toEqual({
        client_id: "client-1",
        post_logout_redirect_uri: "https://app.example.com/signed-out",
      });
      expect(id_token_hint).toMatch(/^ey[\w-]+\.[\w-]+\.[\w-]+$/);
      expect(await world.userOf(browser)).toBeUndefined();
      expect(browser.jar.cookies(SIGN_OUT)).toEqual([]);

      const back = await browser.get(`/signed-out?${new URLSearchParams({ state: state ?? "" })}`);
      expect(back.body).toContain("You are signed out here and at the identity provider.");
      expect(back.cookies).toEqual([]);
    },
  );

  test("the ID token is sent to no other path, and nobody can read it in the cookie", async () => {
    const { browser } = await signedIn();
    expect(browser.jar.cookies("https://app.example.com/me").map(({ key }) => key)).toEqual([
      "__Host-session",
    ]);
    expect(browser.jar.cookies(SIGN_OUT).find(({ path }) => path === "/sign-out")?.value).toMatch(
      /^~[\w-]+$/,
    );
  });

  test("an ID token that does not fit into a cookie is left out", async () => {
    const world = await SignInWorld.start();
    world.provider.claims = { many: "x".repeat(3000) };
    const browser = world.browser();
    await world.signIn(browser);
    const { searchParams } = continuesTo((await browser.post("/sign-out")).body);
    expect([searchParams.has("id_token_hint"), searchParams.get("client_id")]).toEqual([false, "client-1"]);
  });

  test("the largest cookies leave room for the other headers of a request to API Gateway", async () => {
    const world = await SignInWorld.start({ settings: { encrypt: true } });
    const browser = world.browser();
    let kept = 0;
    for (let size = 1000; size <= 2600; size += 100) {
      world.provider.claims = { many: "x".repeat(size) };
      await world.signIn(browser);
      const cookies = browser.jar.cookies(SIGN_OUT).map((cookie) => cookie.cookieString());
      kept = Math.max(kept, ...cookies.filter((one) => /id-token=/.test(one)).map(({ length }) => length));
    }
    for (let tab = 0; tab < 5; tab++) await world.begin(browser);
    const others = browser.jar.cookies(SIGN_OUT).filter(({ key }) => /^__Host-sign-in-/.test(key));
    expect(others).toHaveLength(5);
    const transactions = others.reduce((sum, cookie) => sum + cookie.cookieString().length + 2, 0);
    // 10,240 bytes without the largest session cookie, and 1,300 bytes for the headers of a browser.
    expect(kept).toBeGreaterThan(2600);
    expect(kept + transactions).toBeLessThan(10_240 - 4096 - 1300);
  });

  test("a visitor whom another site sends to /signed-out is not told that they are signed out while they are not", async () => {
    const world = await SignInWorld.start();
    const [browser, other] = [world.browser(), world.browser()];
    await world.signIn(other);
    const state = continuesTo((await other.post("/sign-out")).body).searchParams.get("state") ?? "";
    await world.signIn(browser);
    const page = await browser.get(`/signed-out?${new URLSearchParams({ state })}`, {
      from: "https://evil.example",
    });
    expect(page.body).not.toContain("You are signed out");
    expect(page.body).toContain('<form method="post" action="/sign-out"><button>Sign out</button></form>');
    expect(page.cookies).toEqual([]);
  });

  test("a provider with an address of its own gets client_id and logout_uri", async () => {
    const { browser } = await signedIn({ signOutUrl: "https://pool.example.com/logout" });
    expect(continuesTo((await browser.post("/sign-out")).body).href).toBe(
      "https://pool.example.com/logout?client_id=client-1&logout_uri=https%3A%2F%2Fapp.example.com%2Fsigned-out",
    );
  });

  test.each<[string, unknown]>([
    ["has no sign-out", undefined],
    ["has a script as its sign-out", "javascript:alert(1)"],
    ["has a number as its sign-out", 5],
  ])("if the provider %s, the session ends and the page says so", async (_name, endpoint) => {
    const world = await SignInWorld.start();
    world.provider.metadata = { end_session_endpoint: endpoint };
    const browser = world.browser();
    await world.signIn(browser);
    const response = await browser.post("/sign-out");
    expect([response.status, response.headers.get("location")]).toEqual([303, "/signed-out"]);
    expect(await world.userOf(browser)).toBeUndefined();
    const page = await browser.get("/signed-out");
    expect(page.body).toContain("On a shared computer, sign out at your identity provider too.");
    expect(page.body).toContain('<a href="/sign-in?prompt=select_account">Sign in again</a>');
  });

  test("while the provider is down, the session ends all the same, and the log says what is missing", async () => {
    const world = await SignInWorld.start();
    world.provider.responders.discovery = (response) => response.writeHead(503).end();
    const browser = world.browser();
    await browser.editSession((session) => session.signIn({ id: "u-1", name: "Ada" }));
    const response = await browser.post("/sign-out");
    expect([response.status, response.headers.get("location")]).toEqual([303, "/signed-out"]);
    expect(await world.userOf(browser)).toBeUndefined();
    expect(world.log.records).toEqual([
      {
        level: "ERROR",
        event: "sign_out_incomplete",
        reason: "provider_unavailable",
        message: "the provider responded with 503",
      },
    ]);
  });

  test("a form of another site signs nobody out", async () => {
    const { world, browser } = await signedIn();
    const response = await browser.post("/sign-out", {}, { from: "https://evil.example" });
    expect(response.status).toBe(403);
    expect(await world.userOf(browser)).toBe("u-1");
  });

  test("a session that has ended already still continues to the provider", async () => {
    const { world, browser } = await signedIn();
    await browser.editSession((session) => session.signOut());
    expect(continuesTo((await browser.post("/sign-out")).body).origin).toBe(world.provider.issuer);
  });
});

describe("GET /signed-out", () => {
  test.each(["", "?state=x", "?state=~abc", "?state=%00"])(
    "GET /signed-out with the query %j confirms no sign-out at the provider",
    async (query) => {
      const world = await SignInWorld.start();
      const response = await world.browser().get(`/signed-out${query}`);
      expect(response.body).toContain("You are signed out here. On a shared computer");
      expect(response.headers.get("vary")).toBeNull();
    },
  );

  test("the link signs in again with a choice of accounts, unless the provider knows none", async () => {
    const world = await SignInWorld.start();
    const path = "/sign-in?prompt=select_account";
    expect(await world.begin(world.browser(), path)).toContain("prompt=select_account");
    const other = await SignInWorld.start();
    other.provider.metadata = { prompt_values_supported: ["none", "login"] };
    expect(await other.begin(other.browser(), path)).not.toContain("prompt=");
  });
});
