import { beforeEach, describe, expect, test } from "vitest";
import { describeSessionInterface } from "../../../shared/contracts.ts";
import { hashIdentifier } from "../../../shared/crypto/identifiers.ts";
import type { Session } from "../../../shared/session/session.ts";
import type { SessionSettings } from "../../../shared/session/session-settings.ts";
import { MemoryStore } from "../../../shared/stores/memory-store.ts";
import { Clock } from "../../../shared/testing/clock.ts";
import { CookieJar } from "../../../shared/testing/cookie-jar.ts";
import { SessionLogCollector } from "../../../shared/testing/session-log-collector.ts";
import { Visitor } from "../../../shared/testing/visitor.ts";
import { RevocableCookieSessionInterface } from "../../../shared/users/revocable-cookie-session-interface.ts";
import { SessionDirectory } from "../../../shared/users/session-directory.ts";
import { BARE_REQUEST } from "../../support/bare-request.ts";
import {
  HOUR,
  KEY,
  kindOf,
  SecureCookieFixture,
  showing,
  type Use,
} from "../cookie/secure-cookie-fixture.ts";
import { ADA, BOB, cookiesOf, idOf, look, seen } from "../server-side/server-side-fixture.ts";
import { SteeredStore } from "../server-side/steered-store.ts";

describeSessionInterface(
  "RevocableCookieSessionInterface on memory",
  (options) => new RevocableCookieSessionInterface({ ...options, keys: [KEY], store: new MemoryStore() }),
);

const LIFETIME = 10 * HOUR;

let clock: Clock;
let log: SessionLogCollector;
let steered: SteeredStore;
let sessions: SessionDirectory;
let visitor: Visitor;

beforeEach(async () => {
  clock = new Clock();
  log = new SessionLogCollector();
  steered = new SteeredStore();
  sessions = new SessionDirectory({ users: steered.store, clock: clock.now, log: log.log });
  visitor = makeVisitor();
  await visitor.visit((session) => session.set("a", 1).signIn(ADA));
  log.records.length = 0;
});

function makeVisitor(settings: SessionSettings = {}, jar = new CookieJar(clock.now)): Visitor {
  const options = { store: steered.store, keys: [KEY], clock: clock.now, log: log.log };
  return new Visitor(
    new RevocableCookieSessionInterface({ ...options, settings: { lifetime: LIFETIME, ...settings } }),
    jar,
  );
}

async function listOf({ id }: typeof ADA) {
  return (await steered.store.readUser(hashIdentifier(id)))?.sessions ?? new Map();
}

function events(): string[] {
  return log.records.map(({ event, reason }) => (reason ? `${event}: ${reason}` : event));
}

describe("store calls for a visitor who is not signed in", () => {
  test.each<[string, Use]>([
    ["is not used", () => {}],
    ["is read", seen],
    ["is changed", (session) => session.set("a", 2)],
    ["is renewed", (session) => session.renew()],
    ["is cleared", (session) => session.clear()],
  ])("a visitor who is not signed in causes no store call when the session %s", async (_what, use) => {
    const stranger = makeVisitor();
    await stranger.visit((session) => session.set("a", 1));
    expect(await steered.during(() => stranger.visit(use))).toEqual([]);
    expect(await steered.during(() => makeVisitor().visit(use))).toEqual([]);
  });

  test("a forged cookie, or one of another name, causes no store call", async () => {
    const cookies = [`${cookiesOf(visitor).cookies[0]}x; other=1`];
    expect(await steered.during(() => visitor.visit(seen, { cookies }))).toEqual([]);
  });
});

