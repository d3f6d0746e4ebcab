import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DIGESTS } from "../../../shared/crypto/hmac.ts";
import { KEY_DERIVATIONS } from "../../../shared/crypto/key-derivation.ts";
import type { Session } from "../../../shared/session/session.ts";
import { SessionTooLargeError } from "../../../shared/session/session-errors.ts";
import type { SessionRequest } from "../../../shared/session/session-interface.ts";
import type { SavedSession } from "../../../shared/session/session-outcome.ts";
import type { SessionSettings } from "../../../shared/session/session-settings.ts";
import { UnstorableValueError } from "../../../shared/values/unstorable-value-error.ts";
import { BARE_REQUEST } from "../../support/bare-request.ts";
import { anyKey, anyText, anyValue, spelledOut, storableData } from "../values/storable-values.ts";
import {
  bitFlips,
  insertions,
  lookAlikes,
  recompressions,
  respellings,
  swaps,
  truncations,
} from "./cookie-mutations.ts";
import { KEY, SecureCookieFixture } from "./secure-cookie-fixture.ts";

const NAME = "__Host-session";
const REASONS = [
  "malformed",
  "bad_signature",
  "expired",
  "signed_in_future",
  "unreadable_payload",
  "absolute_lifetime",
];
const DATA = { visits: 7, cart: [{ sku: "a-1", count: 2 }], note: "~~~???>>>" };
const LONG_DATA = { log: Array.from({ length: 20 }, (_, id) => ({ id, name: "item ~~~???" })) };

const anySettings = fc.record<SessionSettings>({
  digest: fc.constantFrom(...DIGESTS),
  keyDerivation: fc.constantFrom(...KEY_DERIVATIONS),
  compress: fc.boolean(),
});

/** One visitor's requests to one session interface, and its log. */
class Requests {
  readonly fixture = new SecureCookieFixture();
  readonly #sessions;

  constructor(settings: SessionSettings = {}) {
    this.#sessions = this.fixture.makeInterface({ settings });
  }

  open(...cookies: string[]): Promise<Session> {
    return this.#sessions.open(request(cookies));
  }

  save(session: Session): Promise<SavedSession> {
    return this.#sessions.save(session, request([]));
  }

  /** Saves a session, and returns the value of its cookie. */
  async cookieOf(session: Session): Promise<string> {
    return `${(await this.save(session)).setCookie}`.slice(NAME.length + 1).split(";", 1)[0] ?? "";
  }

  /** Saves a session with this data, and returns the data of the next request. */
  async roundTrip(data: Record<string, unknown>): Promise<Record<string, unknown>> {
    const session = await this.open();
    for (const [key, value] of Object.entries(data)) session.set(key, value);
    return (await this.open(`${NAME}=${await this.cookieOf(session)}`)).toJSON();
  }
}

function request(cookies: readonly string[]): SessionRequest {
  return { cookies, ...BARE_REQUEST };
}

/** Returns the part of a value that a cookie parser reads from a Cookie header (RFC 6265, section 5.4). */
function parsed(value: string): string {
  return value.slice(0, `${value};`.indexOf(";")).replace(/^[ \t]+|[ \t]+$/g, "");
}

/**
 * Returns what is wrong with the response to a cookie; `undefined` for a new, empty session and one log
 * record.
 */
async function complaintAbout(value: string, requests: Requests): Promise<string | undefined> {
  const { records } = requests.fixture.log;
  records.length = 0;
  const session = await requests.open(`${NAME}=${value}`);
  if (!session.isNew || session.size > 0 || session.user !== undefined) return "it was accepted";
  if ((await requests.save(session)).setCookie !== undefined) return "it was answered with a cookie";
  if (records.length !== (parsed(value) === "" ? 0 : 1)) return `it was logged ${records.length} times`;
  if (!records.every(({ reason = "" }) => REASONS.includes(reason))) return "its reason is not known";
  return sharesPart(requests.fixture.log.text, value) ? "the log contains a part of it" : undefined;
}

/** Returns whether a text contains eight consecutive characters of a value. */
function sharesPart(text: string, value: string): boolean {
  for (let index = 0; index + 8 <= value.length; index++)
    if (text.includes(value.slice(index, index + 8))) return true;
  return false;
}

/** Returns what is wrong with the responses to these cookies. Valid cookies among them are skipped. */
async function wronglyReceived(
  values: readonly string[],
  valid: readonly string[],
  requests: Requests,
): Promise<string[]> {
  const complaints: string[] = [];
  for (const value of values) {
    if (valid.includes(parsed(value))) continue;
    const complaint = await complaintAbout(value, requests);
    if (complaint !== undefined) complaints.push(complaint);
  }
  return complaints.slice(0, 5);
}

