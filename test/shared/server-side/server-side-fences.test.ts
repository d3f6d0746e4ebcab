import { beforeEach, describe, expect, test } from "vitest";
import { hashIdentifier } from "../../../shared/crypto/identifiers.ts";
import { SessionConflictError } from "../../../shared/session/session-errors.ts";
import type { SavedSession } from "../../../shared/session/session-outcome.ts";
import type { Visitor } from "../../../shared/testing/visitor.ts";
import { HOUR, kindOf, type Use } from "../cookie/secure-cookie-fixture.ts";
import { ADA, BOB, cookiesOf, idOf, look, ServerSideFixture } from "./server-side-fixture.ts";

const SETTINGS = { lifetime: HOUR, maxSessionsPerUser: 2 };

let fixture: ServerSideFixture;
let visitor: Visitor;
let id: string;
/** The Cookie header of the session that ends. */
let cookies: { readonly cookies: readonly string[] };

beforeEach(async () => {
  fixture = new ServerSideFixture();
  visitor = fixture.makeVisitor(SETTINGS);
  await visitor.visit((session) => session.set("secret", "Ada's").set("n", 1).signIn(ADA));
  id = await idOf(visitor);
  cookies = cookiesOf(visitor);
  fixture.log.records.length = 0;
});

/** The ways in which a session of Ada ends during one of its requests. */
const ENDS: readonly [what: string, end: () => unknown, known: boolean][] = [
  ["was destroyed", () => visitor.visit((session) => session.clear()), true],
  ["was signed out", () => visitor.visit((session) => session.signOut()), true],
  [
    "was cleared and filled again",
    () => visitor.visit((session) => [session.clear(), session.set("new", 1)]),
    true,
  ],
  ["was revoked", () => fixture.sessions.endAllOf(ADA.id), true],
  ["was revoked by another device", () => elsewhere((session) => fixture.sessions.endOthers(session)), true],
  ["was ended by its id", () => elsewhere((session) => fixture.sessions.end(session, id)), true],
  ["was evicted by newer sessions", async () => [await elsewhere(() => {}), await elsewhere(() => {})], true],
  ["expired", () => fixture.clock.advance(HOUR + 1), false],
];

/** Uses a session of Ada on another device, one second later. */
async function elsewhere(use: Use): Promise<void> {
  fixture.clock.advance(1);
  const other = fixture.makeVisitor(SETTINGS);
  await other.visit((session) => session.signIn(ADA));
  await other.visit(use);
}

/** Returns the result of a slow request whose session ends before `use`. */
async function slow(use: Use, end: () => unknown): Promise<SavedSession & { refused: boolean }> {
  const visit = fixture.makeVisitor(SETTINGS).visit(async (session) => {
    await end();
    await use(session);
  }, cookies);
  try {
    return { ...(await visit), refused: false };
  } catch (error) {
    if (!(error instanceof SessionConflictError)) throw error;
    expect(error.reason).toBe("ended");
    return { ...error.saved, refused: true };
  }
}

/** Expects that the session that ended is neither in the store nor opened by its cookie. */
async function expectGone(known: boolean): Promise<void> {
  const record = await fixture.found(id);
  if (known) expect(record).toEqual(expect.stringMatching(/^(destroyed|revoked|evicted)$/));
  const visit = await fixture.makeVisitor(SETTINGS).visit((session) => session.toJSON(), cookies);
  expect(visit.result).toEqual({});
  if (known) expect((await fixture.listOf(ADA)).has(id)).toBe(false);
}

describe.each(ENDS)("a session that %s during a request", (what, end, known) => {
  test.each<[string, Use]>([
    ["sets a key", (session) => session.set("a", 1)],
    ["deletes a key", (session) => session.delete("secret")],
    [
      "changes several keys",
      (session) => [session.set("secret", 0), session.delete("n"), session.flash("hello")],
    ],
    ["renews it", (session) => session.renew()],
    ["makes it permanent", (session) => Object.assign(session, { permanent: true })],
    ["increments", (session) => session.increment("n")],
    ["increments by a number that the store cannot add", (session) => session.increment("n", 1e300)],
    ["updates", (session) => session.update("n", () => 7)],
  ])(
    `a session that ${what} during a request that %s is not restored: conflict, and the cookie is deleted`,
    async (_do, use) => {
      const saved = await slow(use, end);
      expect([saved.refused, kindOf(saved.setCookie), saved.vary]).toEqual([true, "delete", true]);
      const gone = fixture.log.records.filter(({ event }) => event === "session_gone");
      expect(gone).toEqual([{ level: "WARN", event: "session_gone", session: id, reason: "ended" }]);
      await expectGone(known);
    },
  );

  test(`a session that ${what} during a request that only reads is not restored, and the cookie is deleted`, async () => {
    const use: Use = (session) => [fixture.clock.advance(HOUR / 10), session.get("n")];
    const saved = await slow(use, end);
    expect([saved.refused, kindOf(saved.setCookie), saved.vary]).toEqual([false, "delete", true]);
    expect(fixture.events.filter((event) => event.startsWith("session_gone"))).toEqual([
      "session_gone: ended",
    ]);
    await expectGone(known);
  });

  test(`a session that ${what} during a request that does not use it causes no error`, async () => {
    expect(await slow(() => {}, end)).toMatchObject({ refused: false, vary: false });
  });

  test(`a session that ${what} can be cleared by the request, without an error`, async () => {
    const saved = await slow((session) => session.clear(), end);
    expect([saved.refused, kindOf(saved.setCookie)]).toEqual([false, "delete"]);
    await expectGone(true);
  });

  test(`a sign-in during which the session ${what} succeeds without the data of that session`, async () => {
    const again = fixture.makeVisitor(SETTINGS);
    await again.visit(async (session) => {
      await end();
      session.set("mine", 1);
      session.signIn(ADA);
    }, cookies);
    expect(await look(again)).toEqual({ mine: 1, user: ADA.id });
    expect(await idOf(again)).not.toBe(id);
    expect((await fixture.listOf(ADA)).has(await idOf(again))).toBe(true);
  });
});

