import { expect, test } from "vitest";
import { SignInWorld } from "./sign-in-world.ts";

function parametersOf(location: string): Record<string, string> {
  return Object.fromEntries(new URL(location).searchParams);
}

test("an ordinary sign-in asks for the required contexts, without asking for a new authentication", async () => {
  const world = await SignInWorld.start({ acr: "mfa hwk" });
  const { acr_values, prompt } = parametersOf(await world.begin(world.browser()));
  expect({ acr_values, prompt }).toEqual({ acr_values: "mfa hwk", prompt: undefined });
});

test("a step-up for its time alone asks for the required contexts too", async () => {
  const world = await SignInWorld.start({ acr: "mfa" });
  const { acr_values, prompt } = parametersOf(await world.begin(world.browser(), "/sign-in?maxAge=60"));
  expect({ acr_values, prompt }).toEqual({ acr_values: "mfa", prompt: "login" });
});

test.each([
  ["pwd mfa phr", "mfa", "of which one is required"],
  ["phr hwk mfa", "hwk mfa", "of which two are required"],
  ["pwd phr", "pwd phr", "of which none is required, so that the refusal says so"],
])("a step-up with the contexts %s asks for %s, %s", async (asked, expected, _why) => {
  const world = await SignInWorld.start({ acr: "mfa hwk" });
  const path = `/sign-in?${new URLSearchParams({ acr: asked })}`;
  expect(parametersOf(await world.begin(world.browser(), path)).acr_values).toBe(expected);
});

test.each([
  ["mfa", "/sign-in"],
  ["hwk", "/sign-in"],
  ["hwk", "/sign-in?acr=hwk"],
])("a user whom the provider authenticated with the context %s is signed in by %s", async (acr, path) => {
  const world = await SignInWorld.start({ acr: "mfa hwk" });
  world.provider.claims = { acr };
  const browser = world.browser();
  expect((await world.signIn(browser, path)).status).toBe(303);
  expect(await world.userOf(browser)).toBe("u-1");
});

test.each<[string, Record<string, unknown>, string]>([
  ["another context", { acr: "pwd" }, "/sign-in"],
  ["no context", {}, "/sign-in"],
  ["another context, which the address of the sign-in asks for", { acr: "pwd" }, "/sign-in?acr=pwd"],
])("a user is not signed in if the provider names %s", async (_what, claims, path) => {
  const world = await SignInWorld.start({ acr: "mfa hwk" });
  world.provider.claims = claims;
  const browser = world.browser();
  const { status } = await world.signIn(browser, path);
  expect([status, world.reasons]).toEqual([401, ["wrong_acr"]]);
  expect(await world.userOf(browser)).toBeUndefined();
});

test("whoever tries again has to authenticate again, with one of the required contexts", async () => {
  const world = await SignInWorld.start({ acr: "mfa" });
  const browser = world.browser();
  world.provider.claims = { acr: "pwd" };
  const { body } = await world.signIn(browser, "/sign-in?returnTo=/orders");
  const link = /<a href="([^"]+)">Try again/.exec(body)?.[1]?.replaceAll("&#38;", "&") ?? "";
  const { acr_values, prompt } = parametersOf(await world.begin(browser, link));
  expect({ acr_values, prompt }).toEqual({ acr_values: "mfa", prompt: "login" });
  world.provider.claims = { acr: "mfa" };
  const response = await world.signIn(browser, link);
  expect([response.status, response.headers.get("location")]).toEqual([303, "/orders"]);
});

test.each(["", " mfa", 'm"fa', "x".repeat(201)])(
  "the routes reject the contexts %j and name the option",
  async (acr) => {
    await expect(SignInWorld.start({ acr })).rejects.toThrow(
      expect.objectContaining({ name: "OptionError", option: "acr" }),
    );
  },
);
