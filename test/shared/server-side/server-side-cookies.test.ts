import fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";
import { createIdentifier } from "../../../shared/crypto/identifiers.ts";
import { KEY_DERIVATIONS } from "../../../shared/crypto/key-derivation.ts";
import { SessionTokenSigner } from "../../../shared/server-side/session-token.ts";
import { resolveSettings } from "../../../shared/session/session-settings.ts";
import type { Visitor } from "../../../shared/testing/visitor.ts";
import { BARE_REQUEST } from "../../support/bare-request.ts";
import {
  bitFlips,
  insertions,
  lookAlikes,
  respellings,
  swaps,
  truncations,
} from "../cookie/cookie-mutations.ts";
import {
  HOUR,
  KEY,
  kindOf,
  SecureCookieFixture,
  showing,
  type Use,
} from "../cookie/secure-cookie-fixture.ts";
import { anyText } from "../values/storable-values.ts";
import { ADA, cookiesOf, look, ServerSideFixture, seen } from "./server-side-fixture.ts";

const NAME = "__Host-session";

let fixture: ServerSideFixture;
let visitor: Visitor;

beforeEach(async () => {
  fixture = new ServerSideFixture();
  visitor = fixture.makeVisitor();
  await visitor.visit((session) => session.set("a", 1).signIn(ADA));
  fixture.log.records.length = 0;
});

/** Returns what is wrong with the response to a header; `undefined` for no session and no store call. */
async function complaintAbout(header: string): Promise<string | undefined> {
  fixture.log.records.length = 0;
  fixture.steered.forget();
  const { result, setCookie } = await fixture.makeVisitor().visit(seen, { cookies: [header] });
  if (Object.keys(result).length > 0) return `it was accepted: ${header}`;
  if (setCookie !== undefined) return `the response has a cookie: ${header}`;
  if (fixture.steered.names.length > 0) return `it caused ${fixture.steered.names}: ${header}`;
  return fixture.log.records.length > 1 ? `it was logged more than once: ${header}` : undefined;
}

/** Returns what is wrong with the responses to these values. The valid cookie is skipped. */
async function complaints(values: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const value of values.filter((text) => parsed(text) !== visitor.token)) {
    const complaint = await complaintAbout(`${NAME}=${value}`);
    if (complaint !== undefined) found.push(complaint);
  }
  return found.slice(0, 5);
}

/** Returns the part of a value that a cookie parser reads from a Cookie header (RFC 6265, section 5.4). */
function parsed(value: string): string {
  return value.slice(0, `${value};`.indexOf(";")).replace(/^[ \t]+|[ \t]+$/g, "");
}

describe("a hostile cookie", () => {
  test.each([
    ["with each bit flipped", bitFlips],
    ["cut off at each position", truncations],
    ["with an insertion at each position", insertions],
    ["with neighbours and cases swapped", swaps],
    ["in other spellings of the same bytes", respellings],
    ["with characters that look alike", lookAlikes],
  ])("a valid cookie %s opens no session and causes no store call", async (_name, mutate) => {
    const mutations = mutate(visitor.token ?? "");
    expect(mutations.length).toBeGreaterThan(100);
    expect(await complaints(mutations)).toEqual([]);
  });

  test("any header and any value open no session and cause no store call", async () => {
    const binary = fc.array(fc.nat({ max: 0xffff })).map((units) => String.fromCharCode(...units));
    const value = fc.oneof(binary, anyText, fc.string(), fc.base64String(), fc.json());
    await fc.assert(
      fc.asyncProperty(value, async (text) => {
        expect(await complaintAbout(`${NAME}=${text}`)).toBeUndefined();
        expect(await complaintAbout(text)).toBeUndefined();
      }),
      { numRuns: 300 },
    );
  });

  test("parts of two valid cookies, in any order, open no session and cause no store call", async () => {
    const other = fixture.makeVisitor();
    await other.visit((session) => session.set("b", 1));
    const tokens = [visitor.token ?? "", other.token ?? ""];
    const parts = tokens.flatMap((token) => [token, ...token.split(".")]);
    const pieces = fc.array(fc.constantFrom(...parts, ...parts.map((part) => part.slice(0, 22)), ""));
    await fc.assert(
      fc.asyncProperty(pieces, fc.constantFrom(".", "..", "", " "), async (some, separator) => {
        const value = some.join(separator);
        fc.pre(!tokens.includes(parsed(value)));
        expect(await complaintAbout(`${NAME}=${value}`)).toBeUndefined();
      }),
      { numRuns: 300 },
    );
  });

  test.each<[string, () => string]>([
    [
      "of another secret key",
      () => signerOf({ keys: [`another ${KEY}`] }).sign(aToken(), fixture.clock.seconds),
    ],
    ["of another salt", () => signerOf({ salt: "another" }).sign(aToken(), fixture.clock.seconds)],
    ["of another digest", () => signerOf({ digest: "sha1" }).sign(aToken(), fixture.clock.seconds)],
    ["from the future", () => fixture.signed(aToken(), fixture.clock.seconds + 61)],
  ])("a signed cookie %s opens no session and causes no store call", async (_name, make) => {
    const value = make();
    fixture.steered.forget();
    expect((await fixture.makeVisitor().visit(seen, showing(value))).result).toEqual({});
    expect(fixture.steered.names).toEqual([]);
  });

  test.each<[string, string]>([
    ["is too short", "short"],
    ["has one character too many", `${"A".repeat(44)}B`],
    ["has half of a user's key", "A".repeat(44 + 22)],
    ["has a character outside the alphabet", `${"A".repeat(43)}!`],
    ["ends with a line feed", `${"A".repeat(44)}\n`],
    ["is JSON", '{"a":1}'],
    ["is empty", ""],
  ])("a validly signed token that %s opens no session and causes no store call", async (_name, text) => {
    const [key, token] = [text.slice(0, 22), text.slice(22)];
    const value = fixture.signed({ key, token });
    fixture.steered.forget();
    const { result, setCookie } = await visitor.visit(seen, showing(value));
    expect([result, setCookie, fixture.steered.names]).toEqual([{}, undefined, []]);
    expect(fixture.log.records).toMatchObject([
      { reason: expect.stringMatching(/^(unreadable_payload|malformed|bad_signature)$/) },
    ]);
  });
});

