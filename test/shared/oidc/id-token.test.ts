import { generateKeyPair } from "jose";
import { expect, test } from "vitest";
import { HostileProvider, type Signer } from "./hostile-provider.ts";
import { SignInWorld } from "./sign-in-world.ts";

const EMAIL = "ada@example.com";

interface Hostility {
  readonly claims?: (world: SignInWorld) => Record<string, unknown>;
  readonly sign?: Signer;
  readonly metadata?: Record<string, unknown>;
}

const withSecret = (provider: HostileProvider) => new TextEncoder().encode(provider.clientSecret);

test.each<[string, string, Hostility]>([
  ["of another issuer", "id_token_wrong_issuer", { claims: () => ({ iss: "https://evil.example" }) }],
  ["for another client", "id_token_wrong_audience", { claims: () => ({ aud: "client-2" }) }],
  [
    "for several clients, of which another one is the authorized party",
    "id_token_wrong_audience",
    { claims: () => ({ aud: [HostileProvider.clientId, "client-2"], azp: "client-2" }) },
  ],
  ["with the nonce of another sign-in", "id_token_wrong_nonce", { claims: () => ({ nonce: "other" }) }],
  ["without a nonce", "id_token_malformed", { claims: () => ({ nonce: undefined }) }],
  ["without a subject", "id_token_malformed", { claims: () => ({ sub: undefined }) }],
  ["without an expiry", "id_token_malformed", { claims: () => ({ exp: undefined }) }],
  ["with an empty subject", "user_refused", { claims: () => ({ sub: "", name: "Ada" }) }],
  ["that has expired", "id_token_expired", { claims: ({ provider }) => ({ exp: provider.nowSeconds - 61 }) }],
  [
    "that is not valid yet",
    "id_token_not_yet_valid",
    { claims: ({ provider }) => ({ nbf: provider.nowSeconds + 61 }) },
  ],
  [
    "that was issued in the future",
    "id_token_not_yet_valid",
    { claims: ({ provider }) => ({ iat: provider.nowSeconds + 61 }) },
  ],
  [
    "of an authentication in the future",
    "id_token_not_yet_valid",
    { claims: ({ provider }) => ({ auth_time: provider.nowSeconds + 61 }) },
  ],
  ["whose authentication time is no time", "id_token_malformed", { claims: () => ({ auth_time: -5 }) }],
  ["without a signature", "id_token_unsigned", { sign: (claims) => HostileProvider.unsigned(claims) }],
  [
    "without a signature, although the metadata allows that",
    "id_token_wrong_algorithm",
    {
      sign: (claims) => HostileProvider.unsigned(claims),
      metadata: { id_token_signing_alg_values_supported: ["none"] },
    },
  ],
  [
    "that is signed with the client's secret",
    "id_token_wrong_algorithm",
    { sign: (claims, provider) => provider.signWith(claims, { alg: "HS256" }, withSecret(provider)) },
  ],
  [
    "that is signed with the client's secret, although the metadata allows that",
    "id_token_wrong_algorithm",
    {
      sign: (claims, provider) => provider.signWith(claims, { alg: "HS256" }, withSecret(provider)),
      metadata: { id_token_signing_alg_values_supported: ["HS256"] },
    },
  ],
  [
    "that another key has signed",
    "id_token_bad_signature",
    {
      sign: async (claims, provider) =>
        provider.signWith(claims, {}, (await generateKeyPair("ES256")).privateKey),
    },
  ],
  [
    "of a key that the provider does not publish",
    "id_token_unknown_key",
    { sign: (claims, provider) => provider.signWith(claims, { kid: "another" }) },
  ],
  ["that is no token", "id_token_malformed", { sign: () => "no token" }],
  ["that is encrypted", "id_token_malformed", { sign: () => "a.b.c.d.e" }],
])("an ID token %s is refused with the reason %s", async (_name, reason, hostility) => {
  const world = await SignInWorld.start();
  world.provider.metadata = hostility.metadata ?? {};
  world.provider.claims = { email: EMAIL, ...hostility.claims?.(world) };
  if (hostility.sign) world.provider.sign = hostility.sign;
  const browser = world.browser();
  const location = await world.begin(browser, "/sign-in?returnTo=/orders");
  const parameters = world.provider.authorize(location);
  const response = await world.callback(browser, parameters);
  expect(world.reasons).toEqual([reason]);
  expect([response.status, response.headers.get("content-type")]).toEqual([
    reason === "user_refused" ? 403 : 502,
    "text/html; charset=utf-8",
  ]);
  const other = reason === "user_refused" ? "&#38;prompt=select_account" : "";
  expect(response.body).toContain(`<a href="/sign-in?returnTo=%2Forders${other}">Try again</a>`);
  expect(await world.userOf(browser)).toBeUndefined();
  expect(await browser.jar.cookies("https://app.example.com/")).toEqual([]);
  for (const secret of [...Object.values(parameters), EMAIL, "no token"]) {
    expect(world.log.text).not.toContain(secret);
    expect(response.body).not.toContain(secret);
  }
});

