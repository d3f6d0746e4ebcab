import fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";
import { describeSessionInterface } from "../../../shared/contracts.ts";
import { SealedSerializer } from "../../../shared/cookie/sealed-serializer.ts";
import { SecureCookieSessionInterface } from "../../../shared/cookie/secure-cookie-session-interface.ts";
import { Sealer } from "../../../shared/crypto/sealer.ts";
import type { KeyProvider, SecretKeys } from "../../../shared/crypto/secret-keys.ts";
import { OptionError } from "../../../shared/options/option-error.ts";
import { SessionTooLargeError } from "../../../shared/session/session-errors.ts";
import { resolveSettings, type SessionSettings } from "../../../shared/session/session-settings.ts";
import { MemoryStore } from "../../../shared/stores/memory-store.ts";
import type { Visitor } from "../../../shared/testing/visitor.ts";
import { RevocableCookieSessionInterface } from "../../../shared/users/revocable-cookie-session-interface.ts";
import { TaggedJSON } from "../../../shared/values/tagged-json.ts";
import { BARE_REQUEST } from "../../support/bare-request.ts";
import { spelledOut, storableData } from "../values/storable-values.ts";
import { bitFlips, insertions, lookAlikes, respellings, swaps, truncations } from "./cookie-mutations.ts";
import {
  type CookieOrigin,
  HOUR,
  KEY,
  kindOf,
  SecureCookieFixture,
  showing,
  type Use,
} from "./secure-cookie-fixture.ts";

const OLD_KEY = "a secret key of at least 32 bytes, the old one";
const DAY = 24 * HOUR;
const LIFETIME = 10 * HOUR;

const read: Use = (session) => session.get("a");
const change: Use = (session) => session.set("a", 2);
const all: Use = (session) => session.toJSON();

for (const compress of [false, true])
  describeSessionInterface(
    `SecureCookieSessionInterface with encrypt${compress ? " and compress" : ""}`,
    ({ settings, ...options }) =>
      new SecureCookieSessionInterface({
        ...options,
        keys: [KEY],
        settings: { ...settings, encrypt: true, compress },
      }),
  );

describeSessionInterface(
  "RevocableCookieSessionInterface with encrypt",
  ({ settings, ...options }) =>
    new RevocableCookieSessionInterface({
      ...options,
      keys: [KEY],
      settings: { ...settings, encrypt: true },
      store: new MemoryStore(),
    }),
);

let fixture: SecureCookieFixture;

beforeEach(() => {
  fixture = new SecureCookieFixture();
});

/** Returns a visitor of an interface that seals cookies. */
function makeVisitor(settings: SessionSettings = {}, keys: SecretKeys | KeyProvider = [KEY]): Visitor {
  return fixture.makeVisitor({ keys, settings: { encrypt: true, ...settings } });
}

/** Returns a cookie's value as an interface that seals cookies writes it. */
function sealed(values: Record<string, unknown>, origin: CookieOrigin = {}): string {
  const { keys = [KEY], at = fixture.clock.seconds, settings = {} } = origin;
  const resolved = resolveSettings({ ...settings, encrypt: true });
  const options = { ...resolved, keys, json: new TaggedJSON(), name: resolved.cookie.name };
  return new SealedSerializer(options).dumps(values, at);
}

function reasons(): unknown[] {
  return fixture.log.records.map(({ reason }) => reason);
}