describe("store calls for a user who is signed in", () => {
  test.each<[string, Use, string[]]>([
    ["does not use the session", () => {}, ["readUser"]],
    ["reads the session", seen, ["readUser"]],
    ["changes the session", (session) => session.set("a", 2), ["readUser"]],
    ["signs out", (session) => session.signOut(), ["readUser", "removeUserSession"]],
  ])("a request of a user that %s makes only these store calls", async (_what, use, calls) => {
    expect(await steered.during(() => visitor.visit(use))).toEqual(calls);
  });

  test("an entry in the user's list is extended at most once per tenth of the lifetime", async () => {
    let touches = 0;
    for (let minutes = 0; minutes < 180; minutes += 10) {
      clock.advance(10 * 60);
      const calls = await steered.during(() => visitor.visit(seen));
      touches += calls.filter((name) => name === "touchUserSession").length;
    }
    expect(touches).toBe(3);
  });
});

describe("a signed cookie of a user", () => {
  test("a session that a user signs in to is listed with its User-Agent, shortened", async () => {
    const other = makeVisitor();
    await other.visit((session) => session.signIn(BOB), { headers: { "user-agent": "x".repeat(300) } });
    const [[id, entry] = []] = await listOf(BOB);
    expect([id, entry?.userAgent]).toEqual([await idOf(other), "x".repeat(64)]);
    expect((await other.visit((session) => sessions.list(session))).result).toMatchObject([
      { id, isCurrent: true },
    ]);
  });

  test("a session is not opened by its id, which is logged", async () => {
    const id = await idOf(visitor);
    expect((await makeVisitor().visit(seen, { cookies: [`__Host-session=${id}`] })).result).toEqual({});
  });

  test.each<[string, () => unknown]>([
    ["its user was signed out everywhere", () => sessions.endAllOf(ADA.id)],
    ["another device ended the others", () => elsewhere((session) => sessions.endOthers(session))],
    [
      "another device ended it",
      async () => {
        const id = await idOf(visitor);
        await elsewhere((session) => sessions.end(session, id));
      },
    ],
    ["its user signed out", () => makeVisitor({}, visitor.jar).visit((session) => session.signOut())],
    ["it was cleared", () => makeVisitor({}, visitor.jar).visit((session) => session.clear())],
    ["another user signed in", () => makeVisitor({}, visitor.jar).visit((session) => session.signIn(BOB))],
    ["it was renewed", () => makeVisitor({}, visitor.jar).visit((session) => session.renew())],
    ["its user signed in again", () => makeVisitor({}, visitor.jar).visit((session) => session.signIn(ADA))],
  ])("a kept cookie is refused as revoked after %s", async (_what, end) => {
    const [kept, id] = [cookiesOf(visitor), await idOf(visitor)];
    await end();
    log.records.length = 0;
    const { result, setCookie } = await makeVisitor().visit(
      (session) => [session.isNew, session.size, session.user, session.refusal],
      kept,
    );
    expect([result, kindOf(setCookie)]).toEqual([[true, 0, undefined, "revoked"], "delete"]);
    expect(log.records).toEqual([
      { level: "WARN", event: "session_refused", reason: "revoked", cookie: "__Host-session", session: id },
    ]);
    expect((await listOf(ADA)).has(id)).toBe(false);
  });

  test("a cookie that was signed in before sessions were listed is refused as revoked", async () => {
    const plain = new SecureCookieFixture();
    const old = plain.makeVisitor();
    await old.visit((session) => session.signIn(ADA));
    expect((await makeVisitor().visit(seen, cookiesOf(old))).result).toEqual({});
    expect(events()).toEqual(["session_refused: revoked"]);
  });

  test("a cookie with the id of another user's session is refused", async () => {
    const id = await idOf(visitor);
    const forged = new SecureCookieFixture().signed({ _user: BOB, _sid: id });
    expect((await makeVisitor().visit(seen, { cookies: [`__Host-session=${forged}`] })).result).toEqual({});
  });

  test("the key _sid is reserved, because it holds the id of the session", async () => {
    const { result } = await visitor.visit((session) => [session.get("_sid"), session.keys()]);
    expect(result).toEqual([undefined, ["a"]]);
    await expect(visitor.visit((session) => session.set("_sid", "x"))).rejects.toThrow("use session.id");
    await expect(makeVisitor().visit((session) => session.delete("_sid"))).rejects.toThrow("use session.id");
  });

  test("the id of a session is no data after a Flask application has removed the user", async () => {
    const cookie = new SecureCookieFixture().signed({ a: 1, _sid: await idOf(visitor) });
    const emptied = { cookies: [`__Host-session=${cookie}`] };
    const { setCookie } = await visitor.visit((session) => session.delete("a"), emptied);
    expect(kindOf(setCookie)).toBe("delete");
  });

  test("a user's session that is shared with Flask stays listed, although it has no time of creation", async () => {
    const shared = makeVisitor({ flask: true });
    await shared.visit((session) => session.signIn(BOB));
    clock.advance(9 * HOUR);
    await shared.visit((session) => session.set("b", 1));
    const { expiresAt } = [...(await listOf(BOB)).values()][0] ?? {};
    expect(expiresAt).toBe(clock.seconds + 10 * HOUR);
  });

  test("the entry of a session with a lifetime of its own ends with the session", async () => {
    const entry = async () => [...(await listOf(ADA)).values()][0];
    await visitor.visit((session) => {
      session.lifetime = HOUR;
    });
    expect(await entry()).toMatchObject({ expiresAt: clock.seconds + HOUR });
    await visitor.visit((session) => {
      session.lifetime = undefined;
    });
    expect(await entry()).toMatchObject({ expiresAt: clock.seconds + 10 * HOUR });
    await visitor.visit((session) => {
      session.lifetime = HOUR;
      session.signIn(ADA);
    });
    expect(await entry()).toMatchObject({ expiresAt: clock.seconds + HOUR });
  });

  test("a revoked cookie is kept by a request that does not use the session", async () => {
    await sessions.endAllOf(ADA.id);
    expect(await visitor.visit(() => {})).toEqual({ result: undefined, vary: false });
  });

  test("data that is set after a revocation is saved in a new session", async () => {
    await sessions.endAllOf(ADA.id);
    await visitor.visit((session) => session.set("b", 1));
    expect(await look(visitor)).toEqual({ b: 1 });
  });

  test("a permanent session that is read does not expire, and its entry is extended with it", async () => {
    const permanent = makeVisitor({ permanent: true });
    await permanent.visit((session) => session.signIn(BOB));
    for (let times = 0; times < 4; times++) {
      clock.advance(9 * HOUR);
      expect(await look(permanent)).toEqual({ user: BOB.id });
      expect([...(await listOf(BOB)).values()]).toMatchObject([
        { lastSeenAt: clock.seconds, expiresAt: clock.seconds + 10 * HOUR },
      ]);
    }
  });

  test("refreshEachRequest extends the entry of a session that is not used", async () => {
    const refreshed = makeVisitor({ permanent: true, refreshEachRequest: true });
    await refreshed.visit((session) => session.signIn(BOB));
    for (let times = 0; times < 3; times++) {
      clock.advance(9 * HOUR);
      await refreshed.visit(() => {});
    }
    const { result } = await refreshed.visit((session) => sessions.list(session));
    expect(result).toHaveLength(1);
  });
});

