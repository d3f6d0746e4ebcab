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

/** Signs a user in on a new device, and waits a minute. */
async function signedIn(user: typeof ADA, agent: string): Promise<Visitor> {
  const visitor = fixture.makeVisitor(SETTINGS);
  await visitor.visit((session) => session.set("a", 1).signIn(user), { headers: { "user-agent": agent } });
  fixture.clock.advance(60);
  return visitor;
}

/** Calls the directory in a request of a visitor. */
async function ask<T>(visitor: Visitor, use: (session: Session) => Promise<T>): Promise<T> {
  return (await visitor.visit(use)).result;
}

const list = (visitor: Visitor) => ask(visitor, (session) => fixture.sessions.list(session));

async function agents(visitor: Visitor): Promise<(string | undefined)[]> {
  return (await list(visitor)).map(({ userAgent }) => userAgent);
}

/** Returns who of the three is still signed in. */
async function signedInOnes(): Promise<boolean[]> {
  const users = await Promise.all(
    [laptop, phone, bob].map((visitor) => visitor.visit((session) => session.user)),
  );
  return users.map(({ result }) => result !== undefined);
}

describe("the list of a user's sessions", () => {
  test("list returns the times, the User-Agent and the id of each session, and marks the current one", async () => {
    const signedInAt = fixture.clock.now() - 180_000;
    expect((await list(phone))[1]).toEqual({
      id: await idOf(laptop),
      createdAt: new Date(signedInAt),
      lastSeenAt: new Date(signedInAt),
      expiresAt: new Date(signedInAt + 10 * HOUR * 1000),
      userAgent: "Laptop",
      address: undefined,
      isCurrent: false,
    });
    expect((await list(phone)).map(({ isCurrent }) => isCurrent)).toEqual([true, false]);
    expect((await list(laptop)).map(({ isCurrent }) => isCurrent)).toEqual([false, true]);
  });

  test("list returns the session first that was used last", async () => {
    expect(await agents(laptop)).toEqual(["Phone", "Laptop"]);
    fixture.clock.advance(HOUR);
    await look(laptop);
    expect(await agents(phone)).toEqual(["Laptop", "Phone"]);
  });

  test("list returns no session of another user", async () => {
    expect(await agents(bob)).toEqual(["Bob's"]);
  });

  test("list returns no expired session", async () => {
    fixture.clock.advance(9 * HOUR);
    await look(phone);
    fixture.clock.advance(3 * HOUR);
    expect(await agents(phone)).toEqual(["Phone"]);
  });

  test("list is empty for a visitor who is not signed in, and makes no store call", async () => {
    const stranger = fixture.makeVisitor();
    expect(await fixture.steered.during(async () => expect(await list(stranger)).toEqual([]))).toEqual([]);
    await stranger.visit((session) => session.set("a", 1));
    expect(await list(stranger)).toEqual([]);
  });

  test("list reads the user's record once", async () => {
    expect(await fixture.steered.during(() => list(laptop))).toEqual(["read", "readUser"]);
  });

  test("list returns nothing that opens a session", async () => {
    const text = JSON.stringify(await list(laptop));
    for (const visitor of [laptop, phone]) {
      const { key, token, userKey = "-" } = fixture.tokenOf(visitor);
      for (const secret of [key, token, userKey]) expect(text).not.toContain(secret);
    }
  });
});

describe("ending one session", () => {
  test("end signs out the device of that session, and no other", async () => {
    const id = await idOf(phone);
    expect(await ask(laptop, (session) => fixture.sessions.end(session, id))).toBe(true);
    expect(await signedInOnes()).toEqual([true, false, true]);
    expect(await fixture.found(id)).toBe("revoked");
    expect(await agents(laptop)).toEqual(["Laptop"]);
  });

  test("end of the current session signs out with the request", async () => {
    const id = await idOf(laptop);
    const { result, setCookie } = await laptop.visit((session) => fixture.sessions.end(session, id));
    expect([result, kindOf(setCookie), laptop.token]).toEqual([true, "delete", undefined]);
    expect(await signedInOnes()).toEqual([false, true, true]);
  });

  test.each<[string, () => Promise<string>]>([
    ["of another user", () => idOf(bob)],
    ["that nobody has", async () => "A".repeat(22)],
    ["that is no id", async () => ""],
    ["that is a property of every object", async () => "__proto__"],
  ])("end returns false for an id %s, and ends no session", async (_what, id) => {
    const other = await id();
    expect(await ask(laptop, (session) => fixture.sessions.end(session, other))).toBe(false);
    expect(await signedInOnes()).toEqual([true, true, true]);
    expect(fixture.log.records).toEqual([]);
  });

  test("end returns false for a session that was already ended", async () => {
    const id = await idOf(phone);
    const end = (session: Session) => fixture.sessions.end(session, id);
    expect([await ask(laptop, end), await ask(laptop, end)]).toEqual([true, false]);
    expect(fixture.events).toEqual(["session_revoked"]);
  });

  test("end returns false for a visitor who is not signed in", async () => {
    const id = await idOf(laptop);
    expect(await ask(fixture.makeVisitor(), (session) => fixture.sessions.end(session, id))).toBe(false);
    expect(await signedInOnes()).toEqual([true, true, true]);
  });
});

