import { expect, test } from "vitest";
import { SignInWorld, STORAGES } from "./sign-in-world.ts";

const PATH = "/sign-in?returnTo=/pay&maxAge=300&acr=mfa&acr=hwk";

function parametersOf(location: string) {
  return Object.fromEntries(new URL(location).searchParams);
}

test("a step-up asks for a new authentication and for the contexts", async () => {
  const world = await SignInWorld.start();
  const { max_age, prompt, acr_values } = parametersOf(await world.begin(world.browser(), PATH));
  expect({ max_age, prompt, acr_values }).toEqual({ max_age: "300", prompt: "login", acr_values: "mfa hwk" });
});

test("an ordinary sign-in asks for the authentication time, if the metadata names the claim", async () => {
  const world = await SignInWorld.start();
  const { max_age, prompt } = parametersOf(await world.begin(world.browser()));
  expect({ max_age, prompt }).toEqual({ max_age: "31536000", prompt: undefined });
  const other = await SignInWorld.start();
  other.provider.metadata = { claims_supported: ["sub"] };
  expect(parametersOf(await other.begin(other.browser()))).not.toHaveProperty("max_age");
});

test("an authentication of 2036 does not count as too old for an ordinary sign-in at a provider that adds in 32 bits, as Keycloak does", async () => {
  const world = await SignInWorld.start();
  const { max_age } = parametersOf(await world.begin(world.browser()));
  const authenticatedAt = Date.UTC(2036, 11, 31) / 1000;
  expect((authenticatedAt + Number(max_age)) | 0).toBe(authenticatedAt + Number(max_age));
});

test.each<[string, Record<string, unknown>, string]>([
  ["does not say when", { auth_time: undefined, acr: "mfa" }, "authentication_time_missing"],
  ["says that it was too long ago", { auth_time: -400, acr: "mfa" }, "authentication_too_old"],
  ["names another context", { acr: "pwd" }, "wrong_acr"],
  ["names a part of a context", { acr: "mf" }, "wrong_acr"],
  ["names no context", {}, "wrong_acr"],
])("a provider that %s is refused, and the session stays", async (_name, claims, reason) => {
  const world = await SignInWorld.start();
  const browser = world.browser();
  await world.signIn(browser);
  const { auth_time, ...others } = claims;
  const changed = typeof auth_time === "number" ? world.provider.nowSeconds + auth_time : auth_time;
  world.provider.claims = { ...others, ...("auth_time" in claims && { auth_time: changed }) };
  const response = await world.signIn(browser, PATH);
  expect([response.status, world.reasons]).toEqual([401, [reason]]);
  expect(response.body).toContain(
    '<a href="/sign-in?returnTo=%2Fpay&#38;maxAge=300&#38;acr=mfa+hwk">Try again</a>',
  );
  expect(await world.userOf(browser)).toBe("u-1");
});

test("a visitor whose step-up is cancelled does not read that they are not signed in, because they still are", async () => {
  const world = await SignInWorld.start();
  const browser = world.browser();
  await world.signIn(browser);
  const { state, iss } = world.provider.authorize(await world.begin(browser, PATH));
  const { body } = await world.callback(browser, {
    error: "access_denied",
    state: `${state}`,
    iss: `${iss}`,
  });
  expect(body).toContain("<h1>The sign-in did not succeed</h1>");
  expect(body).not.toContain("You are not signed in");
  expect(await world.userOf(browser)).toBe("u-1");
});

test.each([
  [330, 300, 401, "is too old by less than a minute, because the page would ask again at once, and so on"],
  [300, 300, 303, "is just new enough"],
  [60, 0, 303, "is as old as a sign-in may take"],
  [61, 0, 401, "is too old to be new"],
])(
  "an authentication of %i seconds ago, of at most %i, is answered with %i: it %s",
  async (age, maxAge, status) => {
    const world = await SignInWorld.start();
    world.provider.claims = { auth_time: world.provider.nowSeconds - age };
    expect((await world.signIn(world.browser(), `/sign-in?maxAge=${maxAge}`)).status).toBe(status);
    expect(world.reasons).toEqual(status === 401 ? ["authentication_too_old"] : []);
  },
);

const AGES = [-61, -60, -30, 0, 1, 5, 30, 59, 60, 61, 300, 301];

