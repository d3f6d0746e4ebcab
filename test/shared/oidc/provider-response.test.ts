import { describe, expect, test } from "vitest";
import { SignInWorld } from "./sign-in-world.ts";

const TEXT = "<b>text of the provider</b>";

describe("error responses of the provider", () => {
  test.each([
    ["access_denied", "access_denied", "You were not signed in, because the sign-in was cancelled."],
    ["login_required", "login_required", "could not finish the sign-in without you."],
    ["interaction_required", "interaction_required", "could not finish the sign-in without you."],
    ["consent_required", "consent_required", "could not finish the sign-in without you."],
    ["account_selection_required", "account_selection_required", "could not finish"],
    ["unmet_authentication_requirements", "unmet_authentication_requirements", "did not confirm"],
    ["temporarily_unavailable", "temporarily_unavailable", "is not available at the moment."],
    ["server_error", "server_error", "is not available at the moment."],
    ["invalid_request", "invalid_request", "Signing in is not set up correctly."],
    ["invalid_scope", "invalid_scope", "Signing in is not set up correctly."],
    ["unauthorized_client", "unauthorized_client", "Signing in is not set up correctly."],
    ["unsupported_response_type", "unsupported_response_type", "Signing in is not set up correctly."],
    ["ada@example.com", "unknown_provider_error", "reported an error"],
    ["__proto__", "unknown_provider_error", "reported an error"],
  ])(
    "%s is no failure of the server, because anybody can write it: it is answered with 401 and the reason %s",
    async (error, reason, sentence) => {
      const world = await SignInWorld.start();
      const browser = world.browser();
      const { code: _, ...parameters } = world.provider.authorize(
        await world.begin(browser, "/sign-in?returnTo=/a"),
      );
      const response = await world.callback(browser, { ...parameters, error, error_description: TEXT });
      expect(response.status).toBe(401);
      expect(world.log.records).toEqual([{ level: "WARN", event: "sign_in_refused", reason }]);
      expect(response.body).toContain(sentence);
      expect(response.body).toContain('<a href="/sign-in?returnTo=%2Fa">Try again</a>');
      expect(response.body + world.log.text).not.toMatch(/text of the provider|ada@|proto/);
      expect(world.provider.requests.token).toBe(0);
      expect(browser.jar.cookies("https://app.example.com/")).toEqual([]);
    },
  );

  test("an error of another browser's sign-in says only that", async () => {
    const world = await SignInWorld.start();
    const { state = "" } = world.provider.authorize(await world.begin(world.browser()));
    const response = await world.callback(world.browser(), { state, error: "access_denied" });
    expect([response.status, world.reasons]).toEqual([400, ["unknown_state"]]);
  });
});

describe("responses of another issuer (mix-up)", () => {
  test.each<[string, Record<string, string | undefined>, string]>([
    ["the issuer of another provider", { iss: "https://evil.example" }, "wrong_issuer"],
    ["the issuer with a slash", { iss: "%/" }, "wrong_issuer"],
    ["no issuer, although the metadata promises one", { iss: undefined }, "missing_issuer"],
    ["an empty issuer, although the metadata promises one", { iss: "" }, "missing_issuer"],
  ])("%s is refused before the code is used", async (_name, changes, reason) => {
    const world = await SignInWorld.start();
    const browser = world.browser();
    const { code = "", state = "", iss = "" } = world.provider.authorize(await world.begin(browser));
    const given = "iss" in changes ? changes.iss?.replace("%", iss) : iss;
    const response = await world.callback(browser, {
      code,
      state,
      ...(given !== undefined && { iss: given }),
    });
    expect([response.status, world.reasons]).toEqual([400, [reason]]);
    expect(response.body).toContain("This response is of another identity provider");
    expect(world.provider.requests.token).toBe(0);
    expect(world.log.text).not.toContain("evil");
  });

  test("no issuer is accepted if the metadata does not promise one", async () => {
    const world = await SignInWorld.start();
    world.provider.metadata = { authorization_response_iss_parameter_supported: undefined };
    const browser = world.browser();
    const { iss: _, ...parameters } = world.provider.authorize(await world.begin(browser));
    expect((await world.callback(browser, parameters)).status).toBe(303);
  });

  test("a sign-in that began at one provider is not completed at another one", async () => {
    const [world, other] = [await SignInWorld.start(), await SignInWorld.start()];
    const [browser, otherBrowser] = [world.browser(), other.browser()];
    const { state = "" } = world.provider.authorize(await world.begin(browser));
    const { code = "", iss = "" } = other.provider.authorize(await other.begin(otherBrowser));
    for (const cookie of browser.jar.cookies("https://app.example.com/"))
      otherBrowser.jar.store(`${cookie.key}=${cookie.value}; Secure; Path=/`, "https://app.example.com/");
    const response = await other.callback(otherBrowser, { code, state, iss });
    expect([response.status, other.reasons]).toEqual([400, ["other_provider"]]);
    expect(other.provider.requests.token).toBe(0);
  });
});

