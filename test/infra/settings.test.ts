import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { resolveSettings } from "lambda-sessions";
import { COOKIE_SETTINGS, SESSION_SETTINGS } from "lambda-sessions/settings";
import { describe, expect, test, vi } from "vitest";
import { checkSettings, readSettings } from "../../infra/settings/read-settings.ts";
import { SESSION_PLACES, SETTINGS, settingOf } from "../../infra/settings/settings.ts";

/** Settings whose default can also be given as a string. */
const defaults = Object.entries(SETTINGS).filter(
  ([, setting]) => setting.default !== undefined && setting.default !== Number.POSITIVE_INFINITY,
);

describe("the settings", () => {
  test("the settings include every setting of the library", () => {
    const cookie = Object.keys(COOKIE_SETTINGS).map((name) => `cookie.${name}`);
    const session = Object.keys(SESSION_SETTINGS).filter((name) => name !== "cookie");
    expect([...SESSION_PLACES.keys()].toSorted()).toEqual([...session, ...cookie].toSorted());
    expect(Object.keys(SETTINGS)).toEqual(expect.arrayContaining([...SESSION_PLACES.values()]));
  });

  test("the settings of the library have the library's declarations", () => {
    expect(SETTINGS.lifetime).toBe(SESSION_SETTINGS.lifetime);
    expect(SETTINGS.cookieSameSite).toBe(COOKIE_SETTINGS.sameSite);
  });

  test.each(defaults)(
    "the setting %s accepts its own default, also as a string",
    (name, { default: value }) => {
      expect(readSettings({ [name]: value })).toEqual({ [name]: value });
      expect(readSettings({ [name]: Array.isArray(value) ? "[]" : String(value) })).toEqual({
        [name]: value,
      });
    },
  );

  test("the defaults of all settings resolve to those of the library", () => {
    const { cookie, ...session } = resolveSettings();
    const resolved = { ...session, cookieName: cookie.name, cookiePath: cookie.path };
    for (const [name, value] of Object.entries(resolved))
      expect(settingOf({}, name as keyof typeof resolved)).toBe(value);
  });
});

describe("a setting that is not given", () => {
  test("a setting that is not given has its default", () => {
    expect(settingOf({}, "stackName")).toBe("LambdaSessions");
    expect(settingOf({}, "cookieDomain")).toBeUndefined();
  });

  test("a setting that is not given or undefined is absent from the result", () => {
    expect(readSettings({})).toEqual({});
    expect(checkSettings({ flask: undefined })).toEqual({});
  });
});

