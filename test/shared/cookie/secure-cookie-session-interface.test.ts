import { randomBytes } from "node:crypto";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { describeSessionInterface } from "../../../shared/contracts.ts";
import { MOST_INFLATED } from "../../../shared/cookie/payload.ts";
import { SecureCookieSessionInterface } from "../../../shared/cookie/secure-cookie-session-interface.ts";
import { URLSafeTimedSerializer } from "../../../shared/cookie/url-safe-timed-serializer.ts";
import type { KeyProvider, SecretKeys } from "../../../shared/crypto/secret-keys.ts";
import { SessionTooLargeError, SessionUnavailableError } from "../../../shared/session/session-errors.ts";
import type { SessionSettings } from "../../../shared/session/session-settings.ts";
import { TaggedJSON } from "../../../shared/values/tagged-json.ts";
import { BARE_REQUEST } from "../../support/bare-request.ts";
import { load } from "./load.ts";
import { HOUR, KEY, SecureCookieFixture, showing, type Use } from "./secure-cookie-fixture.ts";

const OLD_KEY = "a secret key of at least 32 bytes, the old one";

const read: Use = (session) => session.get("a");
const change: Use = (session) => session.set("a", 2);

describeSessionInterface(
  "SecureCookieSessionInterface",
  (options) => new SecureCookieSessionInterface({ ...options, keys: [KEY] }),
);

describeSessionInterface(
  "SecureCookieSessionInterface with Flask's settings",
  ({ settings, ...options }) =>
    new SecureCookieSessionInterface({ ...options, keys: [KEY], settings: { ...settings, flask: true } }),
);

let fixture: SecureCookieFixture;

beforeEach(() => {
  fixture = new SecureCookieFixture();
});

describe("the cookie session", () => {
  test("the cookie is one of Flask's when the setting flask is true", async () => {
    const { setCookie = "" } = await fixture.makeVisitor({ settings: { flask: true } }).visit(change);
    const [, value = ""] = /^session=([^;]*);/.exec(setCookie) ?? [];
    const flask = new URLSafeTimedSerializer({
      ...{ keys: [KEY], salt: "cookie-session", digest: "sha1", keyDerivation: "hmac" },
      ...{ json: new TaggedJSON(), compress: true },
    });
    const loaded = load(flask, value, { now: fixture.clock.seconds, maxAge: 1, clockSkew: 0 });
    expect(loaded).toMatchObject({ values: { a: 2 }, signedAt: fixture.clock.seconds });
  });

  test("storedBytes of a cookie session is the size of the cookie's name and value", async () => {
    const visitor = fixture.makeVisitor();
    await visitor.visit(change);
    const { result } = await visitor.visit((session) => session.storedBytes);
    expect(result).toBe("__Host-session".length + (visitor.token ?? "").length);
  });

  test("a function as settings gives each host its own cookie and lifetime", async () => {
    const shop: SessionSettings = { cookie: { name: "shop" }, lifetime: HOUR };
    const blog: SessionSettings = { cookie: { name: "blog" } };
    const visitor = fixture.makeVisitor({
      settings: (request) => (request.header("host") === "shop.example.com" ? shop : blog),
    });
    const atShop = { headers: { host: "shop.example.com" } };
    await visitor.visit((session) => session.set("at", "shop"), atShop);
    expect((await visitor.visit((session) => session.isNew)).result).toBe(true);
    await visitor.visit((session) => session.set("at", "blog"));
    expect((await visitor.visit((session) => session.get("at"), atShop)).result).toBe("shop");
    fixture.clock.advance(HOUR + 1);
    expect((await visitor.visit((session) => session.get("at"), atShop)).result).toBeUndefined();
    expect((await visitor.visit((session) => session.get("at"))).result).toBe("blog");
  });

  test("a value of a registered type is saved and read back", async () => {
    class Money {
      readonly cents: number;
      constructor(cents: number) {
        this.cents = cents;
      }
    }
    const json = new TaggedJSON();
    json.register<Money>({
      key: " money",
      check: (value) => value instanceof Money,
      toJSON: ({ cents }) => cents,
      fromJSON: (cents: number) => new Money(cents),
    });
    const visitor = fixture.makeVisitor({ json });
    await visitor.visit((session) => session.set("price", new Money(4200)));
    const { result } = await visitor.visit((session) => session.get("price"));
    expect(result).toStrictEqual(new Money(4200));
  });
});