describe("a revoked cookie beside others", () => {
  /** Returns the cookies of sessions of Ada that were signed one after the other, and then revoked. */
  async function revoked(count: number): Promise<string[]> {
    const pairs: string[] = [];
    for (let index = 0; index < count; index++) {
      clock.advance(1);
      const other = makeVisitor();
      await other.visit((session) => session.signIn(ADA));
      pairs.push(...cookiesOf(other).cookies);
      await other.visit((session) => session.signOut());
    }
    log.records.length = 0;
    return pairs;
  }

  test.each<[string, (pairs: string[]) => string[]]>([
    ["before", (pairs) => pairs],
    ["behind", (pairs) => pairs.toReversed()],
  ])(
    "a revoked cookie %s a valid one does not hide it, and nothing is deleted or logged",
    async (_where, order) => {
      const cookies = [order([...(await revoked(1)), ...cookiesOf(visitor).cookies]).join("; ")];
      const { result, setCookie } = await makeVisitor().visit(seen, { cookies });
      expect([result, setCookie, events()]).toEqual([{ a: 1, user: ADA.id }, undefined, []]);
    },
  );

  test("a change is saved in the valid session behind a revoked cookie", async () => {
    const cookies = [...(await revoked(1)), ...cookiesOf(visitor).cookies];
    const other = makeVisitor();
    await other.visit((session) => session.set("a", 2), { cookies });
    expect(await look(other)).toEqual({ a: 2, user: ADA.id });
  });

  test("the session of a visitor who is not signed in is found behind a revoked cookie", async () => {
    const stranger = makeVisitor();
    await stranger.visit((session) => session.set("b", 1));
    const cookies = [...cookiesOf(stranger).cookies, ...(await revoked(1))];
    expect((await makeVisitor().visit(seen, { cookies })).result).toEqual({ b: 1 });
  });

  test("several revoked cookies cause four reads at most, and those that were not read are kept", async () => {
    const cookies = [...(await revoked(4)), ...cookiesOf(visitor).cookies];
    let visit: { result: unknown; setCookie?: string } | undefined;
    const calls = await steered.during(async () => {
      visit = await makeVisitor().visit(seen, { cookies });
    });
    expect([calls, visit]).toEqual([Array(4).fill("readUser"), { result: {}, vary: true }]);
    expect(events()).toEqual(["session_refused: revoked"]);
  });

  test("several revoked cookies are deleted if no other was sent", async () => {
    const { setCookie } = await makeVisitor().visit(seen, { cookies: await revoked(3) });
    expect(kindOf(setCookie)).toBe("delete");
  });

  test("a cookie that cannot be verified is kept beside a revoked one", async () => {
    const cookies = [...(await revoked(1)), "__Host-session=hello"];
    expect((await makeVisitor().visit(seen, { cookies })).setCookie).toBeUndefined();
  });
});

