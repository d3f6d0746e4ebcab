import { deflateSync } from "node:zlib";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { MOST_INFLATED } from "../../../shared/cookie/payload.ts";
import { SecureCookieSessionInterface } from "../../../shared/cookie/secure-cookie-session-interface.ts";
import { Signer, TimestampSigner } from "../../../shared/crypto/timestamp-signer.ts";
import { resolveSettings } from "../../../shared/session/session-settings.ts";
import { Visitor } from "../../../shared/testing/visitor.ts";
import { HOUR, KEY, kindOf, SecureCookieFixture, showing, type Use } from "./secure-cookie-fixture.ts";

const OTHER_KEY = "a secret key of at least 32 bytes, of somebody else";
const DAY = 24 * HOUR;
const LIFETIME = 10 * HOUR;

const read: Use = (session) => session.get("a");

let fixture: SecureCookieFixture;

beforeEach(() => {
  fixture = new SecureCookieFixture();
});

describe("a refused cookie", () => {
  const bomb = deflateSync(Buffer.alloc(MOST_INFLATED + 1, " "));

  /** The cookies are made in each test, because they depend on the clock. */
  const cookies: [reason: string, what: string, make: () => string][] = [
    ["malformed", "a value without dots", () => "hello"],
    ["malformed", "one dot", () => "hello.world"],
    ["malformed", "an empty timestamp", () => signedWith("e30", "")],
    ["malformed", "a timestamp that is too long", () => signedWith("e30", base64url(Buffer.alloc(7, 1)))],
    ["bad_signature", "a changed payload", () => `x${fixture.signed({ a: 1 })}`],
    ["bad_signature", "an unknown key", () => fixture.signed({ a: 1 }, { keys: [OTHER_KEY] })],
    ["bad_signature", "another salt", () => fixture.signed({ a: 1 }, { settings: { salt: "other" } })],
    ["bad_signature", "another digest", () => fixture.signed({ a: 1 }, { settings: { digest: "sha1" } })],
    [
      "expired",
      "a signature older than its lifetime",
      () => fixture.signed({ a: 1 }, { at: fixture.clock.seconds - LIFETIME - 1 }),
    ],
    [
      "signed_in_future",
      "a signature from the future",
      () => fixture.signed({ a: 1 }, { at: fixture.clock.seconds + 61 }),
    ],
    [
      "absolute_lifetime",
      "a time of creation before the absolute lifetime",
      () => fixture.signed({ a: 1, _created: fixture.clock.seconds - DAY - 1 }),
    ],
    ["unreadable_payload", "no JSON in it", () => signedPayload(base64url("hello"))],
    ["unreadable_payload", "half of its JSON", () => signedPayload(base64url('{"a":'))],
    ["unreadable_payload", "an array in it", () => signedPayload(base64url("[1]"))],
    ["unreadable_payload", "null in it", () => signedPayload(base64url("null"))],
    ["unreadable_payload", "a tuple in it", () => signedPayload(base64url('{" t":[1]}'))],
    [
      "unreadable_payload",
      "a tag that cannot be read",
      () => signedPayload(base64url('{"a":{" u":"no UUID"}}')),
    ],
    [
      "unreadable_payload",
      "a mark of compression but no zlib stream",
      () => signedPayload(`.${base64url("hello")}`),
    ],
    ["unreadable_payload", "more than 64 KiB when inflated", () => signedPayload(`.${base64url(bomb)}`)],
  ];

  function signedWith(payload: string, timestamp: string): string {
    return new Signer({ ...resolveSettings(), keys: [KEY] }).sign(`${payload}.${timestamp}`);
  }

  function signedPayload(payload: string): string {
    return new TimestampSigner({ ...resolveSettings(), keys: [KEY] }).sign(payload, fixture.clock.seconds);
  }

  function base64url(data: string | Uint8Array): string {
    return Buffer.from(data as string).toString("base64url");
  }

  function makeLimited(): Visitor {
    return fixture.makeVisitor({ settings: { lifetime: LIFETIME, absoluteLifetime: DAY } });
  }

  test.each(cookies)("a cookie is refused and logged as %s when it has %s", async (reason, _what, make) => {
    const { result } = await makeLimited().visit((session) => [session.isNew, session.size], showing(make()));
    expect(result).toEqual([true, 0]);
    expect(fixture.log.records).toEqual([
      { level: "WARN", event: "session_refused", reason, cookie: "__Host-session" },
    ]);
  });

  test.each(cookies)(
    "a refused cookie is deleted if its session has expired, and otherwise kept (%s: %s)",
    async (reason, _what, make) => {
      const { setCookie, vary } = await makeLimited().visit(read, showing(make()));
      const hasEnded = reason === "expired" || reason === "absolute_lifetime";
      expect([kindOf(setCookie), vary]).toEqual([hasEnded ? "delete" : "none", true]);
    },
  );

  test.each(cookies)(
    "the log contains no part of a refused cookie and no key (%s: %s)",
    async (_reason, _what, make) => {
      const value = make();
      await makeLimited().visit(read, showing(value));
      expect(fixture.log.records).toHaveLength(1);
      for (const part of [KEY, OTHER_KEY, ...value.split(".").filter((text) => text.length > 3)])
        expect(fixture.log.text).not.toContain(part);
    },
  );

  test("a request with refused cookies logs one record, with the reason of the first cookie", async () => {
    const visit = showing(`hello; __Host-session=${fixture.signed({}, { keys: [OTHER_KEY] })}`);
    await fixture.makeVisitor().visit((session) => [session.get("a"), session.isNew, session.user], visit);
    expect(fixture.log.records.map(({ reason }) => reason)).toEqual(["malformed"]);
  });

  test("a refused cookie is not logged when the handler does not use the session", async () => {
    await fixture.makeVisitor().visit(() => {}, showing("hello"));
    expect(fixture.log.records).toEqual([]);
  });

  test.each<[format: string | undefined, line: unknown]>([
    [undefined, '{"level":"WARN","event":"session_refused","reason":"malformed","cookie":"__Host-session"}'],
    ["Text", '{"level":"WARN","event":"session_refused","reason":"malformed","cookie":"__Host-session"}'],
    ["JSON", { level: "WARN", event: "session_refused", reason: "malformed", cookie: "__Host-session" }],
  ])("a refused cookie is logged on the console in Lambda's log format (%s)", async (format, line) => {
    vi.stubEnv("AWS_LAMBDA_LOG_FORMAT", format);
    const warn = vi.spyOn(console, "warn").mockReturnValue();
    const visitor = new Visitor(new SecureCookieSessionInterface({ keys: [KEY] }));
    await visitor.visit(read, showing("hello"));
    expect(warn.mock.calls).toEqual([[line]]);
  });
});

test("a cookie is valid until the last second of its lifetime and of its absolute lifetime", async () => {
  const settings = { lifetime: LIFETIME, absoluteLifetime: DAY };
  const { seconds } = fixture.clock;
  const last = fixture.signed({ a: 1, _created: seconds - DAY }, { at: seconds - LIFETIME });
  const { result } = await fixture
    .makeVisitor({ settings })
    .visit((session) => session.get("a"), showing(last));
  expect(result).toBe(1);
});

describe("clocks that differ", () => {
  test.each<[ahead: number, clockSkew: number | undefined, isNew: boolean]>([
    [60, undefined, false],
    [61, undefined, true],
    [0, 0, false],
    [1, 0, true],
    [300, 300, false],
    [301, 300, true],
  ])(
    "a cookie that was signed %s s ahead with clockSkew %s has isNew %s",
    async (ahead, clockSkew, isNew) => {
      const settings = clockSkew === undefined ? {} : { clockSkew };
      const cookie = fixture.signed({ a: 1 }, { at: fixture.clock.seconds + ahead });
      const { result } = await fixture
        .makeVisitor({ settings })
        .visit((session) => session.isNew, showing(cookie));
      expect(result).toBe(isNew);
    },
  );
});