describe("secret keys", () => {
  const keys = [KEY, OLD_KEY];

  test("a cookie is read if any of the secret keys signed it", async () => {
    for (const key of keys) {
      const { result } = await fixture
        .makeVisitor({ keys })
        .visit((session) => session.get("a"), showing(fixture.signed({ a: key }, { keys: [key] })));
      expect(result).toBe(key);
    }
  });

  test("a cookie is signed with the first of the secret keys", async () => {
    const visitor = fixture.makeVisitor({ keys });
    await visitor.visit(change);
    const readers = [KEY, OLD_KEY].map((key) => fixture.makeVisitor({ keys: [key] }));
    const seen = readers.map(async (reader) => {
      return (await reader.visit((session) => session.isNew, showing(visitor.token ?? ""))).result;
    });
    expect(await Promise.all(seen)).toEqual([false, true]);
  });

  test("secret keys from a function may change between requests", async () => {
    let list: SecretKeys = [OLD_KEY];
    const visitor = fixture.makeVisitor({ keys: async () => list });
    await visitor.visit(change);
    const before = visitor.token ?? "";
    list = [KEY, OLD_KEY];
    expect((await visitor.visit((session) => session.get("a"))).result).toBe(2);
    await visitor.visit((session) => session.set("a", 3));
    list = [KEY];
    expect((await visitor.visit((session) => session.isNew)).result).toBe(false);
    expect((await visitor.visit((session) => session.isNew, showing(before))).result).toBe(true);
  });

  test("a secret key may be a byte array", async () => {
    const cookie = fixture.signed({ a: 1 });
    const visitor = fixture.makeVisitor({ keys: [Buffer.from(KEY)] });
    expect((await visitor.visit((session) => session.get("a"), showing(cookie))).result).toBe(1);
  });

  test.each<[string, unknown, option: string]>([
    ["a string instead of an array", KEY, "keys"],
    ["an empty array", [], "keys"],
    ["an empty string as a key", [""], "keys[0]"],
    ["a short key", [KEY, "short"], "keys[1]"],
    ["a number as a key", [42], "keys[0]"],
  ])("the constructor rejects secret keys with %s", (_what, wrong, option) => {
    expect(() => fixture.makeInterface({ keys: wrong as SecretKeys })).toThrow(
      expect.objectContaining({ name: "OptionError", option }),
    );
  });

  test.each<[string, SecretKeys, option: string]>([
    ["a short one", ["short"], "keys[0]"],
    ["an empty array", [], "keys"],
  ])("opening a session throws when the function for the keys returns %s", async (_what, wrong, option) => {
    const visitor = fixture.makeVisitor({ keys: async () => wrong });
    await expect(visitor.visit(read)).rejects.toThrow(
      expect.objectContaining({ name: "OptionError", option }),
    );
  });

  const failure = new Error("the secret is gone");

  test.each<[string, KeyProvider]>([
    ["rejects", () => Promise.reject(failure)],
    [
      "throws",
      () => {
        throw failure;
      },
    ],
  ])(
    "opening a session throws a SessionUnavailableError with its cause when the function for the keys %s",
    async (_how, provider) => {
      const error = await fixture
        .makeVisitor({ keys: provider })
        .visit(() => {})
        .catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(SessionUnavailableError);
      expect(error).toMatchObject({ cause: failure });
    },
  );
});

