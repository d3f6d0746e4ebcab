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
import { HOUR, KEY, kindOf, SecureCookieFixture, type Use } from "../cookie/secure-cookie-fixture.ts";
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

describe("calls to the store, for a visitor who is not signed in,", () => {
  test.each<[string, Use]>([
    ["is left alone", () => {}],
    ["is read", seen],
    ["is changed", (session) => session.set("a", 2)],
    ["is renewed", (session) => session.renew()],
    ["is destroyed", (session) => session.clear()],
  ])("are none when the session %s", async (_what, use) => {
    const stranger = makeVisitor();
    await stranger.visit((session) => session.set("a", 1));
    expect(await steered.during(() => stranger.visit(use))).toEqual([]);
    expect(await steered.during(() => makeVisitor().visit(use))).toEqual([]);
  });

  test("are none for a forged cookie, or cookies of other names", async () => {
    const cookies = [`${cookiesOf(visitor).cookies[0]}x; other=1`];
    expect(await steered.during(() => visitor.visit(seen, { cookies }))).toEqual([]);
  });
});

describe("calls to the store, for a user's session that", () => {
  test.each<[string, Use, string[]]>([
    ["is left alone", () => {}, ["readUser"]],
    ["is read", seen, ["readUser"]],
    ["is changed", (session) => session.set("a", 2), ["readUser"]],
    ["signs out", (session) => session.signOut(), ["readUser", "removeUserSession"]],
  ])("%s", async (_what, use, calls) => {
    expect(await steered.during(() => visitor.visit(use))).toEqual(calls);
  });

  test("is touched at most once per tenth of the lifetime", async () => {
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
  test("is listed with where it came from", async () => {
    const other = makeVisitor();
    await other.visit((session) => session.signIn(BOB), { headers: { "user-agent": "x".repeat(300) } });
    const [[id, entry] = []] = await listOf(BOB);
    expect([id, entry?.userAgent]).toEqual([await idOf(other), "x".repeat(256)]);
    expect((await other.visit((session) => sessions.list(session))).result).toMatchObject([
      { id, isCurrent: true },
    ]);
  });

  test("is not opened by its id, which the log tells", async () => {
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
    ["it was destroyed", () => makeVisitor({}, visitor.jar).visit((session) => session.clear())],
    ["somebody else signed in", () => makeVisitor({}, visitor.jar).visit((session) => session.signIn(BOB))],
    ["it was renewed", () => makeVisitor({}, visitor.jar).visit((session) => session.renew())],
    ["its user signed in again", () => makeVisitor({}, visitor.jar).visit((session) => session.signIn(ADA))],
  ])("counts no more once %s, whoever kept it", async (_what, end) => {
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

  test("that was signed before sessions were listed does not count", async () => {
    const plain = new SecureCookieFixture();
    const old = plain.makeVisitor();
    await old.visit((session) => session.signIn(ADA));
    expect((await makeVisitor().visit(seen, cookiesOf(old))).result).toEqual({});
    expect(events()).toEqual(["session_refused: revoked"]);
  });

  test("that names another's session does not count", async () => {
    const id = await idOf(visitor);
    const forged = new SecureCookieFixture().signed({ _user: BOB, _sid: id });
    expect((await makeVisitor().visit(seen, { cookies: [`__Host-session=${forged}`] })).result).toEqual({});
  });

  test("is left alone by a request that does not use it, revoked or not", async () => {
    await sessions.endAllOf(ADA.id);
    expect(await visitor.visit(() => {})).toEqual({ result: undefined, vary: false });
  });

  test("gives way to a new session when something is stored after it was revoked", async () => {
    await sessions.endAllOf(ADA.id);
    await visitor.visit((session) => session.set("b", 1));
    expect(await look(visitor)).toEqual({ b: 1 });
  });

  test("lives on while it is listed, and is listed while it lives", async () => {
    const permanent = makeVisitor({ permanent: true });
    await permanent.visit((session) => session.signIn(BOB));
    for (let times = 0; times < 4; times++) {
      clock.advance(9 * HOUR);
      expect(await look(permanent)).toEqual({ user: BOB.id });
      expect([...(await listOf(BOB)).values()]).toMatchObject([
        { lastSeenAt: clock.seconds, expiresAt: clock.seconds + 11 * HOUR },
      ]);
    }
  });

  test("is listed while it lives, with refreshEachRequest", async () => {
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

/** Ada on another device, a second later. */
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

  test("does not come back with what the request saves", async () => {
    await slow((session) => session.set("a", 2));
    expect(await look(visitor)).toEqual({});
  });

  test("is a conflict for a change when the request is to touch it", async () => {
    const changing = slow((session) => [clock.advance(HOUR), session.set("a", 2)]);
    await expect(changing).rejects.toMatchObject({ reason: "ended", saved: { vary: true } });
    await expect(changing).rejects.toMatchObject({
      saved: { setCookie: expect.stringContaining("Max-Age=0") },
    });
    expect(events()).toContain("session_gone: ended");
    expect((await listOf(ADA)).size).toBe(0);
  });

  test("loses its cookie when the request only touches it", async () => {
    const { setCookie } = await slow((session) => [clock.advance(HOUR), session.get("a")]);
    expect(kindOf(setCookie)).toBe("delete");
  });

  test("may sign in again", async () => {
    await slow((session) => session.signIn(ADA));
    expect(await look(visitor)).toMatchObject({ user: ADA.id });
    expect((await listOf(ADA)).size).toBe(1);
  });

  test("does not come back by a renewal", async () => {
    await slow((session) => session.renew()).catch(() => {});
    expect([(await listOf(ADA)).size, await look(visitor)]).toEqual([0, {}]);
  });

  test("does not come back by a renewal that is half done", async () => {
    steered.before("addUserSession", () => sessions.endAllOf(ADA.id));
    await visitor.visit((session) => session.renew()).catch(() => {});
    expect([(await listOf(ADA)).size, await look(visitor)]).toEqual([0, {}]);
  });
});

describe("a renewal or sign-in that fails", () => {
  const gone = new Error("gone");

  test("leaves nothing new on the list because the cookie would be too large", async () => {
    const other = makeVisitor();
    await expect(
      other.visit((session) => session.set("text", "x".repeat(5000)).signIn(BOB)),
    ).rejects.toMatchObject({ name: "SessionTooLargeError" });
    expect([(await listOf(BOB)).size, other.token]).toEqual([0, undefined]);
  });

  test("is refused where the user has too many sessions", async () => {
    const settings = { maxSessionsPerUser: 1, sessionLimitPolicy: "refuse-new" } as const;
    const other = makeVisitor(settings);
    await expect(other.visit((session) => session.signIn(ADA))).rejects.toMatchObject({ limit: 1 });
    expect([other.token, (await listOf(ADA)).size]).toEqual([undefined, 1]);
    await makeVisitor(settings, visitor.jar).visit((session) => session.signIn(ADA));
    expect((await listOf(ADA)).size).toBe(1);
  });

  test("ends the oldest where the settings say so", async () => {
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
  ])("leaves the session as it was: %s", async (_why, fail, use, message) => {
    fail();
    await expect(visitor.visit(use)).rejects.toThrow(message);
    expect(await look(visitor)).toEqual({ a: 1, user: ADA.id });
  });

  /** The read of the open goes through, and the next one fails. */
  function failSecondRead(forward: () => Promise<unknown>): Promise<unknown> {
    steered.fail("readUser", gone);
    return forward();
  }
});

describe("a store that fails", () => {
  const gone = new Error("gone");

  test("is an error before the handler runs, and not an empty session", async () => {
    steered.fail("readUser", gone);
    let ran = false;
    const visit = visitor.visit(() => {
      ran = true;
    });
    await expect(visit).rejects.toBe(gone);
    expect(ran).toBe(false);
    expect(await look(visitor)).toEqual({ a: 1, user: ADA.id });
  });

  test("at sign-out is an error: nobody is told that they are signed out", async () => {
    steered.fail("removeUserSession", gone);
    await expect(visitor.visit((session) => session.signOut())).rejects.toBe(gone);
    expect(events()).toEqual([]);
    expect(await look(visitor)).toEqual({ a: 1, user: ADA.id });
  });
});

describe("what happens to a user's session is one line each", () => {
  test.each<[string, Use, string[]]>([
    ["sign-out", (session) => session.signOut(), ["session_destroyed"]],
    ["destruction", (session) => session.clear(), ["session_destroyed"]],
    ["a change", (session) => session.set("a", 2), []],
  ])("%s", async (_what, use, told) => {
    await visitor.visit(use);
    expect(events()).toEqual(told);
  });

  test.each<[string, Use, string[]]>([
    ["renewal", (session) => session.renew(), ["session_renewed: privilege"]],
    ["sign-in again", (session) => session.signIn(ADA), ["session_renewed: sign_in"]],
    ["the end of all", (session: Session) => sessions.endAll(session), ["session_revoked"]],
  ])("%s", async (_what, use, told) => {
    await visitor.visit(use);
    expect(events()).toEqual(told);
  });

  test("its beginning, with its id", async () => {
    const other = makeVisitor();
    log.beginnings.length = 0;
    await other.visit((session) => session.signIn(BOB));
    expect(log.beginnings).toEqual([{ level: "INFO", event: "session_began", session: await idOf(other) }]);
    expect(events()).toEqual([]);
  });

  test("and nothing of a beginning that failed", async () => {
    log.beginnings.length = 0;
    const settings = { maxSessionsPerUser: 1, sessionLimitPolicy: "refuse-new" } as const;
    const refused = makeVisitor(settings).visit((session) => session.signIn(ADA));
    await expect(refused).rejects.toMatchObject({ limit: 1 });
    steered.fail("addUserSession", new Error("gone"));
    await expect(makeVisitor().visit((session) => session.signIn(BOB))).rejects.toThrow("gone");
    expect(log.beginnings).toEqual([]);
  });

  test("and never holds the cookie, the user or the data", async () => {
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

test("a session that another interface opened is not saved", async () => {
  const options = { store: new MemoryStore(), keys: [KEY], log: log.log };
  const { ServerSideSessionInterface } = await import(
    "../../../shared/server-side/server-side-session-interface.ts"
  );
  const request = { cookies: [], header: () => undefined };
  const session = await new ServerSideSessionInterface(options).open(request);
  await expect(new RevocableCookieSessionInterface(options).save(session, request)).rejects.toThrow(
    TypeError,
  );
});

test("without a secret key there is no session to write to, and no call to the store", async () => {
  const none = new RevocableCookieSessionInterface({
    store: steered.store,
    keys: async () => [],
    log: log.log,
  });
  const request = { ...cookiesOf(visitor), header: () => undefined };
  steered.forget();
  const session = await none.open(request);
  expect([session.user, await none.save(session, request), steered.names]).toEqual([
    undefined,
    { vary: false },
    [],
  ]);
});