describe("a value", () => {
  test.each([
    ["flask", "true", true],
    ["flask", "false", false],
    ["flask", true, true],
    ["flask", false, false],
    ["lifetime", "3600", 3600],
    ["lifetime", 3600, 3600],
    ["clockSkew", "0", 0],
    ["keyRotationDays", "0", 0],
    ["keyRotationDays", "1000", 1000],
    ["domainName", "a.b-c.example", "a.b-c.example"],
    ["alarmEmail", "ops+alarms@example.com", "ops+alarms@example.com"],
    [
      "certificateArn",
      "arn:aws-us-gov:acm:us-gov-west-1:123456789012:certificate/1a-2b",
      "arn:aws-us-gov:acm:us-gov-west-1:123456789012:certificate/1a-2b",
    ],
    ["encrypt", "true", true],
    ["memorySize", "10240", 10_240],
    ["cookieName", "sid", "sid"],
    ["oidcClientId", "0042", "0042"],
    ["salt", "a=b c", "a=b c"],
    ["cookieSameSite", "strict", "strict"],
    ["digest", "sha512", "sha512"],
    ["storage", "dynamodb", "dynamodb"],
    ["storage", "revocable-cookie", "revocable-cookie"],
    ["renewAfter", "3600", 3600],
    ["maxSessionsPerUser", "200", 200],
    ["sessionLimitPolicy", "refuse-new", "refuse-new"],
    ["stage", "prod", "prod"],
    ["logRetentionDays", "7", 7],
    ["logRetentionDays", 7, 7],
    ["publicOrigin", "https://www.example.com", "https://www.example.com"],
    ["trustedOrigins", "https://a.example", ["https://a.example"]],
    [
      "trustedOrigins",
      "https://a.example, http://localhost:8080",
      ["https://a.example", "http://localhost:8080"],
    ],
    ["trustedOrigins", '["https://a.example"]', ["https://a.example"]],
    ["trustedOrigins", ["https://a.example"], ["https://a.example"]],
    [
      "trustedOrigins",
      "capacitor://localhost,ionic://localhost",
      ["capacitor://localhost", "ionic://localhost"],
    ],
    ["trustedOrigins", "[]", []],
  ] as const)("the setting %s accepts the value %j", (name, given, value) => {
    expect(readSettings({ [name]: given })).toEqual({ [name]: value });
  });

  test.each([
    [
      "memorySize",
      "0256",
      'The setting memorySize must be an integer number of MiB from 128 to 10240, not "0256".',
    ],
    ["flask", "yes", 'The setting flask must be true or false, not "yes".'],
    ["flask", "", 'The setting flask must be true or false, not "".'],
    ["flask", 1, "The setting flask must be true or false, not 1."],
    ["flask", null, "The setting flask must be true or false, not null."],
    [
      "lifetime",
      "0",
      'The setting lifetime must be an integer number of seconds from 1 to 315360000, not "0".',
    ],
    [
      "lifetime",
      "1e3",
      'The setting lifetime must be an integer number of seconds from 1 to 315360000, not "1e3".',
    ],
    [
      "lifetime",
      "",
      'The setting lifetime must be an integer number of seconds from 1 to 315360000, not "".',
    ],
    [
      "lifetime",
      1.5,
      "The setting lifetime must be an integer number of seconds from 1 to 315360000, not 1.5.",
    ],
    [
      "lifetime",
      "9007199254740993",
      'The setting lifetime must be an integer number of seconds from 1 to 315360000, not "9007199254740993".',
    ],
    [
      "memorySize",
      "64",
      'The setting memorySize must be an integer number of MiB from 128 to 10240, not "64".',
    ],
    ["timeout", 31, "The setting timeout must be an integer number of seconds from 1 to 30, not 31."],
    ["throttlingRateLimit", "-1", 'The setting throttlingRateLimit must be an integer, 1 or more, not "-1".'],
    ["storage", "redis", `The setting storage must be ${SETTINGS.storage.kind.allowed}, not "redis".`],
    ["stage", "production", 'The setting stage must be one of dev, prod, not "production".'],
    ["maxSessionsPerUser", 201, "The setting maxSessionsPerUser must be an integer from 1 to 200, not 201."],
    [
      "sessionLimitPolicy",
      "newest",
      'The setting sessionLimitPolicy must be one of end-oldest, refuse-new, not "newest".',
    ],
    [
      "cookieSameSite",
      "Lax",
      'The setting cookieSameSite must be one of lax, strict, none, unset, not "Lax".',
    ],
    ["cookieName", "", 'The setting cookieName must be a non-empty string, not "".'],
    ["cookieName", 5, "The setting cookieName must be a non-empty string, not 5."],
    [
      "stackName",
      "a_b",
      'The setting stackName must be a letter, then up to 127 letters, digits and hyphens, not "a_b".',
    ],
    [
      "logRetentionDays",
      "8",
      expect.stringMatching(/^The setting logRetentionDays must be one of 1, 3, .*3653, not "8"\.$/),
    ],
    ["logRetentionDays", "9999", expect.stringContaining("logRetentionDays")],
    ["monitoring", "yes", 'The setting monitoring must be true or false, not "yes".'],
    ["tracing", "active", 'The setting tracing must be true or false, not "active".'],
    ["logLevel", "ERROR", 'The setting logLevel must be one of DEBUG, INFO, WARN, not "ERROR".'],
    ["alarmEmail", "ops", 'The setting alarmEmail must be an e-mail address, not "ops".'],
    ["alarmEmail", "a@b.example,c@d.example", expect.stringContaining("must be an e-mail address")],
    ...[
      "https://app.example.com",
      "app.example.com/",
      "*.example.com",
      "example",
      "10.0.0.1",
      "App.example.com",
      "a..b",
    ].map((name): [string, string, string] => [
      "domainName",
      name,
      `The setting domainName must be a host name in lower case such as app.example.com, not "${name}".`,
    ]),
    ...[
      "www.example.com",
      "http://www.example.com",
      "https://www.example.com/",
      "https://WWW.example.com",
    ].map((origin): [string, string, string] => [
      "publicOrigin",
      origin,
      `The setting publicOrigin must be an origin such as https://app.example.com, without a slash at the end, not "${origin}".`,
    ]),
    [
      "certificateArn",
      "arn:aws:iam::123456789012:server-certificate/x",
      'The setting certificateArn must be the ARN of a certificate in ACM such as arn:aws:acm:eu-central-1:123456789012:certificate/1a2b3c4d, not "arn:aws:iam::123456789012:server-certificate/x".',
    ],
    [
      "hostedZoneId",
      "example.com",
      'The setting hostedZoneId must be the id of a hosted zone such as Z0123456789ABCDEFGHIJ, not "example.com".',
    ],
    ["logRetentionDays", "ONE_DAY", expect.stringContaining("logRetentionDays")],
  ])("the setting %s rejects the value %j", (name, given, sentence) => {
    expect(() => readSettings({ [name]: given })).toThrow(
      expect.objectContaining({ name: "SettingError", message: sentence }),
    );
  });

  test.each([
    "https://a.example/",
    "https://a.example,",
    "a.example",
    "*",
    "null",
    "ftp://a.example",
    "capacitor://localhost/",
    "file://",
    "https://A.example",
    "",
    "[",
    '{"0":"https://a.example"}',
    "[1]",
  ])("the setting trustedOrigins rejects the value %j", (given) => {
    expect(() => readSettings({ trustedOrigins: given })).toThrow(
      `The setting trustedOrigins must be an array of origins such as https://app.example.com, without a slash at the end, with commas between them or as JSON, not ${JSON.stringify(given)}.`,
    );
  });
});