describe("without a secret key", () => {
  test("a session without a secret key reads as empty, needs no Vary and logs nothing", async () => {
    const visitor = fixture.makeVisitor({ keys: undefined });
    const { result, ...saved } = await visitor.visit(
      (session) => [session.get("a"), session.has("a"), session.size, session.user, session.flashes()],
      showing(fixture.signed({ a: 1 })),
    );
    expect(result).toEqual([undefined, false, 0, undefined, []]);
    expect(saved).toEqual({ vary: false });
    expect(fixture.log.records).toEqual([]);
  });

  test.each<[string, Use]>([
    ["set", (session) => session.set("a", 1)],
    ["delete", (session) => session.delete("a")],
    ["clear", (session) => session.clear()],
    ["flash", (session) => session.flash("Hello")],
    ["permanent", (session) => Object.assign(session, { permanent: true })],
    ["signIn", (session) => session.signIn({ id: "1", name: "Ada" })],
    ["signOut", (session) => session.signOut()],
    ["renew", (session) => session.renew()],
    ["clear after a read", (session) => [session.get("a"), session.clear()]],
    ["increment", (session) => session.increment("a")],
    ["update", (session) => session.update("a", () => 1)],
  ])("%s throws without a secret key, and the error names the remedy", async (_member, use) => {
    await expect(fixture.makeVisitor({ keys: undefined }).visit(use)).rejects.toThrow(
      /without a secret key.*SESSION_SECRET_KEYS.*SESSION_SECRET_ARN/,
    );
  });
});

describe("a session that does not fit in a cookie", () => {
  /** No base64 text has a length of 4n + 1, but the name has 14 characters: sizes of 4096 and 4097 exist. */
  async function lengthOfText(bytes: number): Promise<number> {
    const visitor = fixture.makeVisitor();
    await visitor.visit((session) => session.set("text", ""));
    const { result } = await visitor.visit((session) => session.storedBytes);
    return Math.floor(((bytes - result) * 3) / 4);
  }

  test("a session fits if the cookie's name and value have at most 4096 bytes", async () => {
    const visitor = fixture.makeVisitor();
    const length = await lengthOfText(4096);
    await visitor.visit((session) => session.set("text", "x".repeat(length)));
    expect((await visitor.visit((session) => session.storedBytes)).result).toBe(4096);
    await expect(visitor.visit((session) => session.set("text", "x".repeat(length + 1)))).rejects.toThrow(
      expect.objectContaining({ name: "SessionTooLargeError", bytes: 4097, limit: 4096 }),
    );
  });

  test("a session that is too large throws an error with its largest keys, and nothing is saved", async () => {
    const visitor = fixture.makeVisitor();
    await visitor.visit((session) => session.set("small", "s"));
    const before = visitor.token;
    const error = await visitor
      .visit((session) => {
        session
          .set("middle", "m".repeat(1000))
          .set("largest", "l".repeat(3000))
          .set("large", "é".repeat(1000));
      })
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(SessionTooLargeError);
    expect(error).toMatchObject({
      largest: [
        { key: "largest", bytes: 3002 },
        { key: "large", bytes: 2002 },
        { key: "middle", bytes: 1002 },
      ],
      message: expect.stringMatching(/takes \d+ bytes, but 4096 is the most.*largest \(3002 bytes\), large/),
    });
    expect(String(error)).not.toMatch(/mmm|lll|éé/);
    expect(visitor.token).toBe(before);
  });

  test("a new session that is too large logs no session_began", async () => {
    const visit = fixture.makeVisitor().visit((session) => session.set("text", "x".repeat(5000)));
    await expect(visit).rejects.toThrow(SessionTooLargeError);
    expect(fixture.log.beginnings).toEqual([]);
  });

  test("a session that is too large fits if it is compressed", async () => {
    const visitor = fixture.makeVisitor({ settings: { compress: true } });
    await visitor.visit((session) => session.set("text", "x".repeat(10_000)));
    expect((await visitor.visit((session) => session.get("text"))).result).toHaveLength(10_000);
  });
});