/** Uses a session of Ada on another device, one second later. */
async function elsewhere(use: Use): Promise<void> {
  clock.advance(1);
  const other = makeVisitor();
  await other.visit((session) => session.signIn(ADA));
  await other.visit(use);
}

describe("a session that is revoked while a request is under way", () => {
  function slow(use: Use) {
    return visitor.visit(async (session) => {
      await sessions.endAllOf(ADA.id);
      await use(session);
    });
  }

  test("a session that was revoked during a request is not restored by the change that it saves", async () => {
    await slow((session) => session.set("a", 2));
    expect(await look(visitor)).toEqual({});
  });

  test("a change is answered with a conflict when the session was revoked and its entry is due to be extended", async () => {
    const changing = slow((session) => [clock.advance(HOUR), session.set("a", 2)]);
    await expect(changing).rejects.toMatchObject({ reason: "ended", saved: { vary: true } });
    await expect(changing).rejects.toMatchObject({
      saved: { setCookie: expect.stringContaining("Max-Age=0") },
    });
    expect(events()).toContain("session_gone: ended");
    expect((await listOf(ADA)).size).toBe(0);
  });

  test("the cookie is deleted when the session was revoked and a read is due to extend its entry", async () => {
    const { setCookie } = await slow((session) => [clock.advance(HOUR), session.get("a")]);
    expect(kindOf(setCookie)).toBe("delete");
  });

  test("a sign-in succeeds in a session that was revoked during the request", async () => {
    await slow((session) => session.signIn(ADA));
    expect(await look(visitor)).toMatchObject({ user: ADA.id });
    expect((await listOf(ADA)).size).toBe(1);
  });

  test("a session that was revoked during a request is not restored by a renewal", async () => {
    await slow((session) => session.renew()).catch(() => {});
    expect([(await listOf(ADA)).size, await look(visitor)]).toEqual([0, {}]);
  });

  test("a session that is revoked during its renewal is not restored", async () => {
    steered.before("addUserSession", () => sessions.endAllOf(ADA.id));
    await visitor.visit((session) => session.renew()).catch(() => {});
    expect([(await listOf(ADA)).size, await look(visitor)]).toEqual([0, {}]);
  });
});