test.each([1, 5, 59, 60, 300].flatMap((seconds) => AGES.map((age) => [age, seconds] as const)))(
  "an authentication of %i seconds ago, of at most %i, is refused by the sign-in or fresh for the page, which asks once",
  async (age, seconds) => {
    const world = await SignInWorld.start();
    const browser = world.browser();
    world.provider.claims = { auth_time: world.provider.nowSeconds - age };
    const asked = await browser.get(`/fresh?seconds=${seconds}`, { followRedirects: false });
    const { status } = await world.signIn(browser, asked.headers.get("location") ?? "");
    const isFresh =
      (await browser.get(`/fresh?seconds=${seconds}`, { followRedirects: false })).status === 200;
    expect([status === 303, isFresh]).toEqual(age <= seconds && age >= -60 ? [true, true] : [false, false]);
  },
);

test.each([[["mfa"]], [5], [{}], [null], [""], [undefined]])(
  "a provider that names the context %j, is refused, because no page accepts it",
  async (acr) => {
    const world = await SignInWorld.start();
    world.provider.claims = { acr };
    const response = await world.signIn(world.browser(), "/sign-in?acr=mfa&acr=undefined&acr=5&acr=null");
    expect([response.status, world.reasons]).toEqual([401, ["wrong_acr"]]);
  },
);

test.each(STORAGES)(
  "a step-up as the same user returns to the page and keeps the data, with the storage %s",
  async (storage) => {
    const world = await SignInWorld.start({ storage });
    const browser = world.browser();
    await world.signIn(browser);
    await browser.editSession((session) => session.set("cart", "apple"));
    world.provider.claims = { acr: "hwk" };
    const response = await world.signIn(browser, PATH);
    expect([response.status, response.headers.get("location")]).toEqual([303, "/pay"]);
    expect((await browser.get("/me")).json().data.cart).toBe("apple");
  },
);

test.each(STORAGES)(
  "a step-up as another user is refused, and the session stays, with the storage %s",
  async (storage) => {
    const world = await SignInWorld.start({ storage });
    const browser = world.browser();
    await world.signIn(browser);
    world.provider.sub = "u-2";
    world.provider.claims = { acr: "mfa" };
    const response = await world.signIn(browser, PATH);
    expect([response.status, world.reasons]).toEqual([403, ["other_user"]]);
    expect(response.body).toContain("You signed in as another user than before, so nothing has changed.");
    expect(await world.userOf(browser)).toBe("u-1");
  },
);

test("without a step-up, another user replaces the first one and gets none of their data", async () => {
  const world = await SignInWorld.start();
  const browser = world.browser();
  await world.signIn(browser);
  await browser.editSession((session) => session.set("cart", "apple"));
  world.provider.sub = "u-2";
  await world.signIn(browser);
  expect((await browser.get("/me")).json()).toMatchObject({ user: { id: "u-2" }, data: { claims: {} } });
  expect((await browser.get("/me")).json().data).not.toHaveProperty("cart");
});

test("a step-up whose transaction is gone returns to the page, which asks again if it must", async () => {
  const world = await SignInWorld.start();
  const browser = world.browser();
  await world.signIn(browser);
  const parameters = world.provider.authorize(await world.begin(browser, PATH));
  world.clock.advance(601);
  const response = await world.callback(browser, parameters);
  expect([response.status, response.headers.get("location")]).toEqual([303, "/pay"]);
});

test.each(STORAGES)(
  "the session keeps when, where and how the user authenticated, with the storage %s",
  async (storage) => {
    const world = await SignInWorld.start({ storage });
    const authTime = world.provider.nowSeconds - 100;
    world.provider.claims = { auth_time: authTime, acr: "mfa", amr: ["pwd", "otp"], sid: "s-1" };
    const browser = world.browser();
    await world.signIn(browser);
    const [at, authentication] = await browser.editSession((session) => [
      session.authenticatedAt,
      session.authentication,
    ]);
    expect(at).toEqual(new Date(authTime * 1000));
    expect(authentication).toEqual({ at, issuer: world.provider.issuer, acr: "mfa", amr: ["pwd", "otp"] });
  },
);

test.each([
  ["says nothing about it", { auth_time: undefined }],
  ["sends claims of other types", { auth_time: undefined, acr: 5, amr: "pwd", sid: ["x"] }],
  ["sends empty claims", { auth_time: undefined, acr: "", amr: [""], sid: "" }],
])("a user whose provider %s is not freshly authenticated", async (_name, claims) => {
  const world = await SignInWorld.start();
  world.provider.claims = claims;
  const browser = world.browser();
  expect((await world.signIn(browser)).status).toBe(303);
  expect(
    await browser.editSession(({ authenticatedAt, authentication }) => ({ authenticatedAt, authentication })),
  ).toEqual({
    authenticatedAt: undefined,
    authentication: { at: undefined, issuer: world.provider.issuer },
  });
});