describe.each([false, true])("a compressed session (encrypt: %s)", (encrypt) => {
  const settings = { compress: true, encrypt };
  /** The JSON of the data without the text. */
  const FRAME = '{"_created":1700000000,"text":""}'.length;

  test("a compressed session of 64 KiB is saved and read again", async () => {
    const visitor = fixture.makeVisitor({ settings });
    const text = "x".repeat(MOST_INFLATED - FRAME);
    await visitor.visit((session) => session.set("text", text));
    expect((await visitor.visit((session) => session.get("text"))).result).toBe(text);
  });

  test("a compressed session of more than 64 KiB throws an error with both sizes, and nothing is saved", async () => {
    const visitor = fixture.makeVisitor({ settings });
    await visitor.visit((session) => session.set("small", "s"));
    const before = visitor.token;
    const saving = visitor.visit((session) => session.set("text", "x".repeat(MOST_INFLATED)).delete("small"));
    await expect(saving).rejects.toMatchObject({
      name: "SessionTooLargeError",
      bytes: MOST_INFLATED + FRAME,
      limit: 64 * 1024,
      largest: [{ key: "text", bytes: MOST_INFLATED + 2 }, { key: "_created" }],
    });
    expect(visitor.token).toBe(before);
  });

  test("a session that compression does not shorten enough names the limit of cookies", async () => {
    const noise = randomBytes(4096).toString("base64");
    const saving = fixture.makeVisitor({ settings }).visit((session) => session.set("noise", noise));
    await expect(saving).rejects.toMatchObject({ name: "SessionTooLargeError", limit: 4096 });
  });
});

describe("a session that the handler does not use", () => {
  test("a session that the handler does not use is not parsed, and its response needs no Vary", async () => {
    const json = new TaggedJSON();
    const parse = vi.spyOn(json, "loads");
    const request = { ...showing(fixture.signed({ a: 1 })), ...BARE_REQUEST };
    const sessions = fixture.makeInterface({ json });
    const session = await sessions.open(request);
    expect(await sessions.save(session, request)).toEqual({ vary: false });
    expect(parse).not.toHaveBeenCalled();
    expect((await sessions.open(request)).get("a")).toBe(1);
    expect(parse).toHaveBeenCalledOnce();
  });

  test("a session that is used several times reads the request's cookies once", async () => {
    const cookies = vi.fn(() => [`__Host-session=${fixture.signed({ a: 1 })}`]);
    const request = {
      get cookies() {
        return cookies();
      },
      ...BARE_REQUEST,
    };
    const session = await fixture.makeInterface().open(request);
    expect([session.get("a"), session.get("a"), session.has("b"), session.size]).toEqual([1, 1, false, 1]);
    expect(cookies).toHaveBeenCalledOnce();
  });
});

test("the constructor rejects settings that contradict each other, and names one of them", () => {
  const settings = { cookie: { sameSite: "none", secure: false } } as const;
  expect(() => fixture.makeInterface({ settings })).toThrow(
    expect.objectContaining({ name: "OptionError", option: "cookie.sameSite" }),
  );
});

const NO_OBJECT = { name: "OptionError", option: "settings" };

test.each<[unknown]>([[null], [5], ["flask"]])(
  "the constructor rejects settings that are no object: %j",
  (settings) => {
    expect(() => fixture.makeInterface({ settings: settings as SessionSettings })).toThrow(
      expect.objectContaining(NO_OBJECT),
    );
  },
);

test.each<[unknown]>([[undefined], [null], [5]])(
  "opening a session throws an OptionError when the function for the settings returns %j",
  async (settings) => {
    const sessions = fixture.makeInterface({ settings: () => settings as SessionSettings });
    await expect(sessions.open({ cookies: [], ...BARE_REQUEST })).rejects.toMatchObject(NO_OBJECT);
  },
);