describe("a renewal or sign-in that fails", () => {
  const gone = new Error("gone");

  test("a sign-in whose cookie is too large adds no entry to the user's list", async () => {
    const other = makeVisitor();
    await expect(
      other.visit((session) => session.set("text", "x".repeat(5000)).signIn(BOB)),
    ).rejects.toMatchObject({ name: "SessionTooLargeError" });
    expect([(await listOf(BOB)).size, other.token]).toEqual([0, undefined]);
  });

  test("a sign-in over the cap is refused with refuse-new, and a renewed session stays within the cap", async () => {
    const settings = { maxSessionsPerUser: 1, sessionLimitPolicy: "refuse-new" } as const;
    const other = makeVisitor(settings);
    await expect(other.visit((session) => session.signIn(ADA))).rejects.toMatchObject({ limit: 1 });
    expect([other.token, (await listOf(ADA)).size]).toEqual([undefined, 1]);
    await makeVisitor(settings, visitor.jar).visit((session) => session.signIn(ADA));
    expect((await listOf(ADA)).size).toBe(1);
  });

  test("a sign-in over the cap evicts the oldest session by default", async () => {
    clock.advance(1);
    const other = makeVisitor({ maxSessionsPerUser: 1 });
    await other.visit((session) => session.signIn(ADA));
    expect([await look(visitor), await look(other)]).toEqual([{}, { user: ADA.id }]);
    expect(events()[0]).toBe("session_evicted");
  });

  test.each<[string, () => void, Use, message: string]>([
    ["the store fails", () => steered.fail("addUserSession", gone), (session) => session.renew(), "gone"],
    [
      "the list cannot be read",
      () => steered.around("readUser", failSecondRead),
      (session) => session.renew(),
      "gone",
    ],
    [
      "the cookie would be too large",
      () => {},
      (session) => session.set("text", "x".repeat(5000)).renew(),
      "bytes",
    ],
  ])("a session stays unchanged when its renewal fails, because %s", async (_why, fail, use, message) => {
    fail();
    await expect(visitor.visit(use)).rejects.toThrow(message);
    expect(await look(visitor)).toEqual({ a: 1, user: ADA.id });
  });

  /** Makes the second read fail: the first one belongs to `open`. */
  function failSecondRead(forward: () => Promise<unknown>): Promise<unknown> {
    steered.fail("readUser", gone);
    return forward();
  }
});

describe("a store that fails", () => {
  const gone = new Error("gone");

  test("a request fails before its handler runs when the user's list cannot be read", async () => {
    steered.fail("readUser", gone);
    let ran = false;
    const visit = visitor.visit(() => {
      ran = true;
    });
    await expect(visit).rejects.toBe(gone);
    expect(ran).toBe(false);
    expect(await look(visitor)).toEqual({ a: 1, user: ADA.id });
  });

  test("a sign-out fails when the entry cannot be removed, and the session stays signed in", async () => {
    steered.fail("removeUserSession", gone);
    await expect(visitor.visit((session) => session.signOut())).rejects.toBe(gone);
    expect(events()).toEqual([]);
    expect(await look(visitor)).toEqual({ a: 1, user: ADA.id });
  });
});

