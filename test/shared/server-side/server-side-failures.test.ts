import { describe, expect, test } from "vitest";
import { SessionTooLargeError, SessionUnavailableError } from "../../../shared/session/session-errors.ts";
import type { SessionSettings } from "../../../shared/session/session-settings.ts";
import type { Visitor } from "../../../shared/testing/visitor.ts";
import { HOUR, type Use } from "../cookie/secure-cookie-fixture.ts";
import { ADA, BOB, cookiesOf, idOf, look, ServerSideFixture } from "./server-side-fixture.ts";
import type { CallName } from "./steered-store.ts";

const GONE = new SessionUnavailableError("the table is gone");

let fixture: ServerSideFixture;
let visitor: Visitor;

async function start(settings: SessionSettings = {}, ...before: Use[]): Promise<void> {
  fixture = new ServerSideFixture();
  visitor = fixture.makeVisitor(settings);
  for (const use of before) await visitor.visit(use);
  fixture.log.records.length = 0;
}

const set: Use = (session) => session.set("a", 1);
const signIn: Use = (session) => session.signIn(ADA);

type Row = [what: string, before: Use[], use: Use, settings?: SessionSettings];

const WRITES: Row[] = [
  ["the first data", [], set],
  ["the first data and a sign-in", [], (session) => [set(session), signIn(session)]],
  ["a change", [set], (session) => session.set("a", 2)],
  ["an increment", [set], (session) => session.increment("a")],
  ["an update", [set], (session) => session.update("a", (a) => a + 1)],
  ["a flash", [set], (session) => session.flash("hello")],
  ["a renewal", [set], (session) => session.renew()],
  ["a sign-in", [set], signIn],
  ["a sign-in again", [set, signIn], signIn],
  ["a sign-in of somebody else", [set, signIn], (session) => session.signIn(BOB)],
  ["a sign-out", [set, signIn], (session) => session.signOut()],
  ["a sign-out and new data", [set, signIn], (session) => [session.signOut(), set(session)]],
  ["the last data that goes", [set], (session) => session.delete("a")],
  ["a change while signed in", [set, signIn], (session) => session.set("a", 2)],
];

/** The names of the calls of a request that comes through. */
async function callsOf([, before, use, settings]: Row): Promise<CallName[]> {
  await start(settings, ...before);
  return fixture.steered.during(() => visitor.visit(use));
}

describe.each(WRITES)("%s", (...row) => {
  const [, before, use, settings] = row;

  test("is a SessionUnavailableError when a call to the store fails, whichever: nothing is said to be saved", async () => {
    const calls = await callsOf(row);
    expect(calls.length).toBeGreaterThan(0);
    for (const name of new Set(calls)) {
      await start(settings, ...before);
      const cookie = visitor.token;
      fixture.log.beginnings.length = 0;
      fixture.steered.fail(name, GONE);
      await expect(visitor.visit(use), `when ${name} fails`).rejects.toBe(GONE);
      expect(fixture.log.beginnings, `when ${name} fails`).toEqual([]);
      expect(visitor.token, `when ${name} fails`).toBe(cookie);
      for (const { event, session = "" } of fixture.log.records)
        expect([event, await fixture.found(session)]).toEqual(["session_destroyed", "destroyed"]);
    }
  });

  test("may be tried again when its first write failed, and then it is saved", async () => {
    const calls = await callsOf(row);
    const after = await look(visitor);
    const [write] = calls.filter((name) => name !== "read" && name !== "readUser");
    if (write === undefined) throw new Error("there is no write");
    await start(settings, ...before);
    fixture.steered.fail(write, GONE);
    await expect(visitor.visit(use)).rejects.toBe(GONE);
    await visitor.visit(use);
    expect(await look(visitor)).toEqual(after);
  });
});

describe("a read that fails", () => {
  test("is a SessionUnavailableError before anything else happens, and not an empty session", async () => {
    await start({}, set);
    let ran = false;
    fixture.steered.fail("read", GONE);
    const visit = visitor.visit(() => {
      ran = true;
    });
    await expect(visit).rejects.toBe(GONE);
    expect([ran, fixture.events]).toEqual([false, []]);
    expect(await look(visitor)).toEqual({ a: 1 });
  });

  test("is none for a visitor without a session", async () => {
    await start();
    fixture.steered.fail("read", GONE);
    expect(await look(visitor)).toEqual({});
  });
});

