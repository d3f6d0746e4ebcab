import { expect, onTestFinished, test } from "vitest";
import { createWithSession } from "../../../shared/lambda/with-session.ts";
import { ProviderVisitor, startLocalProvider } from "../../../shared/local-provider.ts";
import { createBackChannelRoute } from "../../../shared/oidc/back-channel/back-channel-route.ts";
import { providerSessionLinks } from "../../../shared/oidc/back-channel/provider-session-links.ts";
import { OidcClient } from "../../../shared/oidc/provider/oidc-client.ts";
import { createSignInRoutes } from "../../../shared/oidc/sign-in-routes.ts";
import { ServerSideSessionInterface } from "../../../shared/server-side/server-side-session-interface.ts";
import { MemoryConditionalStore } from "../../../shared/stores/memory-conditional-store.ts";
import { MemoryStore } from "../../../shared/stores/memory-store.ts";
import { Browser } from "../../../shared/testing/browser.ts";
import { APP_ORIGIN, httpApiEvent, lambdaContext } from "../../../shared/testing/events.ts";
import { SessionDirectory } from "../../../shared/users/session-directory.ts";

const BACK_CHANNEL = `${APP_ORIGIN}/sign-out/back-channel`;
const PEOPLE = [
  { id: "ada", name: "Ada" },
  { id: "grace", name: "Grace" },
];

/** Starts a provider and an application that it reaches by its back channel. */
async function start() {
  const statuses: number[] = [];
  const provider = await startLocalProvider({
    people: PEOPLE,
    clients: [{ clientId: "app", origins: [APP_ORIGIN], backChannelLogoutUri: BACK_CHANNEL }],
    algorithm: "ES256",
    deliver: async (url, body) => {
      const headers = { "content-type": "application/x-www-form-urlencoded" };
      const event = httpApiEvent({ method: "POST", url, headers, body });
      const { statusCode = 0 } = await backChannel(event, lambdaContext());
      statuses.push(statusCode);
      return statusCode;
    },
  });
  onTestFinished(() => provider.close());
  const [store, items, keys] = [
    new MemoryStore(),
    new MemoryConditionalStore(),
    ["a secret key of at least 32 bytes"],
  ];
  const client = new OidcClient({ issuer: provider.issuer, clientId: "app", timeout: 60_000, log: () => {} });
  const sessions = new SessionDirectory({ users: store, store, log: () => {} });
  const backChannel = createBackChannelRoute({ client, sessions, items, log: () => {} });
  const sessionInterface = new ServerSideSessionInterface({ store, keys, log: () => {} });
  const withSession = createWithSession({ sessionInterface });
  const routes = createSignInRoutes({ client, withSession, keys, hooks: providerSessionLinks({ items }) });
  const me = withSession((_event, session) => ({ user: session.user?.id ?? null }));
  return {
    provider,
    statuses,
    /** Signs in with a new browser that has this visitor's cookies of the provider. */
    async signIn(sign: (url: string) => Promise<{ readonly url: string }>): Promise<Browser> {
      const browser = new Browser({ "GET /sign-in": routes, "GET /sign-in/callback": routes, "GET /me": me });
      const location = (await browser.get("/sign-in")).headers.get("location") ?? "";
      const { pathname, search } = new URL((await sign(location)).url);
      await browser.get(`${pathname}${search}`, { from: provider.issuer });
      return browser;
    },
    async userOf(browser: Browser): Promise<string | null> {
      return (await browser.get("/me")).json().user;
    },
  };
}

test("a sign-out at the local provider ends the sessions of that person on all devices, and of nobody else", async () => {
  const world = await start();
  const [laptop, phone, other] = [new ProviderVisitor(), new ProviderVisitor(), new ProviderVisitor()];
  const browsers = [
    await world.signIn((url) => laptop.signInAs("ada", url)),
    await world.signIn((url) => phone.signInAs("ada", url)),
    await world.signIn((url) => other.signInAs("grace", url)),
  ] as const;
  expect(await Promise.all(browsers.map(world.userOf))).toEqual(["ada", "ada", "grace"]);
  await world.provider.signOutEverywhere("ada");
  expect(world.statuses).toEqual([200, 200]);
  expect(await Promise.all(browsers.map(world.userOf))).toEqual([null, null, "grace"]);
});

test("a person who was signed out at the local provider can sign in again with the same browser", async () => {
  const world = await start();
  const visitor = new ProviderVisitor();
  await world.signIn((url) => visitor.signInAs("ada", url));
  await world.provider.signOutEverywhere("ada");
  const browser = await world.signIn((url) => visitor.signInAs("ada", url));
  expect(await world.userOf(browser)).toBe("ada");
});
