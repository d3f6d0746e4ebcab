import { describe, expect, test } from "vitest";
import { refuseContradictions, toSessionEnvironment } from "../../infra/settings/session-environment.ts";
import { SETTINGS, type Settings } from "../../infra/settings/settings.ts";

describe("the functions' environment", () => {
  const defaults = Object.fromEntries(
    Object.entries(SETTINGS).map(([name, setting]) => [name, setting.default]),
  );

  test.each([
    ["nothing is given", {}],
    ["every setting is given its default", defaults],
    ["only the stack's own settings are given", { memorySize: 512, logRetentionDays: 7, stackName: "Mine" }],
  ] satisfies [string, Settings][])("the functions' environment is empty when %s", (_, settings) => {
    expect(toSessionEnvironment(settings)).toEqual({});
  });

  test.each<[Settings, object]>([
    [{ flask: true }, { flask: true }],
    [
      { lifetime: 60, absoluteLifetime: 600 },
      { lifetime: 60, absoluteLifetime: 600 },
    ],
    [
      { cookieName: "sid", cookieSecure: false, digest: "sha512" },
      { digest: "sha512", cookie: { name: "sid", secure: false } },
    ],
    [
      { cookieDomain: "example.com", cookiePriority: "high" },
      { cookie: { domain: "example.com", priority: "high" } },
    ],
    [{ lifetime: 60, compress: false, cookieSecure: true }, { lifetime: 60 }],
    [
      { storage: "dynamodb", renewAfter: 900, maxSessionsPerUser: 5, sessionLimitPolicy: "refuse-new" },
      { renewAfter: 900, maxSessionsPerUser: 5, sessionLimitPolicy: "refuse-new" },
    ],
  ])("SESSION_SETTINGS contains the settings that differ from the defaults: %j", (settings, expected) => {
    expect(JSON.parse(toSessionEnvironment(settings).SESSION_SETTINGS ?? "")).toEqual(expected);
  });

  test("SESSION_SETTINGS contains the settings that differ from Flask's defaults with flask=true", () => {
    const settings = { flask: true, compress: false, digest: "sha1", cookieName: "session" } as const;
    expect(toSessionEnvironment(settings)).toEqual({ SESSION_SETTINGS: '{"flask":true,"compress":false}' });
  });

  test("SESSION_TRUSTED_ORIGINS contains the trusted origins", () => {
    expect(toSessionEnvironment({ trustedOrigins: ["https://a.example"] })).toEqual({
      SESSION_TRUSTED_ORIGINS: '["https://a.example"]',
    });
  });

  test("SESSION_TRUSTED_ORIGINS contains the public origin too", () => {
    const settings = { publicOrigin: "https://www.example.com", trustedOrigins: ["https://a.example"] };
    expect(toSessionEnvironment(settings)).toEqual({
      SESSION_TRUSTED_ORIGINS: '["https://a.example","https://www.example.com"]',
    });
  });

  test("SESSION_CROSS_ORIGIN_PROTECTION is set only if requests from other sites are accepted", () => {
    expect(toSessionEnvironment({ crossOriginProtection: true })).toEqual({});
    expect(toSessionEnvironment({ crossOriginProtection: false })).toEqual({
      SESSION_CROSS_ORIGIN_PROTECTION: "false",
    });
  });
});

describe("settings that contradict each other", () => {
  test.each<[Settings, string | RegExp]>([
    [
      { cookieSameSite: "none", cookieSecure: false },
      'The setting cookieSameSite cannot be "none": it needs cookieSecure when it is none.',
    ],
    [
      { cookiePartitioned: true, cookieSecure: false },
      "The setting cookiePartitioned cannot be true: it needs cookieSecure.",
    ],
    [
      { cookieName: "__Host-sid", cookieDomain: "example.com" },
      'The setting cookieDomain cannot be "example.com": it contradicts the name __Host-sid, which forbids it.',
    ],
    [
      { cookieName: "__Secure-sid", cookieSecure: false },
      'The setting cookieName cannot be "__Secure-sid": it needs cookieSecure because of its prefix.',
    ],
    [
      { cookieDomain: "exa mple" },
      'The setting cookieDomain cannot be "exa mple": it must be a host name such as example.com.',
    ],
    // An application may add a storage of its own to these sentences.
    [
      { renewAfter: 60 },
      /^The setting renewAfter cannot be 60: it needs storage=dynamodb( or storage=[\w-]+)*\.$/,
    ],
    [
      { renewAfter: 60, storage: "revocable-cookie" },
      /^The setting renewAfter cannot be 60: it needs storage=dynamodb( or storage=[\w-]+)*\.$/,
    ],
    [
      { maxSessionsPerUser: 5 },
      /^The setting maxSessionsPerUser cannot be 5: it needs storage=dynamodb or .*storage=revocable-cookie\.$/,
    ],
    [
      { sessionLimitPolicy: "refuse-new", storage: "cookie" },
      /^The setting sessionLimitPolicy cannot be "refuse-new": it needs storage=dynamodb or .*storage=revocable-cookie\.$/,
    ],
    [
      { flask: true, storage: "dynamodb" },
      "The setting flask cannot be true: it needs storage=cookie or storage=revocable-cookie.",
    ],
    [
      { compress: true, storage: "dynamodb" },
      "The setting compress cannot be true: it needs storage=cookie or storage=revocable-cookie.",
    ],
  ])("settings that contradict each other are rejected in one sentence: %j", (settings, sentence) => {
    expect(() => refuseContradictions(settings)).toThrow(
      expect.objectContaining({
        name: "SettingError",
        message: typeof sentence === "string" ? sentence : expect.stringMatching(sentence),
      }),
    );
  });

  test.each<Settings>([
    { cookieSecure: false, cookieDomain: "example.com" },
    { storage: "dynamodb", flask: false, compress: false },
    { storage: "dynamodb", renewAfter: 60, maxSessionsPerUser: 5 },
    { storage: "revocable-cookie", flask: true, compress: true, sessionLimitPolicy: "end-oldest" },
    { stage: "prod", retainOnDelete: false },
  ])("settings that do not contradict each other are accepted: %j", (settings) => {
    expect(() => refuseContradictions(settings)).not.toThrow();
  });
});