describe("a sealed cookie", () => {
  test("a sealed cookie contains no readable data, neither as text nor decoded from base64", async () => {
    const visitor = makeVisitor();
    await visitor.visit((session) =>
      session.set("address", "12 Main Street").signIn({ id: "1", name: "Ada" }),
    );
    const { token = "" } = visitor;
    expect(token).toMatch(/^~[\w-]+$/);
    for (const start of [0, 1, 2, 3, 4]) {
      const bytes = Buffer.from(token.slice(start), "base64url").toString("latin1");
      for (const text of ["address", "Main Street", "_user", "_created", '"Ada"'])
        expect(bytes).not.toContain(text);
    }
    expect(await seenBy(visitor)).toEqual({ address: "12 Main Street" });
  });

  test("two equal sessions of the same second have different sealed cookies", async () => {
    const visitors = [makeVisitor(), makeVisitor()];
    for (const visitor of visitors) await visitor.visit(change);
    const [one, other] = visitors.map(({ token }) => token);
    expect(one).not.toBe(other);
    expect(`${one}`).toHaveLength(`${other}`.length);
  });

  test("any data that can be stored is read back equal from a sealed cookie", async () => {
    const sessions = fixture.makeInterface({ settings: { encrypt: true } });
    const request = (cookies: readonly string[]) => ({ cookies, ...BARE_REQUEST });
    await fc.assert(
      fc.asyncProperty(storableData, async (data) => {
        const session = await sessions.open(request([]));
        for (const [key, value] of Object.entries(data)) session.set(key, value);
        const saved = await unlessTooLarge(() => sessions.save(session, request([])));
        const value = saved?.setCookie?.split(";", 1)[0];
        fc.pre(value !== undefined);
        expect(spelledOut((await sessions.open(request([value]))).toJSON())).toEqual(spelledOut(data));
      }),
      { numRuns: 200 },
    );
  });

  test("storedBytes is the size of a sealed cookie, and one over 4096 bytes throws with the largest keys", async () => {
    const visitor = makeVisitor();
    await visitor.visit((session) => session.set("small", 1).set("large", "x".repeat(2900)));
    const { result } = await visitor.visit((session) => session.storedBytes);
    expect(result).toBe("__Host-session".length + `${visitor.token}`.length);
    const tooMuch = visitor.visit((session) => session.set("large", "x".repeat(4000)));
    await expect(tooMuch).rejects.toThrow(SessionTooLargeError);
    await expect(tooMuch).rejects.toThrow(/large/);
  });

  test("a sealed cookie is compressed if compress is true", async () => {
    const visitors = [makeVisitor({ compress: true }), makeVisitor()];
    for (const visitor of visitors) await visitor.visit((session) => session.set("a", "item ".repeat(300)));
    const [small = 0, large = 0] = visitors.map(({ token }) => token?.length);
    expect(small * 5).toBeLessThan(large);
    expect(await seenBy(visitors[0] as Visitor)).toEqual({ a: "item ".repeat(300) });
  });
});

