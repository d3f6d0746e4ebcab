import { describe, expect, test } from "vitest";
import type { RouteKey } from "../../infra/routes.ts";
import {
  refuseContradictions,
  refuseUnusedPath,
  toSessionEnvironment,
} from "../../infra/settings/session-environment.ts";
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
      { absoluteLifetime: 600, rememberFor: 2_592_000 },
      { absoluteLifetime: 600, rememberFor: 2_592_000 },
    ],
    [{ absoluteLifetime: 600, rememberFor: 600 }, { absoluteLifetime: 600 }],
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

test("SESSION_TRANSPORT is set only if sessions are in headers", () => {
  expect(toSessionEnvironment({ storage: "dynamodb", sessionTransport: "cookie" })).toEqual({});
  expect(toSessionEnvironment({ storage: "dynamodb", sessionTransport: "both" })).toEqual({
    SESSION_TRANSPORT: "both",
  });
});

describe("the time for which an authentication is fresh", () => {
  test("SESSION_FRESH_FOR is set if an authentication is fresh for another time than the default", () => {
    expect(toSessionEnvironment({ freshFor: 3600 })).toEqual({});
    expect(toSessionEnvironment({ freshFor: 600 })).toEqual({ SESSION_FRESH_FOR: "600" });
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
      { cookiePartitioned: true },
      "The setting cookiePartitioned cannot be true: it needs cookieSameSite=none, because browsers send no other cookie to a page that another site embeds.",
    ],
    [
      { cookiePartitioned: true, cookieSameSite: "unset" },
      "The setting cookiePartitioned cannot be true: it needs cookieSameSite=none, because browsers send no other cookie to a page that another site embeds.",
    ],
    [
      { storage: "dynamodb", renewAfter: 3600, absoluteLifetime: 3600 },
      "The setting renewAfter cannot be 3600: it must be less than 3600, the seconds after which every session has ended.",
    ],
    [
      { storage: "dynamodb", renewAfter: 2_592_000 },
      "The setting renewAfter cannot be 2592000: it must be less than 2592000, the seconds after which every session has ended.",
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
      'The setting cookieDomain cannot be "exa mple": it must be a host name with a dot such as example.com, not an IP address.',
    ],
    [
      { cookieDomain: "com" },
      'The setting cookieDomain cannot be "com": it must be a host name with a dot such as example.com, not an IP address.',
    ],
    [
      { cookieName: "__Http-sid", cookieHttpOnly: false },
      "The setting cookieHttpOnly cannot be false: it contradicts the name __Http-sid, which needs it.",
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
      { sessionTransport: "both" },
      /^The setting sessionTransport cannot be "both": it needs storage=dynamodb or .*storage=revocable-cookie, because applications keep tokens that must be revocable\.$/,
    ],
    [
      { sessionTransport: "header", storage: "cookie" },
      /^The setting sessionTransport cannot be "header": it needs storage=dynamodb or /,
    ],
    [
      { sessionTransport: "header", storage: "dynamodb", signIn: "oidc" },
      'The setting sessionTransport cannot be "header": it would keep the session from the browsers that signIn=oidc redirects. Use both.',
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
    { storage: "dynamodb", renewAfter: 3600, absoluteLifetime: 3600, rememberFor: 86_400 },
    { cookiePartitioned: true, cookieSameSite: "none" },
    { storage: "revocable-cookie", flask: true, compress: true, sessionLimitPolicy: "end-oldest" },
    { sessionTransport: "cookie" },
    { sessionTransport: "header", storage: "dynamodb" },
    { sessionTransport: "both", storage: "revocable-cookie", signIn: "oidc" },
    { stage: "prod", retainOnDelete: false },
  ])("settings that do not contradict each other are accepted: %j", (settings) => {
    expect(() => refuseContradictions(settings)).not.toThrow();
  });
});

describe("cookiePath and the routes", () => {
  test.each<[string, RouteKey]>([
    ["/", "GET /shop"],
    ["/app", "GET /app"],
    ["/app", "GET /app/cart/{id}"],
    ["/app/", "GET /app/cart"],
    ["/app/cart", "ANY /{tenant}/cart"],
    ["/app/cart", "ANY /{any+}"],
    ["/app/cart/old", "ANY /app/{any+}"],
    ["/app", "$default"],
  ])("the cookiePath %s is accepted with the route %s", (cookiePath, routeKey) => {
    expect(() => refuseUnusedPath({ cookiePath }, ["GET /other", routeKey])).not.toThrow();
  });

  test.each<[string, RouteKey]>([
    ["/app", "GET /"],
    ["/app", "GET /application"],
    ["/app/", "GET /app"],
    ["/app/cart", "GET /app"],
    ["/app/cart", "ANY /shop/{any+}"],
    ["/App", "GET /app"],
  ])("the cookiePath %s is rejected with the route %s", (cookiePath, routeKey) => {
    expect(() => refuseUnusedPath({ cookiePath }, [routeKey])).toThrow(
      `The setting cookiePath cannot be "${cookiePath}": it is above no route with a session. Choose one, or leave it out.`,
    );
  });
});
