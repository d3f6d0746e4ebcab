import { beforeEach, describe, expect, test, vi } from "vitest";
import { hashIdentifier } from "../../../shared/crypto/identifiers.ts";
import type { Session } from "../../../shared/session/session.ts";
import { MemoryStore } from "../../../shared/stores/memory-store.ts";
import type { Visitor } from "../../../shared/testing/visitor.ts";
import { SessionDirectory } from "../../../shared/users/session-directory.ts";
import { HOUR, kindOf } from "../cookie/secure-cookie-fixture.ts";
import {
  ADA,
  BOB,
  cookiesOf,
  idOf,
  look,
  ServerSideFixture,
  seen,
} from "../server-side/server-side-fixture.ts";

const SETTINGS = { lifetime: 10 * HOUR };

let fixture: ServerSideFixture;
let laptop: Visitor;
let phone: Visitor;
let bob: Visitor;

beforeEach(async () => {
  fixture = new ServerSideFixture();
  laptop = await signedIn(ADA, "Laptop");
  phone = await signedIn(ADA, "Phone");
  bob = await signedIn(BOB, "Bob's");
  fixture.log.records.length = 0;
});

/** A new device of somebody, a minute later. */
async function signedIn(user: typeof ADA, agent: string): Promise<Visitor> {
  const visitor = fixture.makeVisitor(SETTINGS);
  await visitor.visit((session) => session.set("a", 1).signIn(user), { headers: { "user-agent": agent } });
  fixture.clock.advance(60);
  return visitor;
}

/** What the service answers to a visitor. */
async function ask<T>(visitor: Visitor, use: (session: Session) => Promise<T>): Promise<T> {
  return (await visitor.visit(use)).result;
}

const list = (visitor: Visitor) => ask(visitor, (session) => fixture.sessions.list(session));

async function agents(visitor: Visitor): Promise<(string | undefined)[]> {
  return (await list(visitor)).map(({ userAgent }) => userAgent);
}

/** Who of the three is still signed in. */
async function signedInOnes(): Promise<boolean[]> {
  const users = await Promise.all(
    [laptop, phone, bob].map((visitor) => visitor.visit((session) => session.user)),
  );
  return users.map(({ result }) => result !== undefined);
}

describe("the list of a user's sessions", () => {
  test("tells of each when it began, was seen, ends, and where it came from; and which one asks", async () => {
    const began = new Date(fixture.clock.now() - 120_000);
    expect((await list(phone))[1]).toEqual({
      id: await idOf(laptop),
      began: new Date(began.getTime() - 60_000),
      lastSeen: new Date(began.getTime() - 60_000),
      expires: new Date(began.getTime() - 60_000 + 11 * HOUR * 1000),
      userAgent: "Laptop",
      address: undefined,
      isCurrent: false,
    });
    expect((await list(phone)).map(({ isCurrent }) => isCurrent)).toEqual([true, false]);
    expect((await list(laptop)).map(({ isCurrent }) => isCurrent)).toEqual([false, true]);
  });

  test("begins with the one last seen", async () => {
    expect(await agents(laptop)).toEqual(["Phone", "Laptop"]);
    fixture.clock.advance(HOUR);
    await look(laptop);
    expect(await agents(phone)).toEqual(["Laptop", "Phone"]);
  });

  test("names no session of anybody else", async () => {
    expect(await agents(bob)).toEqual(["Bob's"]);
  });

  test("leaves out what has expired", async () => {
    fixture.clock.advance(9 * HOUR);
    await look(phone);
    fixture.clock.advance(3 * HOUR);
    expect(await agents(phone)).toEqual(["Phone"]);
  });

  test("is empty for a visitor who is not signed in, and costs nothing", async () => {
    const stranger = fixture.makeVisitor();
    expect(await fixture.steered.during(async () => expect(await list(stranger)).toEqual([]))).toEqual([]);
    await stranger.visit((session) => session.set("a", 1));
    expect(await list(stranger)).toEqual([]);
  });

  test("costs one read of the user", async () => {
    expect(await fixture.steered.during(() => list(laptop))).toEqual(["read", "readUser"]);
  });

  test("holds nothing that opens a session", async () => {
    const text = JSON.stringify(await list(laptop));
    for (const visitor of [laptop, phone]) {
      const { key, token, userKey = "-" } = fixture.tokenOf(visitor);
      for (const secret of [key, token, userKey]) expect(text).not.toContain(secret);
    }
  });
});

describe("ending one session", () => {
  test("signs that device out, and no other", async () => {
    const id = await idOf(phone);
    expect(await ask(laptop, (session) => fixture.sessions.end(session, id))).toBe(true);
    expect(await signedInOnes()).toEqual([true, false, true]);
    expect(await fixture.found(id)).toBe("revoked");
    expect(await agents(laptop)).toEqual(["Laptop"]);
  });

  test("of one's own signs out with the request", async () => {
    const id = await idOf(laptop);
    const { result, setCookie } = await laptop.visit((session) => fixture.sessions.end(session, id));
    expect([result, kindOf(setCookie), laptop.token]).toEqual([true, "delete", undefined]);
    expect(await signedInOnes()).toEqual([false, true, true]);
  });

  test.each<[string, () => Promise<string>]>([
    ["of another user", () => idOf(bob)],
    ["that nobody has", async () => "A".repeat(22)],
    ["that is no id", async () => ""],
    ["that is a name of JavaScript", async () => "__proto__"],
  ])("is false for an id %s, and ends nothing", async (_what, id) => {
    const other = await id();
    expect(await ask(laptop, (session) => fixture.sessions.end(session, other))).toBe(false);
    expect(await signedInOnes()).toEqual([true, true, true]);
    expect(fixture.log.records).toEqual([]);
  });

  test("is false the second time", async () => {
    const id = await idOf(phone);
    const end = (session: Session) => fixture.sessions.end(session, id);
    expect([await ask(laptop, end), await ask(laptop, end)]).toEqual([true, false]);
    expect(fixture.events).toEqual(["session_revoked"]);
  });

  test("is false for a visitor who is not signed in", async () => {
    const id = await idOf(laptop);
    expect(await ask(fixture.makeVisitor(), (session) => fixture.sessions.end(session, id))).toBe(false);
    expect(await signedInOnes()).toEqual([true, true, true]);
  });
});