describe("a session with any data that can be stored", () => {
  test("any data that can be stored is read back equal, with each digest, key derivation and compression", async () => {
    await fc.assert(
      fc.asyncProperty(storableData, anySettings, async (data, settings) => {
        const again = await unlessTooLarge(() => new Requests(settings).roundTrip(data));
        fc.pre(again !== undefined);
        expect(spelledOut(again)).toEqual(spelledOut(data));
      }),
      { numRuns: 500 },
    );
  });

  test("no data of a session changes a prototype or adds a property to all objects", async () => {
    await fc.assert(
      fc.asyncProperty(storableData, async (data) => {
        const before = Object.getOwnPropertyNames(Object.prototype);
        const again = await unlessTooLarge(() => new Requests().roundTrip(data));
        fc.pre(again !== undefined);
        expect(Object.getPrototypeOf(again)).toBe(Object.prototype);
        expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(before);
      }),
      { numRuns: 100 },
    );
  });
});

describe("any value that is set in a session", () => {
  test("any value is read back equal, or set throws an UnstorableValueError", async () => {
    await fc.assert(
      fc.asyncProperty(anyKey, anyValue, anySettings, async (key, value, settings) => {
        const requests = new Requests(settings);
        const session = await requests.open();
        fc.pre(isAccepted(session, `x${key}`, value));
        const cookie = await unlessTooLarge(() => requests.cookieOf(session));
        fc.pre(cookie !== undefined);
        const again = (await requests.open(`${NAME}=${cookie}`)).get(`x${key}`);
        expect(spelledOut(again)).toEqual(spelledOut(value));
      }),
      { numRuns: 500 },
    );
  });

  test("a value that could be set can be saved, at any depth", async () => {
    const levels = Array.from({ length: 10 }, (_, index) => 95 + index);
    for (const level of levels) {
      const value = JSON.parse("[".repeat(level) + "]".repeat(level));
      const requests = new Requests();
      const session = await requests.open();
      if (isAccepted(session, "deep", value)) await expect(requests.save(session)).resolves.toBeDefined();
    }
    expect(isAccepted(await new Requests().open(), "deep", JSON.parse("[".repeat(99) + "]".repeat(99)))).toBe(
      true,
    );
  });

  test("a session stays unchanged when set throws", async () => {
    const session = await new Requests().open();
    expect(isAccepted(session, "key", { a: [() => 1] })).toBe(false);
    expect([session.has("key"), session.modified]).toEqual([false, false]);
  });
});

/**
 * Returns whether a session accepts a value. Fails the test for any error other than UnstorableValueError.
 */