describe("ending all other sessions", () => {
  test("endOthers ends all other sessions of the user, and returns their number", async () => {
    const tablet = await signedIn(ADA, "Tablet");
    expect(await ask(laptop, (session) => fixture.sessions.endOthers(session))).toBe(2);
    expect(await signedInOnes()).toEqual([true, false, true]);
    expect([await look(tablet), await agents(laptop)]).toEqual([{}, ["Laptop"]]);
  });

  test("endOthers returns 0 if the user has no other session", async () => {
    expect(await ask(bob, (session) => fixture.sessions.endOthers(session))).toBe(0);
    expect(await signedInOnes()).toEqual([true, true, true]);
  });

  test("endOthers ends no session if the current one was ended during the request", async () => {
    const ended = await laptop
      .visit(async (session) => {
        await phone.visit((other) => fixture.sessions.endOthers(other));
        return fixture.sessions.endOthers(session);
      })
      .then(({ result }) => result);
    expect(ended).toBe(0);
    expect(await signedInOnes()).toEqual([false, true, true]);
  });

  test("endOthers returns 0 for a visitor who is not signed in", async () => {
    const stranger = fixture.makeVisitor();
    expect(await ask(stranger, (session) => fixture.sessions.endOthers(session))).toBe(0);
    expect(await signedInOnes()).toEqual([true, true, true]);
  });
});

describe("ending all sessions", () => {
  test("endAll ends all sessions of the user with the current one, and returns their number", async () => {
    const { result, setCookie } = await laptop.visit((session) => fixture.sessions.endAll(session));
    expect([result, kindOf(setCookie)]).toEqual([2, "delete"]);
    expect(await signedInOnes()).toEqual([false, false, true]);
    expect([...(await fixture.listOf(ADA)).keys()]).toEqual([]);
  });

  test("endAll also ends a session that signs in while endAll runs", async () => {
    let tablet = fixture.makeVisitor();
    fixture.steered.before("removeUserSessions", async () => {
      tablet = await signedIn(ADA, "Tablet");
    });
    expect(await ask(laptop, (session) => fixture.sessions.endAll(session))).toBe(3);
    expect(await look(tablet)).toEqual({});
    expect((await fixture.listOf(ADA)).size).toBe(0);
  });

  test("endAll returns 0 for a visitor who is not signed in", async () => {
    expect(await ask(fixture.makeVisitor(), (session) => fixture.sessions.endAll(session))).toBe(0);
  });

  test("endAllOf ends all sessions of any user, without a current session", async () => {
    expect(await fixture.sessions.endAllOf(ADA.id)).toBe(2);
    expect(await fixture.sessions.endAllOf("nobody")).toBe(0);
    expect(await signedInOnes()).toEqual([false, false, true]);
    expect(fixture.events.filter((event) => event === "session_revoked")).toHaveLength(2);
  });

  test("a kept cookie opens no session after endAllOf", async () => {
    const kept = cookiesOf(phone);
    await fixture.sessions.endAllOf(ADA.id);
    expect((await fixture.makeVisitor(SETTINGS).visit(seen, kept)).result).toEqual({});
  });
});

describe("the directory", () => {
  test("endAllOf works without a store of sessions, as for revocable cookies", async () => {
    const users = new MemoryStore();
    const life = { createdAt: 0, lastSeenAt: 0, expiresAt: 4_000_000_000 };
    await users.addUserSession(hashIdentifier(ADA.id), { generation: 0, id: "a", session: life, remove: [] });
    const sessions = new SessionDirectory({ users, log: fixture.log.log, clock: fixture.clock.now });
    expect(await sessions.endAllOf(ADA.id)).toBe(1);
    expect((await users.readUser(hashIdentifier(ADA.id)))?.sessions.size).toBe(0);
  });

  test("list, end and endAll throw when the user's list cannot be reached", async () => {
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

  test("the directory writes its log to the console by default", async () => {
    const info = vi.spyOn(console, "info").mockReturnValue();
    const { store, clock } = fixture;
    const sessions = new SessionDirectory({ users: store, store, clock: clock.now });
    await sessions.endAllOf(BOB.id);
    expect(info).toHaveBeenCalledExactlyOnceWith(expect.stringContaining('"event":"session_revoked"'));
  });
});