describe("malformed responses", () => {
  test.each<[string, (parameters: Record<string, string>) => string, string]>([
    ["nothing", () => "", "missing_state"],
    ["no state", ({ code = "" }) => `${new URLSearchParams({ code })}`, "missing_state"],
    ["an empty state", ({ code = "" }) => `${new URLSearchParams({ code, state: "" })}`, "missing_state"],
    [
      "a state that is not ours",
      ({ code = "" }) => `${new URLSearchParams({ code, state: "x" })}`,
      "malformed_state",
    ],
    [
      "a state that was changed",
      ({ state = "", ...others }) =>
        `${new URLSearchParams({ ...others, state: state.slice(0, -2) + (state.endsWith("AA") ? "BA" : "AA") })}`,
      "malformed_state",
    ],
    ["two states", (parameters) => `${new URLSearchParams(parameters)}&state=x`, "malformed_response"],
    ["two codes", (parameters) => `${new URLSearchParams(parameters)}&code=x`, "malformed_response"],
    [
      "a code that is too long",
      (parameters) => `${new URLSearchParams({ ...parameters, code: "x".repeat(4097) })}`,
      "malformed_response",
    ],
    [
      "neither code nor error",
      ({ state = "", iss = "" }) => `${new URLSearchParams({ state, iss })}`,
      "malformed_response",
    ],
    ["a sealed response that is not ours", () => "response=~abc", "malformed_response"],
    ["percent signs without digits", () => "state=%%%&code=%zz", "malformed_state"],
  ])("a callback with %s is refused", async (_name, toQuery, reason) => {
    const world = await SignInWorld.start();
    const browser = world.browser();
    const parameters = world.provider.authorize(await world.begin(browser));
    const response = await browser.get(`/sign-in/callback?${toQuery(parameters)}`);
    expect([response.status, world.reasons]).toEqual([400, [reason]]);
    expect(response.body).toMatch(/<p>[A-Z][^<]+\.<\/p>\n<p><a href="\/sign-in">Try again<\/a>/);
    expect(world.provider.requests.token).toBe(0);
  });
});

test.each(["\u0000", "\n", "\u007f", "ä"])(
  "a code with the character %j, which no provider issues, is refused and not sent to the provider",
  async (character) => {
    const world = await SignInWorld.start();
    const browser = world.browser();
    const { code = "", ...others } = world.provider.authorize(await world.begin(browser));
    const response = await world.callback(browser, { ...others, code: code + character });
    expect([response.status, world.reasons]).toEqual([400, ["malformed_response"]]);
    expect(world.provider.requests.token).toBe(0);
  },
);

test.each([
  "maxAge=-1",
  "maxAge=1e3",
  "maxAge=",
  "maxAge=9999999999",
  "acr=",
  "acr=a\u0000b",
  `acr=${"x".repeat(201)}`,
])("a request for a sign-in with %j is refused, because it would be weaker than intended", async (query) => {
  const world = await SignInWorld.start();
  const response = await world.browser().get(`/sign-in?${query.replace("\u0000", "%00")}`);
  expect([response.status, world.reasons]).toEqual([400, ["malformed_request"]]);
});