describe("ending all other sessions", () => {
  test("spares this one, and says how many there were", async () => {
    const tablet = await signedIn(ADA, "Tablet");
    expect(await ask(laptop, (session) => fixture.sessions.endOthers(session))).toBe(2);
    expect(await signedInOnes()).toEqual([true, false, true]);
    expect([await look(tablet), await agents(laptop)]).toEqual([{}, ["Laptop"]]);
  });

  test("is none where there is no other", async () => {
    expect(await ask(bob, (session) => fixture.sessions.endOthers(session))).toBe(0);
    expect(await signedInOnes()).toEqual([true, true, true]);
  });

  test("ends none for a session that was itself ended meanwhile", async () => {
    const ended = await laptop
      .visit(async (session) => {
        await phone.visit((other) => fixture.sessions.endOthers(other));
        return fixture.sessions.endOthers(session);
      })
      .then(({ result }) => result);
    expect(ended).toBe(0);
    expect(await signedInOnes()).toEqual([false, true, true]);
  });

  test("is none for a visitor who is not signed in, or signs in with this request", async () => {
    const stranger = fixture.makeVisitor();
    expect(await ask(stranger, (session) => fixture.sessions.endOthers(session))).toBe(0);
    const ended = await ask(stranger, async (session) => {
      session.signIn(ADA);
      return fixture.sessions.endOthers(session);
    });
    expect(ended).toBe(0);
    expect(await signedInOnes()).toEqual([true, true, true]);
  });
});

describe("ending all sessions", () => {
  test("signs out everywhere, here too, and says how many there were", async () => {
    const { result, setCookie } = await laptop.visit((session) => fixture.sessions.endAll(session));
    expect([result, kindOf(setCookie)]).toEqual([2, "delete"]);
    expect(await signedInOnes()).toEqual([false, false, true]);
    expect([...(await fixture.listOf(ADA)).keys()]).toEqual([]);
  });

  test("is one write to the list, which misses no session that signs in meanwhile", async () => {
    let tablet = fixture.makeVisitor();
    fixture.steered.before("removeUserSessions", async () => {
      tablet = await signedIn(ADA, "Tablet");
    });
    expect(await ask(laptop, (session) => fixture.sessions.endAll(session))).toBe(3);
    expect(await look(tablet)).toEqual({});
    expect((await fixture.listOf(ADA)).size).toBe(0);
  });

  test("is none for a visitor who is not signed in", async () => {
    expect(await ask(fixture.makeVisitor(), (session) => fixture.sessions.endAll(session))).toBe(0);
  });

  test("may be done of any user, without a session that asks", async () => {
    expect(await fixture.sessions.endAllOf(ADA.id)).toBe(2);
    expect(await fixture.sessions.endAllOf("nobody")).toBe(0);
    expect(await signedInOnes()).toEqual([false, false, true]);
    expect(fixture.events.filter((event) => event === "session_revoked")).toHaveLength(2);
  });

  test("holds for a cookie that somebody kept", async () => {
    const kept = cookiesOf(phone);
    await fixture.sessions.endAllOf(ADA.id);
    expect((await fixture.makeVisitor(SETTINGS).visit(seen, kept)).result).toEqual({});
  });
});

describe("the service", () => {
  test("ends sessions that no store keeps, when it is given none", async () => {
    const users = new MemoryStore();
    const life = { createdAt: 0, lastSeenAt: 0, expiresAt: 4_000_000_000 };
    await users.addUserSession(hashIdentifier(ADA.id), { generation: 0, id: "a", session: life, remove: [] });
    const sessions = new SessionDirectory({ users, log: fixture.log.log, clock: fixture.clock.now });
    expect(await sessions.endAllOf(ADA.id)).toBe(1);
    expect((await users.readUser(hashIdentifier(ADA.id)))?.sessions.size).toBe(0);
  });

  test("does not hide that the list cannot be reached", async () => {
    const gone = new Error("gone");
    for (const name of ["readUser", "removeUserSession", "removeUserSessions"] as const) {
      fixture.steered.fail(name, gone);
      const use = (session: Session) =>
        ({
          readUser: () => fixture.sessions.list(session),
          removeUserSession: () => fixture.sessions.end(session, "a"),
          removeUserSessions: () => fixture.sessions.endAll(session),
        })[name]() as Promise<unknown>;
      await expect(laptop.visit(use)).rejects.toBe(gone);
    }
    expect(await signedInOnes()).toEqual([true, true, true]);
  });

  test("writes its log to the console unless it is told otherwise", async () => {
    const info = vi.spyOn(console, "info").mockReturnValue();
    const sessions = new SessionDirectory({ users: fixture.store, store: fixture.store });
    await sessions.endAllOf(BOB.id);
    expect(info).toHaveBeenCalledExactlyOnceWith(expect.stringContaining('"event":"session_revoked"'));
  });
});