describe("the log of a user's session", () => {
  test.each<[string, Use, string[]]>([
    ["a sign-out", (session) => session.signOut(), ["session_destroyed"]],
    ["clear", (session) => session.clear(), ["session_destroyed"]],
    ["a change", (session) => session.set("a", 2), []],
  ])("%s is logged with these events only", async (_what, use, expected) => {
    await visitor.visit(use);
    expect(events()).toEqual(expected);
  });

  test.each<[string, Use, string[]]>([
    ["a renewal", (session) => session.renew(), ["session_renewed: privilege"]],
    ["a further sign-in", (session) => session.signIn(ADA), ["session_renewed: sign_in"]],
    ["endAll", (session: Session) => sessions.endAll(session), ["session_revoked"]],
  ])("%s is logged with one event and its reason", async (_what, use, expected) => {
    await visitor.visit(use);
    expect(events()).toEqual(expected);
  });

  test("a session that begins with a sign-in is logged as session_began with its id", async () => {
    const other = makeVisitor();
    log.beginnings.length = 0;
    await other.visit((session) => session.signIn(BOB));
    expect(log.beginnings).toEqual([{ level: "INFO", event: "session_began", session: await idOf(other) }]);
    expect(events()).toEqual([]);
  });

  test("a sign-in that fails is not logged as session_began", async () => {
    log.beginnings.length = 0;
    const settings = { maxSessionsPerUser: 1, sessionLimitPolicy: "refuse-new" } as const;
    const refused = makeVisitor(settings).visit((session) => session.signIn(ADA));
    await expect(refused).rejects.toMatchObject({ limit: 1 });
    steered.fail("addUserSession", new Error("gone"));
    await expect(makeVisitor().visit((session) => session.signIn(BOB))).rejects.toThrow("gone");
    expect(log.beginnings).toEqual([]);
  });

  test("a sign-in whose entry was written, but not confirmed, leaves no entry", async () => {
    steered.fail("addUserSession", new Error("gone"), { delivered: true });
    await expect(makeVisitor().visit((session) => session.signIn(BOB))).rejects.toThrow("gone");
    expect(await listOf(BOB)).toEqual(new Map());
  });

  test("the log contains no part of the cookie, the user or the data", async () => {
    const secrets = new Set<string>(["Ada", "secret data"]);
    for (const use of [
      (session) => session.set("a", "secret data"),
      (session) => session.renew(),
      (session) => sessions.endOthers(session),
      (session) => session.signOut(),
    ] as Use[]) {
      const kept = cookiesOf(visitor);
      for (const part of visitor.token?.split(".") ?? []) secrets.add(part);
      await visitor.visit(use);
      await makeVisitor().visit(seen, kept);
    }
    expect(log.records.length).toBeGreaterThan(2);
    expect([...secrets].filter((secret) => log.text.includes(secret))).toEqual([]);
  });
});

test("saving a session that a server-side interface opened throws a TypeError", async () => {
  const options = { store: new MemoryStore(), keys: [KEY], log: log.log };
  const { ServerSideSessionInterface } = await import(
    "../../../shared/server-side/server-side-session-interface.ts"
  );
  const request = { cookies: [], ...BARE_REQUEST };
  const session = await new ServerSideSessionInterface(options).open(request);
  await expect(new RevocableCookieSessionInterface(options).save(session, request)).rejects.toThrow(
    TypeError,
  );
});

test("a revoked cookie opens its session with cookie sessions, which have the same format, but not with another salt", async () => {
  const value = visitor.token ?? "";
  await sessions.endAllOf(ADA.id);
  const fixture = new SecureCookieFixture();
  const read = async (settings: SessionSettings) =>
    (await fixture.makeVisitor({ settings }).visit((session) => session.get("a"), showing(value))).result;
  expect([await read({}), await read({ salt: "another" })]).toEqual([1, undefined]);
});

test("the constructor rejects an empty array of keys and names the option", () => {
  expect(() => new RevocableCookieSessionInterface({ store: steered.store, keys: [] })).toThrow(
    expect.objectContaining({ name: "OptionError", option: "keys" }),
  );
});

test("without a secret key a session reads as empty and causes no store call", async () => {
  const none = new RevocableCookieSessionInterface({
    store: steered.store,
    keys: undefined,
    log: log.log,
  });
  const request = { ...cookiesOf(visitor), ...BARE_REQUEST };
  steered.forget();
  const session = await none.open(request);
  expect([session.user, await none.save(session, request), steered.names]).toEqual([
    undefined,
    { vary: false },
    [],
  ]);
});
