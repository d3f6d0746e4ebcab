import { beforeEach, describe, expect, test } from "vitest";
import type { Session } from "../../../shared/session/session.ts";
import type { SessionInterface } from "../../../shared/session/session-interface.ts";
import { CookieJar } from "../../../shared/testing/cookie-jar.ts";
import { Visitor } from "../../../shared/testing/visitor.ts";
import { RevocableCookieSessionInterface } from "../../../shared/users/revocable-cookie-session-interface.ts";
import { SessionDirectory } from "../../../shared/users/session-directory.ts";
import { HOUR, KEY, kindOf } from "../cookie/secure-cookie-fixture.ts";
import { ADA, BOB, idOf, look, ServerSideFixture } from "../server-side/server-side-fixture.ts";

type Use = (session: Session) => unknown;

const SETTINGS = { lifetime: 10 * HOUR };

/** Makes a session interface of a storage, and the directory of its users' sessions. */
type MakeStorage = (fixture: ServerSideFixture) => {
  readonly sessionInterface: SessionInterface;
  readonly sessions: SessionDirectory;
};

const STORAGES: readonly [storage: string, MakeStorage][] = [
  [
    "a table",
    (fixture) => ({ sessionInterface: fixture.makeInterface(SETTINGS), sessions: fixture.sessions }),
  ],
  [
    "revocable cookies",
    ({ store, clock, log }) => ({
      sessionInterface: new RevocableCookieSessionInterface({
        ...{ store, keys: [KEY], settings: SETTINGS, clock: clock.now, log: log.log },
      }),
      sessions: new SessionDirectory({ users: store, clock: clock.now, log: log.log }),
    }),
  ],
];

