import { fetch } from "undici";
import { describe, expect, test } from "vitest";
import { DeployedBrowser, DISPATCHER } from "../deployed-browser.ts";
import { deployment } from "../deployment.ts";
import { newUser } from "../new-user.ts";

const { stacks } = deployment();

/** A client that keeps the token of its session and no cookies, such as a mobile application. */
class TokenClient {
  token: string | null = null;
  readonly cookies: string[] = [];

  async request(path: string, form?: Readonly<Record<string, string>>) {
    const response = await fetch(new URL(path, stacks.dynamodb.url), {
      headers: this.token ? { authorization: `Bearer ${this.token}` } : { "session-transport": "header" },
      redirect: "manual",
      dispatcher: DISPATCHER,
      ...(form && { method: "POST", body: new URLSearchParams(form) }),
    });
    this.cookies.push(...response.headers.getSetCookie());
    const token = response.headers.get("session-token");
    if (token !== null) this.token = token === "deleted" ? null : token;
    return response;
  }
}

describe("in the stack dynamodb", () => {
  test("a client without cookies has a session by its token, and gets another one when it signs in", async () => {
    const [client, user] = [new TokenClient(), newUser()];
    for (const visits of [1, 2]) expect(await (await client.request("/visits")).json()).toEqual({ visits });
    const before = client.token;
    expect((await client.request("/sign-in", { name: user })).status).toBe(303);
    expect(client.token === before).toBe(false);
    expect(await (await client.request("/session")).json()).toMatchObject({
      user: { id: user },
      data: { visits: 2 },
    });
    expect(client.cookies).toEqual([]);
  });

  test("the token of a client that signed out opens no session", async () => {
    const client = new TokenClient();
    await client.request("/sign-in", { name: newUser() });
    const { token } = client;
    await client.request("/sign-out", {});
    const old = Object.assign(new TokenClient(), { token });
    expect(await (await old.request("/session")).json()).toMatchObject({ user: null, data: {} });
  });

  test("a browser's cookie is never answered with a token", async () => {
    const browser = new DeployedBrowser(stacks.dynamodb.url);
    await browser.visit();
    const response = await browser.get("/visits", { headers: { "session-transport": "header" } });
    expect(await response.json()).toEqual({ visits: 1 });
    expect((await browser.get("/visits")).headers.get("session-token")).toBeNull();
  });
});
