import type { Context } from "aws-lambda";
import { expect, onTestFinished, test } from "vitest";
import { requireUser } from "../../../../shared/lambda/guards/require-user.ts";
import type { HttpEvent } from "../../../../shared/lambda/http-event.ts";
import { createWithSession } from "../../../../shared/lambda/with-session.ts";
import { ProviderVisitor, startLocalProvider } from "../../../../shared/local-provider.ts";
import { OidcClient } from "../../../../shared/oidc/provider/oidc-client.ts";
import { createSignInRoutes } from "../../../../shared/oidc/sign-in-routes.ts";
import { TokenKeeper } from "../../../../shared/oidc/tokens/token-keeper.ts";
import { createWithProviderTokens } from "../../../../shared/oidc/tokens/with-provider-tokens.ts";
import { ServerSideSessionInterface } from "../../../../shared/server-side/server-side-session-interface.ts";
import { MemoryStore } from "../../../../shared/stores/memory-store.ts";
import { Browser } from "../../../../shared/testing/browser.ts";
import { APP_ORIGIN } from "../../../../shared/testing/events.ts";
import { passTime } from "../../local-provider/relying-party.ts";
import { SteeredItems } from "./steered-items.ts";
import { KEY } from "./token-fixture.ts";

const LIFE = 300;

/** Returns an application whose visitors sign in at a local provider, which ends with the test. */
async function start(): Promise<{ browser: Browser; steered: SteeredItems }> {
  const clients = [{ clientId: "app", clientSecret: "a client secret of the tests", origins: [APP_ORIGIN] }];
  const people = [{ id: "ada", name: "Ada" }];
  const options = { people, clients, algorithm: "ES256", accessTokenLifetime: LIFE } as const;
  const provider = await startLocalProvider(options);
  onTestFinished(() => provider.close());
  const sessionInterface = new ServerSideSessionInterface({
    store: new MemoryStore(),
    keys: [KEY],
    log: () => {},
  });
  const withSession = createWithSession({ sessionInterface, log: () => {} });
  const [{ clientId, clientSecret }] = clients as [(typeof clients)[0]];
  const client = new OidcClient({
    issuer: provider.issuer,
    clientId,
    clientSecret: async () => clientSecret,
    timeout: 60_000,
  });
  const steered = new SteeredItems(Date.now);
  const { store: items } = steered;
  const keeper = (): TokenKeeper => new TokenKeeper({ client, items, keys: [KEY], log: () => {} });
  const hooks = keeper();
  const signIn = createSignInRoutes({ client, withSession, keys: [KEY], hooks, log: () => {} });
  const browser = new Browser(
    {
      "GET /sign-in": signIn,
      "GET /sign-in/callback": signIn,
      "POST /sign-out": signIn,
      // Each request reaches another instance.
      "GET /token": (event: HttpEvent, context: Context) => {
        const withProviderTokens = createWithProviderTokens(keeper());
        const handler = withProviderTokens((_event, session) => session.accessToken());
        return withSession(requireUser(handler))(event as never, context);
      },
    } as never,
    { sessionInterface },
  );
  const { headers } = await browser.get("/sign-in?returnTo=/token");
  const { url } = await new ProviderVisitor().signInAs("ada", headers.get("location") ?? "");
  const callback = await browser.get(url, { from: provider.issuer });
  expect([callback.status, callback.headers.get("location")]).toEqual([303, "/token"]);
  return { browser, steered };
}

test("tokens of a real sign-in are refreshed at a real provider, which rotates them and detects reuse", async () => {
  const { browser } = await start();
  const tokens = new Set<string>();
  for (let round = 0; round < 4; round++) {
    const answers = await Promise.all([browser.get("/token"), browser.get("/token"), browser.get("/token")]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    for (const { body } of answers) tokens.add(`${body}`);
    passTime(LIFE - 10);
  }
  expect(tokens.size).toBe(4);
});

test("a real sign-out removes the tokens from the store", async () => {
  const { browser, steered } = await start();
  const countItems = async () => {
    const items = await Promise.all([...steered.keys].map((key) => steered.inner.read(key)));
    return items.filter((item) => item !== undefined).length;
  };
  expect(await countItems()).toBe(1);
  await browser.post("/sign-out");
  expect(await countItems()).toBe(0);
});