describe.each(STORAGES)("with sessions in %s", (_storage, makeStorage) => {
  let fixture: ServerSideFixture;
  let sessions: SessionDirectory;
  let makeVisitor: () => Visitor;
  let phone: Visitor;
  let bob: Visitor;

  beforeEach(async () => {
    fixture = new ServerSideFixture();
    const storage = makeStorage(fixture);
    sessions = storage.sessions;
    makeVisitor = () => new Visitor(storage.sessionInterface, new CookieJar(fixture.clock.now));
    [phone, bob] = [makeVisitor(), makeVisitor()];
    await phone.visit((session) => session.signIn(ADA));
    await bob.visit((session) => session.signIn(BOB));
  });

  /** Visitors whose sessions differ, by what they did before the request that signs Ada in. */
  const BEFORE: readonly [visitor: string, before: Use | undefined][] = [
    ["a visitor without a session", undefined],
    ["a visitor who is not signed in", (session) => session.set("a", 1)],
    ["a visitor who is signed in as another user", (session) => session.set("a", 1).signIn(BOB)],
    ["a visitor who is signed in as the same user", (session) => session.set("a", 1).signIn(ADA)],
  ];

  async function makeLaptop(before: Use | undefined): Promise<Visitor> {
    const laptop = makeVisitor();
    if (before !== undefined) await laptop.visit(before);
    return laptop;
  }

  describe.each(BEFORE)("endOthers of %s", (_visitor, before) => {
    test.each<[string, Use]>([
      ["signs in", (session) => session.signIn(ADA)],
      ["renews and signs in", (session) => [session.renew(), session.signIn(ADA)]],
      ["signs in and renews", (session) => [session.signIn(ADA), session.renew()]],
      ["clears and signs in", (session) => [session.clear(), session.signIn(ADA)]],
      ["signs in twice", (session) => [session.signIn(ADA), session.signIn({ ...ADA, name: "A." })]],
      [
        "signs in as another user first",
        (session) => [session.signIn({ id: "3", name: "Eve" }), session.signIn(ADA)],
      ],
    ])("in a request that %s ends all other sessions of the user", async (_what, signIn) => {
      const laptop = await makeLaptop(before);
      const { result } = await laptop.visit(async (session) => {
        signIn(session);
        return sessions.endOthers(session);
      });
      // The laptop's previous session of the same user may be one of those that ended.
      expect([1, 2]).toContain(result);
      expect([await look(phone), (await fixture.listOf(ADA)).size]).toEqual([{}, 1]);
      expect([await look(laptop), await look(bob)]).toMatchObject([{ user: ADA.id }, { user: BOB.id }]);
    });
  });

  test.each(BEFORE)("a sign-in of %s after endOthers keeps the session", async (_visitor, before) => {
    const laptop = await makeLaptop(before);
    await laptop.visit(async (session) => {
      await sessions.endOthers(session);
      session.signIn(ADA);
      await sessions.endOthers(session);
    });
    expect([await look(laptop), await look(phone)]).toMatchObject([{ user: ADA.id }, {}]);
    expect((await fixture.listOf(ADA)).size).toBe(1);
  });

  test.each(BEFORE)("endOthers keeps the data of %s who signs in", async (_visitor, before) => {
    const laptop = await makeLaptop(before);
    await laptop.visit(async (session) => {
      session.signIn(ADA);
      session.set("b", 2);
      await sessions.endOthers(session);
      session.set("c", 3);
    });
    expect(await look(laptop)).toMatchObject({ b: 2, c: 3, user: ADA.id });
  });

  test("endOthers ends all other sessions when another device ended the session that signs in again", async () => {
    const laptop = await makeLaptop((session) => session.signIn(ADA));
    const { result } = await laptop.visit(async (session) => {
      await phone.visit((other) => sessions.endOthers(other));
      session.signIn(ADA);
      return sessions.endOthers(session);
    });
    expect([result, await look(phone), await look(laptop)]).toEqual([1, {}, { user: ADA.id }]);
  });

  test("endOthers ends all other sessions when another device ends the session just before its removal", async () => {
    const laptop = await makeLaptop((session) => session.signIn(ADA));
    const { result } = await laptop.visit((session) => {
      session.signIn(ADA);
      fixture.steered.before("removeUserSessions", () => phone.visit((other) => sessions.endOthers(other)));
      return sessions.endOthers(session);
    });
    expect([result, await look(phone), await look(laptop)]).toEqual([1, {}, { user: ADA.id }]);
  });

  test("endOthers of a renewed session ends all other sessions of the user", async () => {
    const laptop = await makeLaptop((session) => session.signIn(ADA));
    const { result } = await laptop.visit((session) => {
      session.renew();
      return sessions.endOthers(session);
    });
    expect([result, await look(phone), await look(laptop)]).toEqual([1, {}, { user: ADA.id }]);
  });

  test("endOthers of a session that was signed in and cleared ends no session", async () => {
    const laptop = await makeLaptop(undefined);
    const { result } = await laptop.visit((session) => {
      session.signIn(ADA);
      session.clear();
      return sessions.endOthers(session);
    });
    expect([result, await look(phone)]).toEqual([0, { user: ADA.id }]);
  });

  test.each(BEFORE)("endAll of %s who signs in ends all sessions of the user", async (_visitor, before) => {
    const laptop = await makeLaptop(before);
    const { setCookie } = await laptop.visit((session) => {
      session.signIn(ADA);
      return sessions.endAll(session);
    });
    expect([kindOf(setCookie) === "set", await look(phone), await look(laptop)]).toEqual([false, {}, {}]);
    expect((await fixture.listOf(ADA)).size).toBe(0);
  });

  test("list and end in a request that signs in act on the sessions of the new user", async () => {
    const laptop = await makeLaptop((session) => session.set("a", 1));
    const id = await idOf(phone);
    const { result } = await laptop.visit(async (session) => {
      session.signIn(ADA);
      const listed = await sessions.list(session);
      return [listed.map((one) => [one.id, one.isCurrent]), await sessions.end(session, id)];
    });
    expect(result).toEqual([[[id, false]], true]);
    expect([await look(phone), await look(laptop)]).toMatchObject([{}, { user: ADA.id }]);
  });
});