function signerOf(options: object): SessionTokenSigner {
  return new SessionTokenSigner({ ...resolveSettings(), keys: [KEY], ...options });
}

function aToken() {
  return fixture.tokenOf(visitor);
}

describe("a validly signed token", () => {
  test("a valid token of an unknown session causes one read, and its cookie is deleted", async () => {
    const value = fixture.signed({ key: createIdentifier(), token: createIdentifier() });
    fixture.steered.forget();
    const { result, setCookie } = await visitor.visit(seen, showing(value));
    expect([result, kindOf(setCookie), fixture.steered.names]).toEqual([{}, "delete", ["read"]]);
    expect(fixture.log.records).toMatchObject([{ reason: "unknown_session", session: expect.any(String) }]);
  });

  test("a validly signed but wrong token opens no session, and its cookie is kept", async () => {
    const value = fixture.signed({ ...aToken(), token: createIdentifier() });
    const { result, setCookie } = await visitor.visit(seen, showing(value));
    expect([result, setCookie]).toEqual([{}, undefined]);
    expect(fixture.log.records).toMatchObject([{ reason: "token_replaced" }]);
  });

  test("a valid token opens its session regardless of its age, because the record knows the last use", async () => {
    const value = fixture.signed(aToken(), fixture.clock.seconds - 1000 * 24 * HOUR);
    expect((await visitor.visit(seen, showing(value))).result).toEqual({ a: 1, user: ADA.id });
  });

  test("a token that an older secret key signed opens its session until the key is removed", async () => {
    const [next, old] = [`a newer ${KEY}`, KEY];
    const rotated = fixture.makeInterface({}, { keys: [next, old] });
    const session = await rotated.open({ cookies: cookiesOf(visitor).cookies, ...BARE_REQUEST });
    expect(session.get("a")).toBe(1);
    const dropped = fixture.makeInterface({}, { keys: [next] });
    expect((await dropped.open({ cookies: cookiesOf(visitor).cookies, ...BARE_REQUEST })).size).toBe(0);
  });
});

describe("cookie sessions and server-side sessions with the same keys", () => {
  const cookies = new SecureCookieFixture();

  test("cookie sessions and server-side sessions refuse each other's cookies", async () => {
    const other = cookies.makeVisitor();
    await other.visit((session) => session.set("a", 1));
    fixture.steered.forget();
    expect((await visitor.visit(seen, showing(other.token ?? ""))).result).toEqual({});
    expect([fixture.steered.names, fixture.log.records]).toMatchObject([[], [{ reason: "bad_signature" }]]);
    expect((await other.visit(seen, showing(visitor.token ?? ""))).result).toEqual({});
    expect(cookies.log.records).toMatchObject([{ reason: "bad_signature" }]);
  });

  test.each(KEY_DERIVATIONS)(
    "a cookie session with as many characters as a token causes no store call (keyDerivation %s)",
    async (keyDerivation) => {
      const settings = { keyDerivation } as const;
      const values = { text: "x".repeat(33 - '{"text":""}'.length) };
      const value = cookies.signed(values, { at: fixture.clock.seconds, settings });
      expect(value.indexOf(".")).toBe(44);
      fixture.steered.forget();
      await fixture.makeVisitor(settings).visit(seen, showing(value));
      expect([fixture.steered.names, fixture.log.records]).toMatchObject([[], [{ reason: "bad_signature" }]]);
    },
  );

  test("cookie sessions and server-side sessions do not save each other's sessions", async () => {
    const request = { cookies: [], ...BARE_REQUEST };
    const theirs = cookies.makeInterface().open(request);
    await expect(fixture.makeInterface().save(await theirs, request)).rejects.toThrow(TypeError);
    const ours = await fixture.makeInterface().open(request);
    await expect(cookies.makeInterface().save(ours, request)).rejects.toThrow(TypeError);
  });
});

