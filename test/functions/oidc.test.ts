import { type LocalProvider, ProviderVisitor, startLocalProvider } from "lambda-sessions/local-provider";
import { APP_ORIGIN, Browser, Clock } from "lambda-sessions/testing";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { SessionData } from "../../functions/runtime/session-data.ts";
import { BACK_CHANNEL_ROUTES, OIDC_ROUTES } from "../../infra/routes.ts";
import { handlersOf } from "./handlers.ts";
import { KEYS, STORAGES, type Storage, USER_STORAGES, useMemorySessions } from "./memory-sessions.ts";

const CLIENT = {
  clientId: "shop",
  clientSecret: "a client secret of the tests",
  origins: [APP_ORIGIN],
  backChannelLogoutUri: `${APP_ORIGIN}/sign-out/back-channel`,
};
const ADA = { id: "ada", name: "Ada", email: "ada@people.example" };

let provider: LocalProvider;
/** Sends a logout token of the provider to the functions. */
let deliver = async (_body: string): Promise<number> => 500;

beforeAll(async () => {
  const options = { people: [ADA], clients: [CLIENT] };
  provider = await startLocalProvider({ ...options, deliver: (_uri, body) => deliver(body) });
});
afterAll(() => provider.close());

/** Returns a browser in front of the functions, to which the provider's server sends its logout tokens. */
async function start(storage: Storage): Promise<Browser<SessionData>> {
  vi.resetModules();
  vi.stubEnv("SESSION_SECRET_KEYS", JSON.stringify(KEYS));
  vi.stubEnv("OIDC_ISSUER", provider.issuer);
  vi.stubEnv("OIDC_CLIENT_ID", CLIENT.clientId);
  vi.stubEnv("OIDC_CLIENT_SECRET", CLIENT.clientSecret);
  const { sessionInterface } = await useMemorySessions(storage, new Clock());
  const routes = handlersOf({ ...OIDC_ROUTES, ...(storage !== "cookie" && BACK_CHANNEL_ROUTES) });
  const server = new Browser(routes);
  deliver = async (body) => {
    const form = Object.fromEntries(new URLSearchParams(body));
    return (await server.post("/sign-out/back-channel", form, { from: provider.issuer })).status;
  };
  return new Browser<SessionData>(routes, { sessionInterface });
}

async function signIn(browser: Browser<SessionData>, visitor: ProviderVisitor): Promise<void> {
  const begun = await browser.get("/sign-in");
  const { url } = await visitor.signInAs("ada", begun.headers.get("location") ?? "");
  expect((await browser.get(url, { from: provider.issuer })).status).toBe(303);
}

describe.each(STORAGES)("with storage=%s and signIn=oidc,", (storage) => {
  test("a person signs in at the provider, returns to the page, and signs out on both sides", async () => {
    const browser = await start(storage);
    const visitor = new ProviderVisitor();
    const begun = await browser.get("/sign-in?returnTo=/visits");
    const { url } = await visitor.signInAs("ada", begun.headers.get("location") ?? "");
    const { status, headers } = await browser.get(url, { from: provider.issuer });
    expect([status, headers.get("location")]).toEqual([303, "/visits"]);
    expect((await browser.get("/probe")).json()).toEqual({ user: "ada" });

    const { body } = await browser.post("/sign-out");
    expect((await browser.get("/probe")).json()).toEqual({ user: null });
    const [, address = ""] = /content="0;url=([^"]+)"/.exec(body) ?? [];
    const back = await visitor.open(address.replaceAll("&#38;", "&"));
    expect((await browser.get(back.url)).body).toContain("signed out here and at the identity provider");
  });

  test("a response of the provider that this browser has not asked for signs nobody in", async () => {
    const [asking, other] = [await start(storage), await start(storage)];
    const begun = await asking.get("/sign-in");
    const { url } = await new ProviderVisitor().signInAs("ada", begun.headers.get("location") ?? "");
    expect((await other.get(url, { from: provider.issuer })).status).toBe(400);
    expect((await other.get("/probe")).json()).toEqual({ user: null });
  });
});

test.each(USER_STORAGES)(
  "with storage=%s, a sign-out by the provider ends the session at its next request",
  async (storage) => {
    const browser = await start(storage);
    await signIn(browser, new ProviderVisitor());
    expect((await browser.get("/probe")).json()).toEqual({ user: "ada" });
    await provider.signOutEverywhere("ada");
    expect((await browser.get("/probe")).json()).toEqual({ user: null });
  },
);
