import { expect, test } from "vitest";
import { SignInWorld, STORAGES } from "./sign-in-world.ts";

const DAY = 86_400;
const settings = { lifetime: 2 * DAY, absoluteLifetime: 2 * DAY, rememberFor: 20 * DAY };

test.each(STORAGES)(
  "a visitor who asks to be remembered stays signed in, also after a step-up, with the storage %s",
  async (storage) => {
    const world = await SignInWorld.start({ storage, settings });
    const browser = world.browser();
    await world.signIn(browser, "/sign-in?remember=true");
    browser.jar.closeWindow();
    world.clock.advance(10 * DAY);
    expect(await world.userOf(browser)).toBe("u-1");
    await world.signIn(browser, "/sign-in?maxAge=60");
    browser.jar.closeWindow();
    world.clock.advance(19 * DAY);
    expect(await world.userOf(browser)).toBe("u-1");
    expect((await browser.post("/sign-out")).body).toContain("id_token_hint=");
  },
);

test.each(STORAGES)(
  "a visitor who does not ask to be remembered is signed out with the browser window, with the storage %s",
  async (storage) => {
    const world = await SignInWorld.start({ storage, settings });
    const browser = world.browser();
    await world.signIn(browser, "/sign-in?remember=yes");
    await world.signIn(browser, "/sign-in?maxAge=60");
    browser.jar.closeWindow();
    expect(await world.userOf(browser)).toBeUndefined();
  },
);

test.each(STORAGES)(
  "a visitor who asks to be remembered cannot exceed absoluteLifetime unless rememberFor is set, with the storage %s",
  async (storage) => {
    const world = await SignInWorld.start({ storage, settings: { absoluteLifetime: 3600 } });
    const browser = world.browser();
    await world.signIn(browser, "/sign-in?remember=true");
    world.clock.advance(3599);
    expect(await world.userOf(browser)).toBe("u-1");
    world.clock.advance(2);
    expect(await world.userOf(browser)).toBeUndefined();
  },
);
