import { beforeEach, describe, expect, test } from "vitest";
import { DeployedBrowser } from "../deployed-browser.ts";
import { deployment, type StackKind } from "../deployment.ts";
import { newUser } from "../new-user.ts";

const { stacks } = deployment();

describe.each(Object.keys(stacks) as StackKind[])("in the stack %s", (kind) => {
  let browser: DeployedBrowser;

  beforeEach(() => {
    browser = newBrowser();
  });

  function newBrowser(): DeployedBrowser {
    return new DeployedBrowser(stacks[kind].url);
  }

  test("a visitor gets the page as HTML", async () => {
    const response = await browser.get("/");
    expect([response.status, response.headers.get("content-type")]).toEqual([
      200,
      "text/html; charset=utf-8",
    ]);
  });

  test("a visitor gets no cookie for reading only", async () => {
    expect(await browser.session()).toMatchObject({ user: null, data: {} });
    expect(await browser.cookie()).toBeUndefined();
  });

  test("a visitor gets 404 for an unknown path", async () => {
    expect((await browser.get("/nothing/here")).status).toBe(404);
  });

  test("a visitor's visits are counted separately from another browser's", async () => {
    const other = newBrowser();
    expect([await browser.visit(), await browser.visit(), await browser.visit()]).toEqual([1, 2, 3]);
    expect(await other.visit()).toBe(1);
    expect(await browser.visit()).toBe(4);
  });

  test("a function reads what another function stored", async () => {
    expect(await (await browser.get("/get")).text()).toBe("Not set");
    expect(await (await browser.get("/set")).text()).toBe("Session set");
    expect(await (await browser.get("/get")).text()).toBe("value");
  });

  test("a visitor gets a __Host- cookie that only this host receives, over HTTPS, and that scripts cannot read", async () => {
    const response = await browser.get("/visits");
    const [cookie, ...others] = response.headers.getSetCookie();
    expect(others).toEqual([]);
    expect(cookie?.startsWith("__Host-session=")).toBe(true);
    expect(cookie?.split("; ").slice(1).sort()).toEqual(["HttpOnly", "Path=/", "SameSite=Lax", "Secure"]);
    expect([response.headers.get("cache-control"), response.headers.get("vary")]).toEqual([
      "no-store",
      kind === "dynamodb" ? "Cookie, Authorization, Session-Transport" : "Cookie",
    ]);
    expect(await browser.cookie()).toMatchObject({ hostOnly: true, secure: true, httpOnly: true });
  });

  test("a visitor who signs in is a known user, keeps the data, and gets another cookie", async () => {
    const user = newUser();
    await browser.visit();
    const before = await browser.cookie();
    expect(redirectOf(await browser.post("/sign-in", { name: user }))).toEqual([303, "/"]);
    expect(await browser.session()).toMatchObject({ user: { id: user, name: user }, data: { visits: 1 } });
    expect((await browser.cookie())?.value === before?.value).toBe(false);
  });

  test("a message is shown once", async () => {
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
  ])("a visitor whose cookie has %s gets an empty session", async (_what, tamper) => {
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

  test("a form of another site is refused, and the user stays signed in", async () => {
    const user = newUser();
    await browser.post("/sign-in", { name: user });
    const forged = await browser.post("/sign-out", {}, { from: "https://evil.example" });
    const guessed = await browser.post("/sign-out", {}, { headers: { "sec-fetch-site": "cross-site" } });
    expect([forged.status, guessed.status]).toEqual([403, 403]);
    expect((await browser.session()).user?.id).toBe(user);
  });

  test("a user who signs out has an empty session with only the message about it", async () => {
    await browser.visit();
    await browser.post("/sign-in", { name: newUser() });
    expect(redirectOf(await browser.post("/sign-out"))).toEqual([303, "/"]);
    expect(await browser.session()).toMatchObject({ user: null, data: {} });
    expect(await (await browser.get("/")).text()).toContain("You are signed out.");
    expect(await (await browser.get("/")).text()).not.toContain("You are signed out.");
    expect(await browser.visit()).toBe(1);
  });
});

/** Returns the status and the path of the Location header. */
function redirectOf({ status, headers }: Response): [status: number, path: string] {
  return [status, new URL(headers.get("location") ?? "none", stacks.cookie.url).pathname];
}
