import { beforeEach, describe, expect, test } from "vitest";
import { DeployedBrowser } from "../deployed-browser.ts";
import { deployment } from "../deployment.ts";
import { newUser } from "../new-user.ts";

const { stacks } = deployment();

interface ListedSession {
  readonly id: string;
  readonly userAgent: string;
  readonly isCurrent: boolean;
}

describe.each(["revocable-cookie", "dynamodb"] as const)("in the stack %s", (kind) => {
  let user: string;
  let laptop: DeployedBrowser;
  let phone: DeployedBrowser;
  let tablet: DeployedBrowser;

  beforeEach(async () => {
    user = newUser();
    laptop = await device("laptop");
    phone = await device("phone");
    tablet = await device("tablet");
  });

  async function device(agent: string, name = user): Promise<DeployedBrowser> {
    const browser = new DeployedBrowser(stacks[kind].url);
    await browser.visit();
    await browser.post("/sign-in", { name }, { headers: { "user-agent": agent } });
    return browser;
  }

  async function list(browser: DeployedBrowser): Promise<readonly ListedSession[]> {
    return ((await (await browser.get("/sessions")).json()) as { sessions: ListedSession[] }).sessions;
  }

  async function signedIn(...browsers: DeployedBrowser[]): Promise<boolean[]> {
    return Promise.all(browsers.map(async (browser) => (await browser.session()).user?.id === user));
  }

  test("a device lists all sessions of its user and marks its own", async () => {
    await device("somebody else's", newUser());
    const sessions = await list(phone);
    expect(sessions.map(({ userAgent }) => userAgent).sort()).toEqual(["laptop", "phone", "tablet"]);
    expect(sessions.filter(({ isCurrent }) => isCurrent).map(({ userAgent }) => userAgent)).toEqual([
      "phone",
    ]);
  });

  test("a device ends the session of another one", async () => {
    const id = (await list(laptop)).find(({ userAgent }) => userAgent === "phone")?.id ?? "";
    expect((await laptop.post("/sessions/end", { id })).status).toBe(303);
    expect(await signedIn(laptop, phone, tablet)).toEqual([true, false, true]);
    expect(await list(laptop)).toHaveLength(2);
  });

  test("a device ends the sessions of all others", async () => {
    expect((await laptop.post("/sessions/end", { which: "others" })).status).toBe(303);
    expect(await signedIn(laptop, phone, tablet)).toEqual([true, false, false]);
  });

  test("a device ends all sessions of its user", async () => {
    expect((await laptop.post("/sessions/end", { which: "all" })).status).toBe(303);
    expect(await signedIn(laptop, phone, tablet)).toEqual([false, false, false]);
  });

  test("a session that was ended on another device cannot be opened again, not even with its old cookie", async () => {
    const cookie = `__Host-session=${(await phone.cookie())?.value}`;
    await laptop.post("/sessions/end", { which: "others" });
    expect(await phone.visit()).toBe(1);
    const old = new DeployedBrowser(stacks[kind].url);
    expect(await (await old.get("/session", { headers: { cookie } })).json()).toMatchObject({
      user: null,
      data: {},
    });
    expect((await old.get("/sessions", { headers: { cookie } })).status).toBe(401);
  });

  test("the cookie from before signing out opens no session", async () => {
    const cookie = `__Host-session=${(await phone.cookie())?.value}`;
    await phone.post("/sign-out");
    const old = new DeployedBrowser(stacks[kind].url);
    expect(await (await old.get("/session", { headers: { cookie } })).json()).toMatchObject({
      user: null,
      data: {},
    });
    expect(await signedIn(laptop, tablet)).toEqual([true, true]);
  });

  test("a device cannot end another user's session", async () => {
    const other = await device("other", newUser());
    const [session] = await list(other);
    expect((await laptop.post("/sessions/end", { id: session?.id ?? "" })).status).toBe(404);
    expect(await list(other)).toHaveLength(1);
  });

  test("a visitor who is not signed in can neither list nor end sessions", async () => {
    const stranger = new DeployedBrowser(stacks[kind].url);
    const answers = [await stranger.get("/sessions"), await stranger.post("/sessions/end", { which: "all" })];
    expect(answers.map(({ status }) => status)).toEqual([401, 401]);
  });
});