describe("several cookies of the same name", () => {
  /** Returns validly signed cookies of sessions that do not exist. */
  function unknown(count: number): string[] {
    return Array.from({ length: count }, () =>
      fixture.signed({ key: createIdentifier(), token: createIdentifier() }),
    );
  }

  async function visitWith(values: readonly string[], use: Use = seen) {
    const header = values.map((value) => `${NAME}=${value}`).join("; ");
    fixture.steered.forget();
    const { result, setCookie } = await fixture.makeVisitor().visit(use, { cookies: [header] });
    return { result, cookie: kindOf(setCookie), calls: fixture.steered.names };
  }

  test("500 forged cookies beside a valid one cause no further read", async () => {
    const forged = Array.from({ length: 500 }, (_, index) => `${createIdentifier()}.${index}`);
    const { result, calls } = await visitWith([...forged, visitor.token ?? ""]);
    expect([result, calls]).toEqual([{ a: 1, user: ADA.id }, ["read"]]);
    expect(fixture.log.records).toEqual([]);
  });

  test("several cookies of the same name are read until one is valid", async () => {
    const { result, calls } = await visitWith([visitor.token ?? "", ...unknown(3)]);
    expect([result, calls.length]).toEqual([{ a: 1, user: ADA.id }, 4]);
  });

  test("several cookies of the same name cause four reads at most", async () => {
    const { result, calls } = await visitWith([...unknown(4), visitor.token ?? "", ...unknown(20)]);
    expect([result, calls]).toEqual([{}, Array(4).fill("read")]);
    expect(fixture.log.records).toHaveLength(1);
  });

  test("several cookies are deleted if all of their sessions have ended, and otherwise kept", async () => {
    expect((await visitWith(unknown(2))).cookie).toBe("delete");
    expect((await visitWith([...unknown(1), "hello"])).cookie).toBe("none");
    expect(
      (await visitWith([...unknown(1), fixture.signed({ ...aToken(), token: createIdentifier() })])).cookie,
    ).toBe("none");
  });

  test("a replaced token among several cookies still causes a conflict", async () => {
    const old = visitor.token ?? "";
    await visitor.visit((session) => session.renew());
    const change: Use = (session) => session.set("b", 1);
    await expect(visitWith(["hello", old, ...unknown(1)], change)).rejects.toMatchObject({
      reason: "renewed",
    });
    expect((await visitWith([old, visitor.token ?? ""], change)).cookie).toBe("none");
    expect(await look(visitor)).toEqual({ a: 1, b: 1, user: ADA.id });
  });
});

test("the constructor of the server-side interface rejects an empty array of keys and names the option", () => {
  expect(() => fixture.makeInterface({}, { keys: [] })).toThrow(
    expect.objectContaining({ name: "OptionError", option: "keys" }),
  );
});

test("without a secret key a session reads as empty, cannot be changed and causes no store call", async () => {
  const sessions = fixture.makeInterface({}, { keys: undefined });
  const request = { ...cookiesOf(visitor), ...BARE_REQUEST };
  fixture.steered.forget();
  const session = await sessions.open(request);
  expect(session.get("a")).toBeUndefined();
  expect(() => session.set("a", 1)).toThrow("without a secret key");
  await expect(session.increment("a")).rejects.toThrow("without a secret key");
  expect(await sessions.save(session, request)).toEqual({ vary: false });
  expect(fixture.steered.names).toEqual([]);
});

test("opening a session throws a SessionUnavailableError when the secret keys cannot be read", async () => {
  const sessions = fixture.makeInterface({}, { keys: () => Promise.reject(new Error("no secret")) });
  const opening = Promise.resolve(sessions.open({ ...cookiesOf(visitor), ...BARE_REQUEST }));
  await expect(opening).rejects.toMatchObject({ name: "SessionUnavailableError" });
});

test("the constructor rejects an invalid option and names it", () => {
  expect(() => fixture.makeInterface({ renewAfter: 0 })).toThrow(
    expect.objectContaining({ name: "OptionError", option: "renewAfter" }),
  );
  expect(() => fixture.makeInterface({}, { keys: ["short"] })).toThrow(
    expect.objectContaining({ name: "OptionError", option: "keys[0]" }),
  );
});
