import { expect, onTestFinished, test } from "vitest";
import { createWithSession } from "../../../shared/lambda/with-session.ts";
import { startLocalProvider } from "../../../shared/local-provider/local-provider.ts";
import { type ApplicationRequest, ProviderVisitor } from "../../../shared/local-provider/provider-visitor.ts";
import { OidcClient } from "../../../shared/oidc/provider/oidc-client.ts";
import { createSignInRoutes } from "../../../shared/oidc/sign-in-routes.ts";
import { Browser } from "../../../shared/testing/browser.ts";
import { APP_ORIGIN } from "../../../shared/testing/events.ts";
import { LogCollector } from "../../../shared/testing/log-collector.ts";
import { createSessionInterface, KEY, STORAGES } from "./sign-in-world.ts";

const SECRET = "the secret: 100 % of +it/=~ is unusual";

const PEOPLE = [
  { id: "ada", name: "Ada", email: "ada@example.com" },
  { id: "grace", name: "Grace", email: "grace@example.com", secondFactor: true },
];

interface Setup {
  readonly responseMode?: "query" | "form_post";
  readonly clientSecret?: string;
  readonly storage?: (typeof STORAGES)[number];
}

/** Starts oidc-provider, an application, and a visitor with a browser on both sides. */
async function start({ responseMode = "query", clientSecret, storage = "cookie" }: Setup) {
  const client = { clientId: "local", origins: [APP_ORIGIN], ...(clientSecret && { clientSecret }) };
  const provider = await startLocalProvider({ people: PEOPLE, clients: [client], algorithm: "ES256" });
  onTestFinished(() => provider.close());
  const log = new LogCollector();
  const options = { keys: [KEY], settings: {}, clock: Date.now, log: () => {} };
  const sessionInterface = createSessionInterface(storage, options);
  const withSession = createWithSession({ sessionInterface });
  const routes = createSignInRoutes({
    client: new OidcClient({
      issuer: provider.issuer,
      clientId: "local",
      clientSecret: clientSecret === undefined ? undefined : async () => clientSecret,
      timeout: 60_000,
    }),
    ...{ withSession, keys: [KEY], responseMode, log: log.log },
  });
  const paths = [
    "GET /sign-in",
    "GET /sign-in/callback",
    "POST /sign-in/callback",
    "POST /sign-out",
    "GET /signed-out",
  ];
  const browser = new Browser(Object.fromEntries(paths.map((path) => [path, routes])), { sessionInterface });
  const visitor = new ProviderVisitor();
  const returnWith = async ({ method, url, form }: ApplicationRequest) =>
    method === "POST"
      ? browser.get((await browser.post(url, form, { from: provider.issuer })).headers.get("location") ?? "")
      : browser.get(url, { from: provider.issuer });
  const begin = async (path: string) => (await browser.get(path)).headers.get("location") ?? "";
  return { provider, log, browser, visitor, returnWith, begin };
}

test.each(STORAGES)(
  "a person signs in at oidc-provider, steps up and signs out on both sides, with the storage %s",
  async (storage) => {
    const { provider, log, browser, visitor, returnWith, begin } = await start({
      storage,
      clientSecret: SECRET,
    });
    const back = await returnWith(await visitor.signInAs("grace", await begin("/sign-in?returnTo=/orders")));
    expect([back.status, back.headers.get("location")]).toEqual([303, "/orders"]);
    const first = await browser.editSession(({ user, authentication }) => ({ user, authentication }));
    expect(first).toMatchObject({
      user: { id: "grace", name: "Grace" },
      authentication: { issuer: provider.issuer },
    });
    expect(first.authentication?.at).toBeInstanceOf(Date);

    const stepUp = await returnWith(
      await visitor.signInAs("grace", await begin("/sign-in?returnTo=/pay&maxAge=60&acr=mfa")),
    );
    expect(stepUp.headers.get("location")).toBe("/pay");
    expect(await browser.editSession((session) => session.authentication)).toMatchObject({
      acr: "mfa",
      amr: ["pwd", "otp"],
    });

    const page = await browser.post("/sign-out");
    const address = /content="0;url=([^"]+)"/.exec(page.body)?.[1]?.replaceAll("&#38;", "&") ?? "";
    const signedOut = await returnWith(await visitor.open(address));
    expect(signedOut.body).toContain("You are signed out here and at the identity provider.");
    await expect(visitor.open(await begin("/sign-in"))).rejects.toThrow("asks who signs in");
    expect(await browser.editSession((session) => session.user)).toBeUndefined();
    expect(log.records).toEqual([]);
  },
);

test.each<Setup>([{ responseMode: "form_post" }, { responseMode: "form_post", clientSecret: SECRET }])(
  "a public or confidential client signs in with the response mode form_post: %j",
  async (setup) => {
    const { browser, visitor, returnWith, begin } = await start(setup);
    await returnWith(await visitor.signInAs("ada", await begin("/sign-in")));
    expect(await browser.editSession((session) => session.user?.id)).toBe("ada");
  },
);

test("a person who cancels at oidc-provider gets a sentence", async () => {
  const { log, visitor, returnWith, begin } = await start({});
  const response = await returnWith(await visitor.cancel(await begin("/sign-in")));
  expect([response.status, log.records]).toEqual([
    401,
    [{ level: "WARN", event: "sign_in_refused", reason: "access_denied" }],
  ]);
});

test("a rotation of oidc-provider's keys needs no new client", async () => {
  const { provider, log, visitor, returnWith, begin } = await start({});
  await returnWith(await visitor.signInAs("ada", await begin("/sign-in")));
  await provider.rotateKeys();
  const response = await returnWith(await visitor.open(await begin("/sign-in?returnTo=/orders")));
  expect([response.headers.get("location"), log.records]).toEqual(["/orders", []]);
});
