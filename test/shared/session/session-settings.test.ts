import { describe, expect, test } from "vitest";
import { OptionError } from "../../../shared/options/option-error.ts";
import type { OptionTable } from "../../../shared/options/option-table.ts";
import { COOKIE_SETTINGS } from "../../../shared/session/cookie-settings.ts";
import {
  resolveSettings,
  SESSION_SETTINGS,
  type SessionSettings,
} from "../../../shared/session/session-settings.ts";

describe("settings that are not given", () => {
  test("settings that are not given resolve to the defaults of the table", () => {
    expect(resolveSettings()).toEqual({
      cookie: {
        name: "__Host-session",
        path: "/",
        secure: true,
        httpOnly: true,
        sameSite: "lax",
        partitioned: false,
      },
      lifetime: 31 * 24 * 60 * 60,
      absoluteLifetime: Number.POSITIVE_INFINITY,
      permanent: false,
      refreshEachRequest: false,
      compress: false,
      encrypt: false,
      digest: "sha256",
      keyDerivation: "hmac",
      salt: "cookie-session",
      clockSkew: 60,
      renewAfter: Number.POSITIVE_INFINITY,
      maxSessionsPerUser: 50,
      sessionLimitPolicy: "end-oldest",
    } satisfies ReturnType<typeof resolveSettings>);
  });

  test("settings with flask resolve to Flask's defaults", () => {
    expect(resolveSettings({ flask: true })).toEqual({
      ...resolveSettings(),
      cookie: { ...resolveSettings().cookie, name: "session" },
      digest: "sha1",
      refreshEachRequest: true,
      compress: true,
    });
  });
});

describe("settings that are given", () => {
  test("settings that are given replace the defaults, also those of flask", () => {
    const settings = { flask: true, digest: "sha512", lifetime: 60, cookie: { name: "sid" } } as const;
    expect(resolveSettings(settings)).toMatchObject({
      digest: "sha512",
      lifetime: 60,
      cookie: { name: "sid" },
    });
  });

  test.each<[SessionSettings["cookie"], string]>([
    [{ secure: false }, "session"],
    [{ path: "/app" }, "session"],
    [{ domain: "example.com" }, "session"],
    [{ sameSite: "strict", priority: "high" }, "__Host-session"],
  ])("a cookie with the settings %j is named %s", (cookie, name) => {
    expect(resolveSettings({ cookie: cookie ?? {} }).cookie).toMatchObject({ ...cookie, name });
  });

  test.each([
    [{ lifetim: 1 }, "lifetim", "is not a setting; remove it or correct its name"],
    [{ constructor: 1 }, "constructor", "is not a setting; remove it or correct its name"],
    [{ cookie: { samesite: "lax" } }, "cookie.samesite", "is not a setting; remove it or correct its name"],
    [{ permanent: "true" }, "permanent", "must be true or false"],
    [{ permanent: undefined }, "permanent", "must be true or false"],
    [{ lifetime: 0 }, "lifetime", "must be an integer number of seconds from 1 to 315360000"],
    [{ lifetime: 1.5 }, "lifetime", "must be an integer number of seconds from 1 to 315360000"],
    [{ lifetime: "60" }, "lifetime", "must be an integer number of seconds from 1 to 315360000"],
    [{ maxSessionsPerUser: 201 }, "maxSessionsPerUser", "must be an integer from 1 to 200"],
    [{ digest: "md5" }, "digest", "must be one of sha1, sha256, sha512"],
    [{ salt: "" }, "salt", "must be a non-empty string"],
    [{ salt: 5 }, "salt", "must be a non-empty string"],
    [{ cookie: null }, "cookie", "must be an object"],
    [{ cookie: "sid" }, "cookie", "must be an object"],
    [{ cookie: { name: "" } }, "cookie.name", "must be a non-empty string"],
    [{ cookie: { name: "a b" } }, "cookie.name", "must have no spaces, no semicolon and no equals sign"],
    [{ cookie: { path: "app" } }, "cookie.path", 'must be a path that begins with "/"'],
    [{ cookie: { path: ["/"] } }, "cookie.path", 'must be a path that begins with "/"'],
    [{ cookie: { path: "/;" } }, "cookie.path", "is not what RFC 6265 allows there"],
    [{ cookie: { domain: "" } }, "cookie.domain", "must be a host name such as example.com"],
    [{ cookie: { domain: "exa mple" } }, "cookie.domain", "must be a host name such as example.com"],
    [
      { cookie: { sameSite: "none", secure: false } },
      "cookie.sameSite",
      "needs cookie.secure when it is none",
    ],
    [{ cookie: { partitioned: true, secure: false } }, "cookie.partitioned", "needs cookie.secure"],
    [{ flask: true, encrypt: true }, "encrypt", "contradicts flask, which reads no sealed cookie"],
  ])("the settings %j are rejected with an error that names the option", (settings, option, problem) => {
    expect(() => resolveSettings(settings as SessionSettings)).toThrow(new OptionError(option, problem));
  });
});

test.each<[string, OptionTable]>([
  ["sessions", SESSION_SETTINGS],
  ["the cookie", COOKIE_SETTINGS],
])("every default of the settings of %s is a value that the setting allows, or means none", (_, table) => {
  const isNone = (value: unknown) => value === undefined || value === Number.POSITIVE_INFINITY;
  const settings = Object.entries(table).filter(([, setting]) => !isNone(setting.default));
  const wrong = settings.filter(([, setting]) => !setting.kind.includes(setting.default));
  expect(wrong.map(([name]) => name)).toEqual([]);
});