describe("a session that ends during its sign-in", () => {
  test("the user's list has only the new session when the old one was revoked during the sign-in", async () => {
    await visitor.visit(async (session) => {
      await fixture.sessions.endAllOf(ADA.id);
      session.signIn(ADA);
    });
    expect([...(await fixture.listOf(ADA)).keys()]).toEqual([await idOf(visitor)]);
  });

  test("the user's list has only the new session when the old one expired during the sign-in", async () => {
    await visitor.visit((session) => {
      fixture.clock.advance(HOUR + 1);
      session.signIn(ADA);
    });
    expect([...(await fixture.listOf(ADA)).keys()]).toEqual([await idOf(visitor)]);
  });

  test("a session that begins because the old one was revoked is permanent by the default setting", async () => {
    await visitor.visit((session) => Object.assign(session, { permanent: true }));
    const { setCookie } = await visitor.visit(async (session) => {
      await fixture.sessions.endAllOf(ADA.id);
      session.signIn(ADA);
    });
    const { result } = await visitor.visit((session) => session.permanent);
    expect(/Max-Age=\d+/.test(setCookie ?? "")).toBe(result);
  });
});

describe("a revocation", () => {
  test("a revocation is effective although the record could not be ended", async () => {
    fixture.steered.fail("end", new Error("gone"));
    expect(await fixture.sessions.endAllOf(ADA.id)).toBe(1);
    expect(await fixture.recordOf(id)).toMatchObject({ userKey: hashIdentifier(ADA.id) });
    expect(await look(visitor)).toEqual({});
    expect(fixture.log.records.at(-1)).toMatchObject({ reason: "revoked", session: id });
  });

  test.each<[string, Use]>([
    ["a change", (session) => session.set("a", 1)],
    ["an increment", (session) => session.increment("n")],
    ["a renewal", (session) => session.renew()],
  ])("a revocation is effective for %s that is written before the record is ended", async (_what, use) => {
    await visitor.visit(async (session) => {
      fixture.steered.fail("end", new Error("gone"));
      await fixture.sessions.endAllOf(ADA.id);
      await use(session);
    });
    expect(await look(visitor)).toEqual({});
    expect((await fixture.listOf(ADA)).size).toBe(0);
  });

  test("a read that extends the session notices a revocation although the record still exists", async () => {
    const { setCookie } = await visitor.visit(async (session) => {
      fixture.steered.fail("end", new Error("gone"));
      await fixture.sessions.endAllOf(ADA.id);
      fixture.clock.advance(HOUR / 10);
      session.get("n");
    });
    expect(kindOf(setCookie)).toBe("delete");
    expect((await fixture.listOf(ADA)).size).toBe(0);
  });

  test("a revocation keeps the sessions of other users", async () => {
    const other = fixture.makeVisitor();
    await other.visit((session) => session.signIn(BOB));
    await fixture.sessions.endAllOf(ADA.id);
    expect(await look(other)).toEqual({ user: BOB.id });
  });
});

describe("the cookie of a session that ended", () => {
  test.each(ENDS)(
    "the cookie of a session that %s is refused with one log record, and deleted",
    async (_what, end) => {
      await end();
      fixture.log.records.length = 0;
      const { result, setCookie } = await fixture
        .makeVisitor(SETTINGS)
        .visit((session) => [session.isNew, session.size, session.user, session.id], cookies);
      expect(result).toEqual([true, 0, undefined, undefined]);
      expect(kindOf(setCookie)).toBe("delete");
      expect(fixture.log.records).toEqual([
        {
          level: "WARN",
          event: "session_refused",
          reason: expect.stringMatching(/^(destroyed|revoked|evicted|expired)$/),
          cookie: "__Host-session",
          session: id,
        },
      ]);
    },
  );

  test("data that is set after a revocation is saved in a new session", async () => {
    await fixture.sessions.endAllOf(ADA.id);
    await visitor.visit((session) => session.set("a", 1));
    expect(await look(visitor)).toEqual({ a: 1 });
    expect(await idOf(visitor)).not.toBe(id);
  });
});
