import fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";
import { createIdentifier } from "../../../shared/crypto/identifiers.ts";
import { SessionTokenSigner } from "../../../shared/server-side/session-token.ts";
import { resolveSettings } from "../../../shared/session/session-settings.ts";
import type { Visitor } from "../../../shared/testing/visitor.ts";
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

/** What is wrong with how a header was received: nothing, when it opened nothing and cost no look at the store. */
async function complaintAbout(header: string): Promise<string | undefined> {
  fixture.log.records.length = 0;
  fixture.steered.forget();
  const { result, setCookie } = await fixture.makeVisitor().visit(seen, { cookies: [header] });
  if (Object.keys(result).length > 0) return `it was accepted: ${header}`;
  if (setCookie !== undefined) return `it was answered with a cookie: ${header}`;
  if (fixture.steered.names.length > 0) return `it cost ${fixture.steered.names}: ${header}`;
  return fixture.log.records.length > 1 ? `it was logged more than once: ${header}` : undefined;
}

/** What is wrong with how values were received; the valid cookie itself does not count. */
async function complaints(values: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const value of values.filter((text) => shown(text) !== visitor.token)) {
    const complaint = await complaintAbout(`${NAME}=${value}`);
    if (complaint !== undefined) found.push(complaint);
  }
  return found.slice(0, 5);
}

/** What a reader of cookies gets to see of a value in a Cookie header (RFC 6265, section 5.4). */
function shown(value: string): string {
  return value.slice(0, `${value};`.indexOf(";")).replace(/^[ \t]+|[ \t]+$/g, "");
}

