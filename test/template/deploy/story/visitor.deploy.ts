import { beforeEach, describe, expect, test } from "vitest";
import { DeployedBrowser } from "../deployed-browser.ts";
import { deployment, type StackKind } from "../deployment.ts";
import { newUser } from "../new-user.ts";

const { stacks } = deployment();

describe.each(Object.keys(stacks) as StackKind[])("a visitor of the stack %s", (kind) => {
  let browser: DeployedBrowser;

  beforeEach(() => {
    browser = newBrowser();
  });

  function newBrowser(): DeployedBrowser {
    return new DeployedBrowser(stacks[kind].url);
  }

  test("gets a page", async () => {
    const response = await browser.get("/");
    expect([response.status, response.headers.get("content-type")]).toEqual([
      200,
      "text/html; charset=utf-8",
    ]);
  });

  test("gets no cookie by looking only", async () => {
    expect(await browser.session()).toMatchObject({ user: null, data: {} });
    expect(await browser.cookie()).toBeUndefined();
  });

  test("gets 404 where nothing is", async () => {
    expect((await browser.get("/nothing/here")).status).toBe(404);
  });

  test("counts visits, apart from another browser's", async () => {
    const other = newBrowser();
    expect([await browser.visit(), await browser.visit(), await browser.visit()]).toEqual([1, 2, 3]);
    expect(await other.visit()).toBe(1);
    expect(await browser.visit()).toBe(4);
  });

  test("finds in one function what another one stored", async () => {
    expect(await (await browser.get("/get")).text()).toBe("Not set");
    expect(await (await browser.get("/set")).text()).toBe("Session set");
    expect(await (await browser.get("/get")).text()).toBe("value");
  });

  test("gets a cookie that only this host gets back, over HTTPS, and that no script reads", async () => {
    const response = await browser.get("/visits");
    const [cookie, ...others] = response.headers.getSetCookie();
    expect(others).toEqual([]);
    expect(cookie?.startsWith("__Host-session=")).toBe(true);
    expect(cookie?.split("; ").slice(1).sort()).toEqual(["HttpOnly", "Path=/", "SameSite=Lax", "Secure"]);
    expect([response.headers.get("cache-control"), response.headers.get("vary")]).toEqual([
      "no-store",
      "Cookie",
    ]);
    expect(await browser.cookie()).toMatchObject({ hostOnly: true, secure: true, httpOnly: true });
  });

  test("is known after signing in, keeps the data, and gets another cookie", async () => {
    const user = newUser();
    await browser.visit();
    const before = await browser.cookie();
    expect(redirectOf(await browser.post("/sign-in", { name: user }))).toEqual([303, "/"]);
    expect(await browser.session()).toMatchObject({ user: { id: user, name: user }, data: { visits: 1 } });
    expect((await browser.cookie())?.value === before?.value).toBe(false);
  });

  test("reads a message once", async () => {
    const user = newUser();
    await browser.post("/sign-in", { name: user });
    expect(await (await browser.get("/")).text()).toContain(`You are signed in as ${user}.`);
    expect(await (await browser.get("/")).text()).not.toContain(`You are signed in as ${user}.`);
  });

  test.each<[string, (value: string) => string]>([
    ["another payload", (value) => `x${value}`],
    ["another signature", (value) => `${value.slice(0, -3)}${value.endsWith("AAA") ? "BBB" : "AAA"}`],
    ["no signature", (value) => value.slice(0, value.lastIndexOf("."))],
    ["nothing", () => ""],
    ["garbage", () => "%00..{}"],
  ])("whose cookie has %s gets an empty session", async (_what, tamper) => {
    await browser.visit();
    await browser.post("/sign-in", { name: newUser() });
    const cookie = await browser.cookie();
    const response = await newBrowser().get("/session", {
      headers: { cookie: `__Host-session=${tamper(cookie?.value ?? "")}` },
    });
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ user: null, data: {} });
    expect((await browser.session()).data).toEqual({ visits: 1 });
  });

  test("is safe from another site's form", async () => {
    const user = newUser();
    await browser.post("/sign-in", { name: user });
    const forged = await browser.post("/sign-out", {}, { from: "https://evil.example" });
    const guessed = await browser.post("/sign-out", {}, { headers: { "sec-fetch-site": "cross-site" } });
    expect([forged.status, guessed.status]).toEqual([403, 403]);
    expect((await browser.session()).user?.id).toBe(user);
  });

  test("is forgotten after signing out, but for the message about it", async () => {
    await browser.visit();
    await browser.post("/sign-in", { name: newUser() });
    expect(redirectOf(await browser.post("/sign-out"))).toEqual([303, "/"]);
    expect(await browser.session()).toMatchObject({ user: null, data: {} });
    expect(await (await browser.get("/")).text()).toContain("You are signed out.");
    expect(await (await browser.get("/")).text()).not.toContain("You are signed out.");
    expect(await browser.visit()).toBe(1);
  });
});

/** The status, and the path of the page to which the browser is sent. */
function redirectOf({ status, headers }: Response): [status: number, path: string] {
  return [status, new URL(headers.get("location") ?? "none", stacks.cookie.url).pathname];
}