describe("a refused sealed cookie", () => {
  /** The cookies are made in each test, because they depend on the clock. */
  const cookies: [reason: string, what: string, make: () => string][] = [
    ["bad_signature", "an unknown key", () => sealed({ a: 1 }, { keys: [OLD_KEY] })],
    ["bad_signature", "another salt", () => sealed({ a: 1 }, { settings: { salt: "other" } })],
    [
      "bad_signature",
      "another cookie's name",
      () => sealed({ a: 1 }, { settings: { cookie: { name: "a" } } }),
    ],
    ["bad_signature", "a changed byte", () => changedAt(sealed({ a: 1 }), 30)],
    ["malformed", "the mark alone", () => "~"],
    ["malformed", "base64 with padding", () => `${sealed({ a: 1 })}=`],
    ["malformed", "a signed cookie after the mark", () => `~${fixture.signed({ a: 1 })}`],
    ["malformed", "a signed cookie appended", () => `${sealed({ a: 1 })}.${fixture.signed({ a: 1 })}`],
    [
      "expired",
      "an age beyond its lifetime",
      () => sealed({ a: 1 }, { at: fixture.clock.seconds - LIFETIME - 1 }),
    ],
    ["signed_in_future", "a clock that is ahead", () => sealed({ a: 1 }, { at: fixture.clock.seconds + 61 })],
    [
      "absolute_lifetime",
      "an age beyond its absolute lifetime",
      () => sealed({ a: 1, _created: fixture.clock.seconds - DAY - 1 }),
    ],
    ["unreadable_payload", "sealed data that is no object", () => sealedRaw("[1]")],
  ];

  test.each(cookies)("a sealed cookie is refused with the reason %s for %s", async (reason, _what, make) => {
    const visitor = makeVisitor({ lifetime: LIFETIME, absoluteLifetime: DAY });
    const value = make();
    const { result } = await visitor.visit(all, showing(value));
    expect(result).toEqual({});
    expect(fixture.log.records).toEqual([
      { level: "WARN", event: "session_refused", reason, cookie: "__Host-session" },
    ]);
  });

  test.each(cookies)(
    "a refused sealed cookie is deleted only if its session has expired: %s for %s",
    async (reason, _what, make) => {
      const { setCookie } = await makeVisitor({ lifetime: LIFETIME, absoluteLifetime: DAY }).visit(
        read,
        showing(make()),
      );
      const hasExpired = reason === "expired" || reason === "absolute_lifetime";
      expect(kindOf(setCookie)).toBe(hasExpired ? "delete" : "none");
    },
  );

  test("a valid sealed cookie after a forged one is read", async () => {
    const cookies = [changedAt(sealed({ a: 1 }), 30), sealed({ a: 2 })].map(
      (value) => `__Host-session=${value}`,
    );
    expect((await makeVisitor().visit(read, { cookies })).result).toBe(2);
  });

  test("a sealed cookie is read in the last second of its lifetime, and refused one second later", async () => {
    const visitor = makeVisitor({ lifetime: LIFETIME });
    const last = sealed({ a: 1 }, { at: fixture.clock.seconds - LIFETIME });
    expect((await visitor.visit(read, showing(last))).result).toBe(1);
    fixture.clock.advance(1);
    expect((await visitor.visit(read, showing(last))).result).toBeUndefined();
  });

  test("a sealed cookie is refused as malformed when encrypt is false", async () => {
    const value = sealed({ a: 1 });
    const { result, setCookie } = await fixture.makeVisitor().visit(read, showing(value));
    expect([result, kindOf(setCookie), reasons()]).toEqual([undefined, "none", ["malformed"]]);
  });

  test.each([
    ["with each bit flipped", bitFlips],
    ["cut off at each position", truncations],
    ["with an insertion at each position", insertions],
    ["with neighbours and cases swapped", swaps],
    ["in other spellings of the same bytes", respellings],
    ["with characters that look alike", lookAlikes],
  ])("a sealed cookie %s is refused and does not throw", async (_name, mutate) => {
    const sessions = fixture.makeInterface({ settings: { encrypt: true } });
    const value = sealed({ visits: 7, note: "~~~???>>>" });
    const parsed = (text: string) => text.slice(0, `${text};`.indexOf(";")).replace(/^[ \t]+|[ \t]+$/g, "");
    const mutations = mutate(value).filter((text) => parsed(text) !== value);
    expect(mutations).not.toHaveLength(0);
    for (const mutation of mutations) {
      const cookies = [`__Host-session=${mutation}`];
      const session = await sessions.open({ cookies, ...BARE_REQUEST });
      expect([session.isNew, session.size]).toEqual([true, 0]);
    }
    expect(reasons().every((reason) => reason === "malformed" || reason === "bad_signature")).toBe(true);
    expect(fixture.log.text).not.toContain(value.slice(1, 9));
  });
});

describe("a signed cookie when encrypt is true", () => {
  test("a signed cookie is read when encrypt is true, and sealed when the session changes", async () => {
    const visitor = makeVisitor();
    expect((await visitor.visit(read, showing(fixture.signed({ a: 1 })))).result).toBe(1);
    const { setCookie } = await visitor.visit(change, showing(fixture.signed({ a: 1, b: 3 })));
    expect(setCookie).toMatch(/^__Host-session=~/);
    expect(await seenBy(visitor)).toEqual({ a: 2, b: 3 });
  });

  test("a signed cookie is sealed when its permanent session is refreshed, and not before", async () => {
    const visitor = makeVisitor({ lifetime: LIFETIME });
    const signed = showing(fixture.signed({ a: 1, _permanent: true }));
    expect((await visitor.visit(read, signed)).setCookie).toBeUndefined();
    fixture.clock.advance(HOUR);
    expect((await visitor.visit(read, signed)).setCookie).toMatch(/^__Host-session=~/);
    expect(await seenBy(visitor)).toEqual({ a: 1 });
  });

  test("a session keeps its time of creation when its signed cookie is sealed", async () => {
    const visitor = makeVisitor({ absoluteLifetime: DAY });
    const began = fixture.clock.seconds - DAY + 5;
    await visitor.visit(change, showing(fixture.signed({ a: 1, _created: began })));
    fixture.clock.advance(5);
    expect((await visitor.visit(read)).result).toBe(2);
    fixture.clock.advance(1);
    expect((await visitor.visit(read)).result).toBeUndefined();
  });

  test("a signed cookie is verified with the digest and key derivation of the settings when encrypt is true", async () => {
    const settings = { digest: "sha1", keyDerivation: "concat" } as const;
    const cookie = fixture.signed({ a: 1 }, { settings });
    expect((await makeVisitor(settings).visit(read, showing(cookie))).result).toBe(1);
    expect((await makeVisitor().visit(read, showing(cookie))).result).toBeUndefined();
  });

  test("a signed cookie with an invalid signature is refused when encrypt is true", async () => {
    const cookie = fixture.signed({ a: 1 }, { keys: [OLD_KEY] });
    expect((await makeVisitor().visit(read, showing(cookie))).result).toBeUndefined();
    expect(reasons()).toEqual(["bad_signature"]);
  });
});

