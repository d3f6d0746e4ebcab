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
  ["a sign-in of another user", [set, signIn], (session) => session.signIn(BOB)],
  ["a sign-out", [set, signIn], (session) => session.signOut()],
  ["a sign-out and new data", [set, signIn], (session) => [session.signOut(), set(session)]],
  ["a deletion of the last data", [set], (session) => session.delete("a")],
  ["a change while signed in", [set, signIn], (session) => session.set("a", 2)],
];

/** Returns the names of the store calls of a request that succeeds. */
async function callsOf([, before, use, settings]: Row): Promise<CallName[]> {
  await start(settings, ...before);
  return fixture.steered.during(() => visitor.visit(use));
}

describe.each(WRITES)("%s", (...row) => {
  const [what, before, use, settings] = row;

  test(`${what} fails with the store's error when any of its store calls fails, and changes no cookie`, async () => {
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

  test(`${what} succeeds at the second try when its first write failed`, async () => {
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
  test("a request fails before its handler runs when the session cannot be read", async () => {
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

  test("a visitor without a session is served when the store cannot be read", async () => {
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

  test("the user's list has no entry after a sign-in whose session could not be stored", async () => {
    for (const delivered of [false, true]) {
      await start();
      fixture.steered.fail("begin", GONE, { delivered });
      await expect(visitor.visit(signIn)).rejects.toBe(GONE);
      expect(await listed()).toBe(0);
    }
  });

  test("the user's list has no entry after a sign-in with data that is too large or cannot be stored", async () => {
    await start();
    await expect(visitor.visit((session) => [signIn(session), tooLarge(session)])).rejects.toThrow(
      SessionTooLargeError,
    );
    await expect(visitor.visit((session) => [signIn(session), unstorable(session)])).rejects.toMatchObject({
      name: "UnstorableValueError",
    });
    expect(await listed()).toBe(0);
  });

  test("a sign-in fails with the first error when the removal of its entry fails too", async () => {
    await start();
    fixture.steered.fail("begin", GONE);
    fixture.steered.fail("removeUserSession", new Error("another"));
    await expect(visitor.visit(signIn)).rejects.toBe(GONE);
  });

  test("the user's list has no entry after a sign-in whose entry was written but the response was lost", async () => {
    await start();
    fixture.steered.fail("addUserSession", GONE, { delivered: true });
    await expect(visitor.visit(signIn)).rejects.toBe(GONE);
    expect(await listed()).toBe(0);
  });

  test.each<[string, () => void, Use, error: string]>([
    ["failed", () => fixture.steered.fail("change", GONE), () => {}, "the table is gone"],
    ["was too large", () => {}, tooLarge, "bytes"],
    ["could not be stored", () => {}, unstorable, "list"],
  ])(
    "the user's list has no entry after a sign-in to an existing session that %s",
    async (_why, fail, use, error) => {
      await start({}, set);
      fail();
      await expect(visitor.visit((session) => [signIn(session), use(session)])).rejects.toThrow(error);
      expect(await listed()).toBe(0);
    },
  );

  test("the user's list keeps an entry whose further sign-in failed, and the session stays valid", async () => {
    await start({}, set, signIn);
    fixture.steered.fail("change", GONE);
    await expect(visitor.visit(signIn)).rejects.toBe(GONE);
    expect(await listed()).toBe(1);
    expect(await look(visitor)).toEqual({ a: 1, user: ADA.id });
  });
});

describe("a session that would be too large", () => {
  const large = "x".repeat(500_000);

  test("a new session that is too large throws with its largest keys, and gets no cookie", async () => {
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
  ])("a session keeps its data when a value that is too large is %s", async (_how, use) => {
    await start({}, set);
    await expect(visitor.visit(use)).rejects.toThrow(SessionTooLargeError);
    expect(await look(visitor)).toEqual({ a: 1 });
  });
});

describe("a value that cannot be stored", () => {
  test("no change of a request is saved when one value cannot be stored", async () => {
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
  test("a record that cannot be read results in an empty session, and its cookie is kept", async () => {
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
    "a record with a value that is not JSON (%s) results in an empty session",
    async (text) => {
      await start({}, set);
      const record = await fixture.recordOf(await idOf(visitor));
      const session = { ...record, values: new Map([["a", text]]) };
      fixture.steered.around("read", async () => ({ session }));
      expect(await look(visitor)).toEqual({});
      expect(fixture.events).toEqual(["session_refused: unreadable_payload"]);
    },
  );

  test("a record with invalid values under reserved keys is read", async () => {
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

describe("the end of an evicted session", () => {
  test("a sign-in succeeds when the record of the evicted session cannot be ended, and that session ends", async () => {
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
