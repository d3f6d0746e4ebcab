import { describe, expect, test } from "vitest";
import { SignInWorld, STORAGES } from "./sign-in-world.ts";

describe.each(STORAGES)("a sign-in with sessions in the storage %s", (storage) => {
  test.each(["1.0", "2.0"] as const)(
    "a visitor signs in at the provider and returns to the page that asked, with payload %s",
    async (payload) => {
      const world = await SignInWorld.start({ storage, payload });
      const browser = world.browser();
      const response = await world.signIn(browser, "/sign-in?returnTo=/orders?page=2");
      expect([response.status, response.headers.get("location")]).toEqual([303, "/orders?page=2"]);
      expect(await world.userOf(browser)).toBe("u-1");
      expect(world.log.records).toEqual([]);
    },
  );
});

test("a request with HEAD begins no sign-in and uses up no code", async () => {
  const world = await SignInWorld.start();
  const browser = world.browser();
  const head = await browser.request("HEAD", "/sign-in");
  expect([head.status, head.cookies]).toEqual([204, []]);
  const parameters = world.provider.authorize(await world.begin(browser));
  const path = `/sign-in/callback?${new URLSearchParams(parameters)}`;
  expect((await browser.request("HEAD", path)).status).toBe(204);
  expect((await browser.request("HEAD", "/signed-out")).status).toBe(200);
  expect((await world.callback(browser, parameters)).status).toBe(303);
});

test("a path or a method that is no route of the sign-in is answered with 404", async () => {
  const world = await SignInWorld.start();
  expect((await world.browser().get("/sign-out")).status).toBe(404);
  expect((await world.browser().post("/sign-in")).status).toBe(404);
});

test("the origin of the redirect URI is the public one, or the one by which AWS routed the request", async () => {
  const redirectUriOf = async (publicOrigin?: string) => {
    const world = await SignInWorld.start({ publicOrigin });
    const { searchParams } = new URL(await world.begin(world.browser()));
    return searchParams.get("redirect_uri");
  };
  expect(await redirectUriOf()).toBe("https://app.example.com/sign-in/callback");
  expect(await redirectUriOf("https://www.example.com")).toBe("https://www.example.com/sign-in/callback");
});

test.each([{}, { flask: true }])(
  "a visitor who asks to be remembered is signed in with the settings %j",
  async (settings) => {
    const world = await SignInWorld.start({ settings });
    const browser = world.browser();
    expect((await world.signIn(browser, "/sign-in?remember=true&returnTo=/a")).headers.get("location")).toBe(
      "/a",
    );
    expect(await world.userOf(browser)).toBe("u-1");
  },
);