describe("rotation of sealed cookies", () => {
  test("a cookie that an old key sealed is read, and sealed with the new key at the next write", async () => {
    const value = sealed({ a: 1, b: 3 }, { keys: [OLD_KEY] });
    const visitor = makeVisitor({}, [KEY, OLD_KEY]);
    expect((await visitor.visit(read, showing(value))).result).toBe(1);
    await visitor.visit(change, showing(value));
    const later = await makeVisitor({}, [KEY]).visit(all, showing(`${visitor.token}`));
    expect(later.result).toEqual({ a: 2, b: 3 });
  });

  test("a sealed cookie is refused when its key was removed, and is not read as a signed one", async () => {
    const value = sealed({ a: 1 }, { keys: [OLD_KEY] });
    expect((await makeVisitor({}, [KEY]).visit(read, showing(value))).result).toBeUndefined();
    expect(reasons()).toEqual(["bad_signature"]);
  });

  test("the keys are read again for a sealed cookie whose key is unknown", async () => {
    const provider = Object.assign(async () => [OLD_KEY], { refreshKeys: async () => [KEY, OLD_KEY] });
    const visitor = makeVisitor({}, provider);
    expect((await visitor.visit(read, showing(sealed({ a: 1 })))).result).toBe(1);
    expect(reasons()).toEqual([]);
  });
});

describe("the setting encrypt", () => {
  test("encrypt is false by default", async () => {
    expect(resolveSettings().encrypt).toBe(false);
    const visitor = fixture.makeVisitor();
    await visitor.visit(change);
    expect(visitor.token).not.toMatch(/^~/);
  });

  test("encrypt together with flask is rejected", () => {
    const problem = "contradicts flask, which reads no sealed cookie";
    expect(() => resolveSettings({ flask: true, encrypt: true })).toThrow(
      new OptionError("encrypt", problem),
    );
    expect(resolveSettings({ flask: true, encrypt: false }).digest).toBe("sha1");
  });

  test("encrypt must be a boolean", () => {
    const settings = { encrypt: "yes" } as unknown as SessionSettings;
    expect(() => resolveSettings(settings)).toThrow(new OptionError("encrypt", "must be true or false"));
  });
});

function seenBy(visitor: Visitor): Promise<unknown> {
  return visitor.visit(all).then(({ result }) => result);
}

function changedAt(value: string, index: number): string {
  return value.slice(0, index) + (value[index] === "A" ? "B" : "A") + value.slice(index + 1);
}

/** Returns anything, validly sealed now. */
function sealedRaw(plain: string): string {
  const sealer = new Sealer({ keys: [KEY], salt: "cookie-session", name: "__Host-session" });
  return sealer.seal(Buffer.from(plain), fixture.clock.seconds);
}

/** Returns `undefined` if a session does not fit in a cookie, which another test covers. */
async function unlessTooLarge<T>(make: () => Promise<T>): Promise<T | undefined> {
  try {
    return await make();
  } catch (error) {
    if (error instanceof SessionTooLargeError) return undefined;
    throw error;
  }
}