test("a client that prefers JSON gets problem details", async () => {
  const world = await SignInWorld.start();
  world.provider.claims = { aud: "client-2" };
  const browser = world.browser();
  const parameters = world.provider.authorize(await world.begin(browser));
  const response = await world.callback(browser, parameters, { accept: "application/json" });
  expect(response.headers.get("content-type")).toBe("application/problem+json");
  expect(response.json()).toEqual({
    type: "about:blank",
    title: "Bad Gateway",
    status: 502,
    detail: "The identity provider gave a response that cannot be trusted, so you were not signed in.",
  });
});

test("a clock of the provider that differs by less than a minute is tolerated", async () => {
  const world = await SignInWorld.start();
  const ahead = world.provider.nowSeconds + 59;
  world.provider.claims = { iat: ahead, nbf: ahead, auth_time: ahead };
  const browser = world.browser();
  await world.signIn(browser);
  expect(await world.userOf(browser)).toBe("u-1");
});

test.each([
  [{ name: undefined, preferred_username: "", email: EMAIL }, EMAIL],
  [{ name: "Ada \ud83e", preferred_username: "ada" }, "ada"],
  [{ name: 5, preferred_username: null, email: [EMAIL] }, "u-1"],
])(
  "the provider's claims become the user, whose name is the first well-formed one, and at last the subject: %j",
  async (claims, name) => {
    const world = await SignInWorld.start();
    world.provider.claims = claims;
    const browser = world.browser();
    await world.signIn(browser);
    expect((await browser.get("/me")).json().user).toEqual({ id: "u-1", name });
  },
);

test("the session keeps the claims that the application names, and of their declared types only", async () => {
  const world = await SignInWorld.start();
  world.provider.claims = { email: EMAIL, email_verified: "true", groups: ["a", "b"], other: "x" };
  const browser = world.browser();
  await world.signIn(browser);
  expect((await browser.get("/me")).json().data.claims).toEqual({ email: EMAIL, groups: ["a", "b"] });
  expect(world.log.records).toEqual([{ level: "WARN", event: "claim_not_kept", claim: "email_verified" }]);
});

test("claims that make the session too large are answered with 413 and a sentence, and nobody is signed in", async () => {
  const world = await SignInWorld.start();
  world.provider.claims = { groups: Array.from({ length: 500 }, (_, index) => `group number ${index}`) };
  const browser = world.browser();
  const response = await world.signIn(browser);
  expect(response.status).toBe(413);
  expect(response.body).toContain("Your account has more data than a session can hold");
  expect(world.reasons).toEqual(["session_too_large"]);
  expect(await world.userOf(browser)).toBeUndefined();
});

test("an application may refuse an account", async () => {
  const world = await SignInWorld.start({
    toUser: ({ email }) => {
      throw new Error(`not one of ours: ${email}`);
    },
  });
  world.provider.claims = { email: EMAIL };
  const browser = world.browser();
  const response = await world.signIn(browser);
  expect([response.status, world.reasons]).toEqual([403, ["user_refused"]]);
  expect(world.log.text).not.toContain(EMAIL);
  expect(await world.userOf(browser)).toBeUndefined();
});

test("somebody whose account an application refuses can choose another account at the provider, which remembers the first", async () => {
  const world = await SignInWorld.start({
    toUser: () => {
      throw new Error("not one of ours");
    },
  });
  const { body } = await world.signIn(world.browser());
  expect(body).toContain('<a href="/sign-in?prompt=select_account">Try again</a>');
});
