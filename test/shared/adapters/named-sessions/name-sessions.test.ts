import { describe, expect, test } from "vitest";
import { SecureCookieSessionInterface } from "../../../../shared/cookie.ts";
import { OptionError, type SessionSettings } from "../../../../shared/index.ts";
import { createWithSessions, type NamedSettings, nameSessions } from "../../../../shared/named-sessions.ts";
import { KEY } from "./shop.ts";

/** Returns the settings that the session interfaces get. */
function settingsOf(settings: Readonly<Record<string, SessionSettings>>, shared?: SessionSettings) {
  const given: Record<string, NamedSettings> = {};
  const make = (own: NamedSettings, name: string) => {
    given[name] = own;
    return new SecureCookieSessionInterface({ keys: [KEY], settings: own });
  };
  nameSessions(settings, make, shared);
  return given;
}

describe("the settings of a named session", () => {
  test("the names of the cookie and of the salt are that of the session", () => {
    expect(settingsOf({ cart: { lifetime: 60 }, account: {} })).toEqual({
      cart: { lifetime: 60, cookie: { name: "__Host-cart" }, salt: "cookie-session.cart" },
      account: { cookie: { name: "__Host-account" }, salt: "cookie-session.account" },
    });
  });

  test.each<[string, SessionSettings]>([
    ["a domain", { cookie: { domain: "example.com" } }],
    ["a path", { cookie: { path: "/shop" } }],
    ["no secure", { cookie: { secure: false } }],
    ["flask", { flask: true }],
  ])("a cookie with %s has the name of the session without a prefix", (_which, settings) => {
    expect(settingsOf({ cart: settings }).cart?.cookie).toEqual({ ...settings.cookie, name: "cart" });
  });

  test("shared settings apply to every session that does not override them", () => {
    const shared: SessionSettings = { lifetime: 60, encrypt: true, cookie: { sameSite: "strict" } };
    const { cart, account } = settingsOf(
      { cart: { lifetime: 90, cookie: { priority: "low" } }, account: {} },
      shared,
    );
    expect(cart).toMatchObject({
      lifetime: 90,
      encrypt: true,
      cookie: { name: "__Host-cart", sameSite: "strict", priority: "low" },
    });
    expect(account).toMatchObject({ lifetime: 60, cookie: { name: "__Host-account", sameSite: "strict" } });
  });

  test.each([
    ["session-1a2b3c", "cart-1a2b3c"],
    ["__Secure-session", "__Secure-cart"],
    ["sid", "sid-cart"],
  ])("with the shared name %s the cookie of a cart is %s", (name, own) => {
    const { cart } = settingsOf({ cart: {} }, { cookie: { name }, salt: "shop" });
    expect([cart?.cookie.name, cart?.salt]).toEqual([own, "shop.cart"]);
  });

  test("a name with a pattern of replacements is taken as it is", () => {
    expect(settingsOf({ "$&": {} })["$&"]?.cookie.name).toBe("__Host-$&");
  });

  test("a cookie's own name and an own salt are kept, so that the sessions of before are found", () => {
    const own = { cookie: { name: "__Host-session" }, salt: "cookie-session" };
    expect(settingsOf({ account: own, cart: {} }).account).toEqual(own);
  });
});

describe("settings that are rejected", () => {
  test.each<[string, Record<string, unknown>, option: string, problem: string]>([
    [
      "the same cookie",
      { cart: { cookie: { name: "s" } }, account: { cookie: { name: "s" } } },
      "account.cookie.name",
      "must differ from that of cart",
    ],
    [
      "the cookie that another session has by its name",
      { cart: {}, account: { cookie: { name: "__Host-cart" } } },
      "account.cookie.name",
      "must differ",
    ],
    ["the same salt", { cart: { salt: "s" }, account: { salt: "s" } }, "account.salt", "that of cart"],
    [
      "the salt that another session has by its name",
      { cart: {}, account: { salt: "cookie-session.cart" } },
      "account.salt",
      "must differ from that of",
    ],
    [
      "the salt with which a table's tokens of the other are signed",
      { cart: { salt: "s.server-side" }, account: { salt: "s" } },
      "account.salt",
      "must differ",
    ],
    [
      "the salt with which a table's next tokens of the other are derived",
      { cart: { salt: "s" }, account: { salt: "s.server-side.renewal" } },
      "account.salt",
      "must differ",
    ],
    [
      "the salt from which concat derives the key that the other derives with django-concat",
      {
        cart: { salt: "s", keyDerivation: "django-concat" },
        account: { salt: "ssigner", keyDerivation: "concat" },
      },
      "account.salt",
      "must differ",
    ],
    [
      "the salt with which a table's tokens are derived, also of a session with django-concat",
      { cart: { salt: "s", keyDerivation: "django-concat" }, account: { salt: "s.server-side.renewal" } },
      "account.salt",
      "must differ",
    ],
    [
      "a signature without salt",
      { cart: {}, account: { keyDerivation: "none" } },
      "account.keyDerivation",
      "salt",
    ],
    ["a setting that does not exist", { cart: { lifetme: 1 } }, "cart.lifetme", ""],
    ["a wrong setting of the cookie", { cart: { cookie: { path: "x" } } }, "cart.cookie.path", "path"],
    ["a name that no cookie can have", { "my cart": {} }, "my cart.cookie.name", "must have no spaces"],
    ["a function of the request", { cart: () => ({}) }, "cart", "must be an object of settings"],
    ["no settings", { cart: undefined }, "cart", "must be an object of settings"],
    ["no session", {}, "sessions", "at least one"],
  ])("%s: the error names the session and the option", (_which, settings, option, problem) => {
    expect(() => settingsOf(settings as Record<string, SessionSettings>)).toThrow(
      expect.objectContaining({ name: "OptionError", option, message: expect.stringContaining(problem) }),
    );
  });

  test("a single session may have a signature without salt, because no other one is beside it", () => {
    expect(settingsOf({ cart: { keyDerivation: "none" } })).toHaveProperty("cart");
  });

  test("session interfaces that nameSessions has not compared are rejected", () => {
    const cart = new SecureCookieSessionInterface({ keys: [KEY] });
    const account = new SecureCookieSessionInterface({ keys: [KEY] });
    const create = () =>
      createWithSessions<{ cart: object; account: object }>({ sessions: { cart, account } });
    expect(create).toThrow(OptionError);
    expect(create).toThrow("sessions: must be the result of nameSessions");
    const compared = nameSessions({ cart: {}, account: {} }, () => cart);
    expect(() => createWithSessions({ sessions: { ...compared } })).toThrow(OptionError);
  });

  test("an origin that is none is rejected as in createWithSession", () => {
    const sessions = nameSessions(
      { cart: {} },
      (settings) => new SecureCookieSessionInterface({ keys: [KEY], settings }),
    );
    const create = () => createWithSessions<{ cart: object }>({ sessions, trustedOrigins: ["x"] });
    expect(create).toThrow(expect.objectContaining({ option: "trustedOrigins" }));
  });
});