describe("a hostile cookie never throws, opens nothing and costs no look at the store:", () => {
  test.each([
    ["each bit flipped", bitFlips],
    ["cut off at each place", truncations],
    ["something inserted at each place", insertions],
    ["neighbours and cases swapped", swaps],
    ["other spellings of the same bytes", respellings],
    ["characters that look alike", lookAlikes],
  ])("%s", async (_name, mutate) => {
    const mutations = mutate(visitor.token ?? "");
    expect(mutations.length).toBeGreaterThan(100);
    expect(await complaints(mutations)).toEqual([]);
  });

  test("anything at all", async () => {
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

  test("parts of two valid ones in any order", async () => {
    const other = fixture.makeVisitor();
    await other.visit((session) => session.set("b", 1));
    const tokens = [visitor.token ?? "", other.token ?? ""];
    const parts = tokens.flatMap((token) => [token, ...token.split(".")]);
    const pieces = fc.array(fc.constantFrom(...parts, ...parts.map((part) => part.slice(0, 22)), ""));
    await fc.assert(
      fc.asyncProperty(pieces, fc.constantFrom(".", "..", "", " "), async (some, separator) => {
        const value = some.join(separator);
        fc.pre(!tokens.includes(shown(value)));
        expect(await complaintAbout(`${NAME}=${value}`)).toBeUndefined();
      }),
      { numRuns: 300 },
    );
  });

  test.each<[string, () => string]>([
    [
      "one of another secret key",
      () => signerOf({ keys: [`another ${KEY}`] }).sign(aToken(), fixture.clock.seconds),
    ],
    ["one of another salt", () => signerOf({ salt: "another" }).sign(aToken(), fixture.clock.seconds)],
    ["one of another digest", () => signerOf({ digest: "sha1" }).sign(aToken(), fixture.clock.seconds)],
    ["one from the future", () => fixture.signed(aToken(), fixture.clock.seconds + 61)],
  ])("%s", async (_name, make) => {
    const value = make();
    fixture.steered.forget();
    expect((await fixture.makeVisitor().visit(seen, showing(value))).result).toEqual({});
    expect(fixture.steered.names).toEqual([]);
  });

  test.each<[string, string]>([
    ["is too short", "short"],
    ["holds a letter too many", `${"A".repeat(44)}B`],
    ["holds half a user", "A".repeat(44 + 22)],
    ["holds what is not of the alphabet", `${"A".repeat(43)}!`],
    ["ends with a line end", `${"A".repeat(44)}\n`],
    ["is JSON", '{"a":1}'],
    ["is empty", ""],
  ])("one that is truly signed but %s", async (_name, text) => {
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

describe("a token that is truly signed", () => {
  test("but of a session that is not there costs one look, and its cookie goes", async () => {
    const value = fixture.signed({ key: createIdentifier(), token: createIdentifier() });
    fixture.steered.forget();
    const { result, setCookie } = await visitor.visit(seen, showing(value));
    expect([result, kindOf(setCookie), fixture.steered.names]).toEqual([{}, "delete", ["read"]]);
    expect(fixture.log.records).toMatchObject([{ reason: "unknown_session", session: expect.any(String) }]);
  });

  test("but with another token than the session's opens nothing, and its cookie stays", async () => {
    const value = fixture.signed({ ...aToken(), token: createIdentifier() });
    const { result, setCookie } = await visitor.visit(seen, showing(value));
    expect([result, setCookie]).toEqual([{}, undefined]);
    expect(fixture.log.records).toMatchObject([{ reason: "token_replaced" }]);
  });

  test("counts however long ago it was signed: the record knows when the session was last used", async () => {
    const value = fixture.signed(aToken(), fixture.clock.seconds - 1000 * 24 * HOUR);
    expect((await visitor.visit(seen, showing(value))).result).toEqual({ a: 1, user: ADA.id });
  });

  test("of an older key opens the session as long as the key is kept", async () => {
    const [next, old] = [`a newer ${KEY}`, KEY];
    const rotated = fixture.makeInterface({}, { keys: [next, old] });
    const session = await rotated.open({ cookies: cookiesOf(visitor).cookies, header: () => undefined });
    expect(session.get("a")).toBe(1);
    const dropped = fixture.makeInterface({}, { keys: [next] });
    expect((await dropped.open({ cookies: cookiesOf(visitor).cookies, header: () => undefined })).size).toBe(
      0,
    );
  });
});

describe("cookie sessions and server-side sessions with the same keys", () => {
  const cookies = new SecureCookieFixture();

  test("refuse each other's cookies", async () => {
    const other = cookies.makeVisitor();
    await other.visit((session) => session.set("a", 1));
    fixture.steered.forget();
    expect((await visitor.visit(seen, showing(other.token ?? ""))).result).toEqual({});
    expect([fixture.steered.names, fixture.log.records]).toMatchObject([[], [{ reason: "bad_signature" }]]);
    expect((await other.visit(seen, showing(visitor.token ?? ""))).result).toEqual({});
    expect(cookies.log.records).toMatchObject([{ reason: "bad_signature" }]);
  });

  test("do not save each other's sessions", async () => {
    const request = { cookies: [], header: () => undefined };
    const theirs = cookies.makeInterface().open(request);
    await expect(fixture.makeInterface().save(await theirs, request)).rejects.toThrow(TypeError);
    const ours = await fixture.makeInterface().open(request);
    await expect(cookies.makeInterface().save(ours, request)).rejects.toThrow(TypeError);
  });
});

describe("several cookies of one name", () => {
  /** Cookies that are truly signed, of sessions that are not there. */
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

  test("cost no look for those that are forged, however many", async () => {
    const forged = Array.from({ length: 500 }, (_, index) => `${createIdentifier()}.${index}`);
    const { result, calls } = await visitWith([...forged, visitor.token ?? ""]);
    expect([result, calls]).toEqual([{ a: 1, user: ADA.id }, ["read"]]);
    expect(fixture.log.records).toEqual([]);
  });

  test("are tried until one counts", async () => {
    const { result, calls } = await visitWith([...unknown(3), visitor.token ?? ""]);
    expect([result, calls.length]).toEqual([{ a: 1, user: ADA.id }, 4]);
  });

  test("cost four looks at most", async () => {
    const { result, calls } = await visitWith([...unknown(4), visitor.token ?? "", ...unknown(20)]);
    expect([result, calls]).toEqual([{}, Array(4).fill("read")]);
    expect(fixture.log.records).toHaveLength(1);
  });

  test("are taken away when all are known to be over, and left when one may not be", async () => {
    expect((await visitWith(unknown(2))).cookie).toBe("delete");
    expect((await visitWith([...unknown(1), "hello"])).cookie).toBe("none");
    expect(
      (await visitWith([...unknown(1), fixture.signed({ ...aToken(), token: createIdentifier() })])).cookie,
    ).toBe("none");
  });

  test("do not hide that a token was replaced a moment ago", async () => {
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

test("without a secret key there is no session to write to, and no look at the store", async () => {
  const sessions = fixture.makeInterface({}, { keys: async () => [] });
  const request = { ...cookiesOf(visitor), header: () => undefined };
  fixture.steered.forget();
  const session = await sessions.open(request);
  expect(session.get("a")).toBeUndefined();
  expect(() => session.set("a", 1)).toThrow("there is no secret key");
  await expect(session.increment("a")).rejects.toThrow("there is no secret key");
  expect(await sessions.save(session, request)).toEqual({ vary: false });
  expect(fixture.steered.names).toEqual([]);
});

test("keys that cannot be read are a SessionUnavailableError", async () => {
  const sessions = fixture.makeInterface({}, { keys: () => Promise.reject(new Error("no secret")) });
  const opening = Promise.resolve(sessions.open({ ...cookiesOf(visitor), header: () => undefined }));
  await expect(opening).rejects.toMatchObject({ name: "SessionUnavailableError" });
});

test("an option that is wrong fails at construction, with its name", () => {
  expect(() => fixture.makeInterface({ renewAfter: 0 })).toThrow(
    expect.objectContaining({ name: "OptionError", option: "renewAfter" }),
  );
  expect(() => fixture.makeInterface({}, { keys: ["short"] })).toThrow(
    expect.objectContaining({ name: "OptionError", option: "keys[0]" }),
  );
});
