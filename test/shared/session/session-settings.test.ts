import { describe, expect, test } from "vitest";
import { OptionError } from "../../../shared/options/option-error.ts";
import type { OptionTable } from "../../../shared/options/option-table.ts";
import { COOKIE_SETTINGS } from "../../../shared/session/cookie-settings.ts";
import {
  resolveSettings,
  SESSION_SETTINGS,
  type SessionSettings,
} from "../../../shared/session/session-settings.ts";

const DOMAIN = "must be a host name with a dot such as example.com, not an IP address";

describe("settings that are not given", () => {
  test("settings that are not given resolve to the defaults of the table", () => {
    expect(resolveSettings()).toEqual({
      flask: false,
      cookie: {
        name: "__Host-session",
        path: "/",
        secure: true,
        httpOnly: true,
        sameSite: "lax",
        partitioned: false,
      },
      lifetime: 31 * 24 * 60 * 60,
      absoluteLifetime: 30 * 24 * 60 * 60,
      rememberFor: 30 * 24 * 60 * 60,
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
      flask: true,
      cookie: { ...resolveSettings().cookie, name: "session" },
      absoluteLifetime: Number.POSITIVE_INFINITY,
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

  test.each<NonNullable<SessionSettings["cookie"]>>([
    { name: "__Http-sid" },
    { name: "__Http-sid", path: "/app", domain: "example.com" },
    { name: "__Host-Http-sid" },
    { name: "__Secure-sid", httpOnly: false },
    { name: "__Httpsid", httpOnly: false, secure: false },
    { domain: ".example.com" },
    { domain: "192-0-2-1.example.com" },
    { domain: "4.xn--p1ai" },
    { domain: "App.Example.COM" },
  ])("the settings %j of a cookie that browsers accept are accepted", (cookie) => {
    expect(resolveSettings({ cookie }).cookie).toMatchObject(cookie);
  });

  test.each<[SessionSettings["cookie"], string]>([
    [{ secure: false }, "session"],
    [{ path: "/app" }, "session"],
    [{ domain: "example.com" }, "session"],
    [{ sameSite: "strict", priority: "high" }, "__Host-session"],
  ])("a cookie with the settings %j is named %s", (cookie, name) => {
    expect(resolveSettings({ cookie: cookie ?? {} }).cookie).toMatchObject({ ...cookie, name });
  });

  test.each<readonly [settings: object, option: string, problem: string]>([
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
    ...[
      "",
      "exa mple",
      "exa mple.com",
      "com",
      ".com",
      "localhost",
      "example.com.",
      "192.0.2.1",
      "[2001:db8::1]",
    ].map((domain) => [{ cookie: { domain } }, "cookie.domain", DOMAIN] as const),
    ...["__Http-sid", "__hTTP-sid", "__Host-Http-sid", "__HOST-HTTP-sid"].flatMap(
      (name) =>
        [
          [
            { cookie: { name, httpOnly: false } },
            "cookie.httpOnly",
            `contradicts the name ${name}, which needs it`,
          ],
          [{ cookie: { name, secure: false } }, "cookie.name", "needs cookie.secure because of its prefix"],
        ] as const,
    ),
    [
      { cookie: { name: "__Host-Http-sid", path: "/app" } },
      "cookie.path",
      'contradicts the name __Host-Http-sid, which needs "/"',
    ],
    [
      { cookie: { name: "__Host-Http-sid", domain: "example.com" } },
      "cookie.domain",
      "contradicts the name __Host-Http-sid, which forbids it",
    ],
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