describe("the user's list after a sign-in that failed", () => {
  const tooLarge: Use = (session) => session.set("text", "x".repeat(500_000));
  const unstorable: Use = (session) => {
    const list: unknown[] = [];
    session.set("list", list);
    list.push(() => {});
  };

  async function listed(): Promise<number> {
    return (await fixture.listOf(ADA)).size;
  }

  test("holds no session that did not begin", async () => {
    for (const delivered of [false, true]) {
      await start();
      fixture.steered.fail("begin", GONE, { delivered });
      await expect(visitor.visit(signIn)).rejects.toBe(GONE);
      expect(await listed()).toBe(0);
    }
  });

  test("holds no session that did not begin because it was too large, or could not be stored", async () => {
    await start();
    await expect(visitor.visit((session) => [signIn(session), tooLarge(session)])).rejects.toThrow(
      SessionTooLargeError,
    );
    await expect(visitor.visit((session) => [signIn(session), unstorable(session)])).rejects.toMatchObject({
      name: "UnstorableValueError",
    });
    expect(await listed()).toBe(0);
  });

  test("tells the first failure when taking the session off the list fails too", async () => {
    await start();
    fixture.steered.fail("begin", GONE);
    fixture.steered.fail("removeUserSession", new Error("another"));
    await expect(visitor.visit(signIn)).rejects.toBe(GONE);
  });

  test("holds no session that did not begin, when the list was written and its answer lost", async () => {
    await start();
    fixture.steered.fail("addUserSession", GONE, { delivered: true });
    await expect(visitor.visit(signIn)).rejects.toBe(GONE);
    expect(await listed()).toBe(0);
  });

  test.each<[string, () => void, Use, error: string]>([
    ["failed", () => fixture.steered.fail("change", GONE), () => {}, "the table is gone"],
    ["was too large", () => {}, tooLarge, "bytes"],
    ["could not be stored", () => {}, unstorable, "list"],
  ])("does not hold a session whose sign-in %s", async (_why, fail, use, error) => {
    await start({}, set);
    fail();
    await expect(visitor.visit((session) => [signIn(session), use(session)])).rejects.toThrow(error);
    expect(await listed()).toBe(0);
  });

  test("still holds a session that was on it before, which goes on", async () => {
    await start({}, set, signIn);
    fixture.steered.fail("change", GONE);
    await expect(visitor.visit(signIn)).rejects.toBe(GONE);
    expect(await listed()).toBe(1);
    expect(await look(visitor)).toEqual({ a: 1, user: ADA.id });
  });
});

describe("a session that would be too large", () => {
  const large = "x".repeat(500_000);

  test("is not begun", async () => {
    await start();
    const visit = visitor.visit((session) => session.set("small", 1).set("text", large));
    await expect(visit).rejects.toMatchObject({
      name: "SessionTooLargeError",
      largest: [{ key: "text" }, { key: "small" }],
    });
    expect(visitor.token).toBeUndefined();
  });

  test.each<[string, Use]>([
    ["set", (session) => session.set("text", large)],
    ["updated", (session) => session.update("text", () => large)],
  ])("stays as it was: %s", async (_how, use) => {
    await start({}, set);
    await expect(visitor.visit(use)).rejects.toThrow(SessionTooLargeError);
    expect(await look(visitor)).toEqual({ a: 1 });
  });
});

describe("a value that cannot be stored", () => {
  test("keeps everything else of the request from being saved", async () => {
    await start({}, set);
    const visit = visitor.visit((session) => {
      const list: unknown[] = [];
      session.set("b", 1).set("list", list);
      list.push(() => {});
    });
    await expect(visit).rejects.toMatchObject({ name: "UnstorableValueError", path: "list[0]" });
    expect(await look(visitor)).toEqual({ a: 1 });
  });
});

describe("a record that cannot be read", () => {
  test("is an empty session whose cookie stays, and one line", async () => {
    await start({}, set);
    const id = await idOf(visitor);
    fixture.steered.around("read", async () => ({ session: "unreadable" }));
    const { result, setCookie } = await visitor.visit((session) => session.toJSON());
    expect([result, setCookie]).toEqual([{}, undefined]);
    expect(fixture.log.records).toEqual([
      {
        level: "WARN",
        event: "session_refused",
        reason: "unreadable_payload",
        cookie: "__Host-session",
        session: id,
      },
    ]);
    expect(await look(visitor)).toEqual({ a: 1 });
  });

  test.each(["", "{", "[1", '{" t":', "undefined", '"\\ud8'])(
    "because a value is not JSON (%s) is an empty session",
    async (text) => {
      await start({}, set);
      const record = await fixture.recordOf(await idOf(visitor));
      const session = { ...record, values: new Map([["a", text]]) };
      fixture.steered.around("read", async () => ({ session }));
      expect(await look(visitor)).toEqual({});
      expect(fixture.events).toEqual(["session_refused: unreadable_payload"]);
    },
  );

  test("because of odd values of its own is read all the same", async () => {
    await start({}, set);
    const record = await fixture.recordOf(await idOf(visitor));
    const values = new Map<string, number | string>([
      ["_flashes", 7],
      ["_user", '{"id":1}'],
      ["_permanent", '"yes"'],
      ["_created", "0"],
      ["a", 1],
    ]);
    for (const use of [look, () => visitor.visit((session) => session.flashes())]) {
      fixture.steered.around("read", async () => ({ session: { ...record, values } }));
      await use(visitor);
    }
    expect(fixture.events).toEqual([]);
  });
});

describe("what is only housekeeping", () => {
  test("does not fail a sign-in: the sessions that gave way are over without it", async () => {
    const settings = { maxSessionsPerUser: 1 };
    await start(settings, set, signIn);
    const cookies = cookiesOf(visitor);
    fixture.clock.advance(HOUR);
    fixture.steered.fail("end", GONE);
    const other = fixture.makeVisitor(settings);
    await other.visit(signIn);
    expect(await look(other)).toEqual({ user: ADA.id });
    expect(
      (await fixture.makeVisitor(settings).visit((session) => session.toJSON(), cookies)).result,
    ).toEqual({});
  });
});