function isAccepted(session: Session, key: string, value: unknown): boolean {
  try {
    session.set(key, value);
    return true;
  } catch (error) {
    expect(error).toBeInstanceOf(UnstorableValueError);
    return false;
  }
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

describe.each<[string, SessionSettings, Record<string, unknown>]>([
  ["SHA-1", { digest: "sha1" }, DATA],
  ["SHA-256", { digest: "sha256" }, DATA],
  ["SHA-512", { digest: "sha512" }, DATA],
  ["zlib", { compress: true }, LONG_DATA],
])("mutations of a valid cookie: %s", (_name, settings, data) => {
  const requests = new Requests(settings);
  const cookie = requests.fixture.signed(data, { settings });

  test("the cookie itself, without a mutation, is accepted", async () => {
    expect((await requests.open(`${NAME}=${cookie}`)).toJSON()).toEqual(data);
    expect(cookie).toMatch(/[-_]/);
  });

  test.each([
    ["with each bit flipped", bitFlips],
    ["cut off at each position", truncations],
    ["with an insertion at each position", insertions],
    ["with neighbours and cases swapped", swaps],
    ["in other spellings of the same bytes", respellings],
    ["with characters that look alike", lookAlikes],
    ["compressed in other ways", recompressions],
  ])("a valid cookie %s is refused and does not throw", async (_name, mutate) => {
    const mutations = mutate(cookie).filter((value) => value !== cookie);
    expect(mutations).not.toHaveLength(0);
    expect(await wronglyReceived(mutations, [cookie], requests)).toEqual([]);
  });

  test("a valid cookie with several random edits is refused and does not throw", async () => {
    const edit = fc.record({
      at: fc.nat({ max: cookie.length }),
      remove: fc.nat({ max: 8 }),
      insert: fc.oneof(
        fc.string(),
        fc.string({ unit: "binary" }),
        fc.nat({ max: cookie.length }).map((at) => cookie.slice(at)),
      ),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 5 }), async (edits) => {
        let value = cookie;
        for (const { at, remove, insert } of edits)
          value = value.slice(0, at) + insert + value.slice(at + remove);
        expect(await wronglyReceived([value], [cookie], requests)).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });
});

describe("splices of several cookies", () => {
  const requests = new Requests();
  const { fixture } = requests;
  const cookies = [
    fixture.signed(DATA),
    fixture.signed({ visits: 8 }, { at: fixture.clock.seconds - 5 }),
    fixture.signed(LONG_DATA, { settings: { compress: true } }),
  ];
  const foreign = [
    fixture.signed(DATA, { keys: [`another ${KEY}`] }),
    fixture.signed(DATA, { settings: { salt: "another salt" } }),
    fixture.signed(DATA, { settings: { digest: "sha1" } }),
    fixture.signed(DATA, { settings: { digest: "sha512" } }),
    fixture.signed(DATA, { settings: { keyDerivation: "none" } }),
    fixture.signed(DATA, { at: fixture.clock.seconds + 3600 }),
    fixture.signed({}, { keys: ["the key of somebody else, who knows the format"] }),
  ];
  const parts = [...new Set([...cookies, ...foreign].flatMap((cookie) => cookie.split(".")))];

  test("a cookie that was signed with another key or other settings is refused and does not throw", async () => {
    expect(await wronglyReceived(foreign, cookies, requests)).toEqual([]);
  });

  test("payload, timestamp and signature of different cookies are refused and do not throw", async () => {
    const splices = parts.flatMap((payload) =>
      parts.flatMap((time) => parts.flatMap((signature) => [payload, time, signature].join("."))),
    );
    const compressed = splices.map((splice) => `.${splice}`);
    expect(await wronglyReceived([...splices, ...compressed], cookies, requests)).toEqual([]);
  });

  test("any number of parts of cookies, in any order, is refused and does not throw", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(...parts, ...cookies, "")),
        fc.constantFrom(".", "..", "", " ", ",", "|"),
        async (some, separator) => {
          expect(await wronglyReceived([some.join(separator)], cookies, requests)).toEqual([]);
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe("any Cookie header", () => {
  const requests = new Requests();
  const cookie = requests.fixture.signed(DATA);
  const binary = fc.array(fc.nat({ max: 0xffff })).map((units) => String.fromCharCode(...units));
  const name = fc.oneof(
    fc.constantFrom(NAME, ` ${NAME} `, NAME.toLowerCase(), "__proto__", "", "constructor"),
    anyText,
  );

  test("any value of the session cookie results in a new session and one logged reason", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(binary, anyText, fc.string(), fc.base64String(), fc.json()),
        async (value) => {
          expect(await complaintAbout(value, requests)).toBeUndefined();
        },
      ),
      { numRuns: 500 },
    );
  });

  test("any Cookie headers result in a new session and at most one logged reason", async () => {
    const pairs = fc.array(fc.tuple(name, binary)).map((all) => all.map((pair) => pair.join("=")).join("; "));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(binary, anyText, fc.string(), pairs)), async (headers) => {
        requests.fixture.log.records.length = 0;
        const session = await requests.open(...headers);
        expect([session.isNew, session.size]).toEqual([true, 0]);
        expect(requests.fixture.log.records.length).toBeLessThan(2);
      }),
      { numRuns: 500 },
    );
  });

  test.each<[string, string]>([
    ["a megabyte", `${NAME}=${"a".repeat(1024 * 1024)}`],
    ["a megabyte of dots", `${NAME}=${".".repeat(1024 * 1024)}`],
    ["a megabyte of equals signs", `${NAME}${"=".repeat(1024 * 1024)}`],
    ["a megabyte of semicolons", `${NAME}=${";".repeat(1024 * 1024)}${NAME}=a`],
    ["a megabyte of white space", `${NAME}=${" \t".repeat(512 * 1024)}x`],
    ["ten thousand cookies", Array.from({ length: 10_000 }, (_, index) => `${NAME}=${index}.b.c`).join("; ")],
    [
      "ten thousand names",
      Array.from({ length: 10_000 }, (_, index) => `${NAME}${index}=${cookie}`).join("; "),
    ],
    ["a zero byte", `${NAME}=\0`],
    ["the name alone", NAME],
    ["the name in another case", `${NAME.toUpperCase()}=${cookie}`],
    ["the name of the cookie at the start of its value", `${NAME}=${NAME}=${cookie}`],
    ["the cookie without its name", cookie],
    ["the cookie as a name", `${cookie}=${NAME}`],
    ["the cookie inside another cookie's quotes", `other="; ${NAME}"=${cookie}`],
  ])("a Cookie header with this content results in a new session: %s", async (_name, header) => {
    requests.fixture.log.records.length = 0;
    const session = await requests.open(header);
    expect([session.isNew, session.size]).toEqual([true, 0]);
    expect(requests.fixture.log.records.length).toBeLessThan(2);
    expect(sharesPart(requests.fixture.log.text, cookie)).toBe(false);
  });

  test("a valid cookie is found among hostile cookies, and nothing is logged", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(binary, fc.string())),
        fc.array(fc.string()),
        async (before, after) => {
          requests.fixture.log.records.length = 0;
          const hostile = [...before, ...after].map((value) => `${NAME}=${value}`);
          const session = await requests.open(
            ...hostile.toSpliced(before.length, 0, `a=b; ${NAME}=${cookie}; c=d`),
          );
          expect(session.toJSON()).toEqual(DATA);
          expect(requests.fixture.log.records).toEqual([]);
        },
      ),
      { numRuns: 200 },
    );
  });
});

test("Cookie headers of a made-up event that are no strings are passed over", async () => {
  const fixture = new SecureCookieFixture();
  const visitor = fixture.makeVisitor();
  await visitor.visit((session) => session.set("a", 1));
  const cookies = [null, 7, {}, `${NAME}=${visitor.token}`] as string[];
  const { result } = await fixture.makeVisitor().visit((session) => session.get("a"), { cookies });
  expect(result).toBe(1);
});