describe("an unknown name", () => {
  test.each([
    ["falsk", "flask"],
    ["cookie-name", "cookieName"],
    ["COOKIE_DOMAIN", "cookieDomain"],
    ["samesite", "cookieSameSite"],
    ["lifetim", "lifetime"],
    ["memory", "memorySize"],
    ["keyDerivaton", "keyDerivation"],
    ["storag", "storage"],
    ["max-sessions", "maxSessionsPerUser"],
    ["renewafter", "renewAfter"],
  ])("an unknown setting is rejected with the nearest known one: %s", (name, nearest) => {
    expect(() => readSettings(JSON.parse(`{"${name}":"a value"}`))).toThrow(
      `There is no setting ${name}. Did you mean ${nearest}? docs/settings.md lists all settings.`,
    );
  });

  test.each([
    ["store", "dynamodb", "storage=cookie or storage=dynamodb"],
    ["revocation", "true", "storage=revocable-cookie"],
  ])("a setting of an earlier version is rejected with its replacement: %s", (name, value, use) => {
    expect(() => readSettings({ [name]: value })).toThrow(
      `The setting ${name} was replaced by storage. Use ${use}. docs/settings.md lists all settings.`,
    );
  });

  test.each([
    "@aws-cdk/core:checkSecretUsage",
    "aws:cdk:bundling-stacks",
    "availability-zones:account=1",
    "a/b",
  ])("a context key of the CDK itself is ignored: %s", (name) => {
    expect(readSettings({ [name]: true })).toEqual({});
  });

  test.each(["cli-telemetry", "acknowledged-issue-numbers", "environment", "name"])(
    "a name that may be meant for another construct or command is ignored with a warning: %s",
    (name) => {
      const warn = vi.spyOn(console, "warn").mockReturnValue();
      expect(readSettings({ [name]: "a value", flask: "true" })).toEqual({ flask: true });
      expect(warn.mock.calls).toEqual([
        [`The context contains ${name}, which is no setting. docs/settings.md lists all settings.`],
      ]);
    },
  );

  test.each([
    ["cli-telemetry", ""],
    ["log-level", ""],
    ["log-level", "\uFEFF"],
  ])(
    "a name that a command of the CDK has written to cdk.context.json is ignored without a word: %s",
    (name, byteOrderMark) => {
      const folder = mkdtempSync(join(tmpdir(), "context-"));
      writeFileSync(join(folder, "cdk.context.json"), byteOrderMark + JSON.stringify({ [name]: false }));
      vi.spyOn(process, "cwd").mockReturnValue(folder);
      const warn = vi.spyOn(console, "warn");
      expect(readSettings({ [name]: false })).toEqual({});
      expect(warn).not.toHaveBeenCalled();
      rmSync(folder, { recursive: true });
    },
  );
});
