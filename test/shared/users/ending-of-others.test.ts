import { beforeEach, describe, expect, test } from "vitest";
import { hashIdentifier } from "../../../shared/crypto/identifiers.ts";
import type { Session } from "../../../shared/session/session.ts";
import type { SessionSettings } from "../../../shared/session/session-settings.ts";
import type { Visitor } from "../../../shared/testing/visitor.ts";
import { ADA, BOB, cookiesOf, idOf, look, ServerSideFixture } from "../server-side/server-side-fixture.ts";

/** A sign-in of Bob's, which fails, has listed Ada's session among his until it notices the failure. */
let fixture: ServerSideFixture;
let ada: Visitor;
let bob: Visitor;
let id: string;

/** Gives Bob a device, and Ada a session that nobody is signed in to, whose cookie Bob has planted. */
async function start(settings: SessionSettings = {}): Promise<void> {
  fixture = new ServerSideFixture();
  bob = fixture.makeVisitor(settings);
  await bob.visit((session) => session.signIn(BOB));
  ada = fixture.makeVisitor(settings);
  await ada.visit((session) => session.set("cart", ["tea"]));
  id = await idOf(ada);
}

beforeEach(() => start());

/** Lets Bob sign in with the planted cookie, and acts between the two writes of that sign-in. */
function signInAsBob(between: () => unknown, signInAsAda: "before" | "after" = "before"): Promise<unknown> {
  const planted = cookiesOf(ada);
  return fixture.makeVisitor().visit(async (session) => {
    session.signIn(BOB);
    if (signInAsAda === "before") await ada.visit((other) => other.signIn(ADA));
    fixture.steered.before("change", between);
  }, planted);
}

/** Calls the directory in a request of Bob's device. */
async function ask<T>(use: (session: Session) => Promise<T>): Promise<T> {
  return (await bob.visit(use)).result;
}

const ENDINGS: readonly [what: string, end: () => Promise<unknown>][] = [
  ["end", () => ask((session) => fixture.sessions.end(session, id))],
  ["endOthers", () => ask((session) => fixture.sessions.endOthers(session))],
  ["endAll", () => ask((session) => fixture.sessions.endAll(session))],
  ["endAllOf", () => fixture.sessions.endAllOf(BOB.id)],
];

describe.each(ENDINGS)("%s by another user", (what, end) => {
  test(`${what} does not end the session of a user who signed in to it before`, async () => {
    await signInAsBob(end);
    expect(await look(ada)).toEqual({ cart: ["tea"], user: ADA.id });
    expect(fixture.log.records).not.toContainEqual(
      expect.objectContaining({ event: "session_revoked", session: id }),
    );
  });

  test(`${what} does not end the session of a user when a failed sign-in has left it in the list`, async () => {
    fixture.steered.fail("removeUserSession", new Error("gone"));
    await signInAsBob(() => {}).catch(() => {});
    expect((await fixture.listOf(BOB)).has(id)).toBe(true);
    await end();
    expect(await look(ada)).toEqual({ cart: ["tea"], user: ADA.id });
  });
});

test("end returns false for a session that another user has signed in to", async () => {
  let result: unknown;
  await signInAsBob(async () => {
    result = await ask((session) => fixture.sessions.end(session, id));
  });
  expect(result).toBe(false);
});

test("endOthers does not count a session that another user has signed in to", async () => {
  let result: unknown;
  await signInAsBob(async () => {
    result = await ask((session) => fixture.sessions.endOthers(session));
  });
  expect(result).toBe(0);
});

test("a sign-in over the cap does not evict the session of another user", async () => {
  await start({ maxSessionsPerUser: 2 });
  await signInAsBob(async () => {
    fixture.clock.advance(1);
    for (let times = 0; times < 2; times++)
      await fixture.makeVisitor({ maxSessionsPerUser: 2 }).visit((session) => session.signIn(BOB));
  });
  expect(await look(ada)).toEqual({ cart: ["tea"], user: ADA.id });
  expect(fixture.log.records).not.toContainEqual(
    expect.objectContaining({ event: "session_evicted", session: id }),
  );
});

test("a sign-in succeeds in a session that another user's list had, and whose record that user ends meanwhile", async () => {
  const endedByBob: Promise<unknown>[] = [];
  await ada.visit(async (session) => {
    session.signIn(ADA);
    fixture.steered.before("change", () =>
      signInAsBob(() => endedByBob.push(fixture.sessions.endAllOf(BOB.id)), "after"),
    );
  });
  await Promise.all(endedByBob);
  expect(await look(ada)).toMatchObject({ user: ADA.id });
});

test("all sessions of a user end with one whose sign-in is under way", async () => {
  fixture.steered.before("change", () => fixture.sessions.endAllOf(ADA.id));
  const before = id;
  await ada.visit((session) => session.signIn(ADA));
  expect(await fixture.found(before)).toBe("revoked");
  expect(await look(ada)).toMatchObject({ user: ADA.id });
});

test("a sign-in that stops after it has listed the session leaves no entry of one that ended meanwhile", async () => {
  await ada.visit((session) => session.signIn(ADA));
  const entry = { createdAt: fixture.clock.seconds, lastSeenAt: fixture.clock.seconds, expiresAt: 2e9 };
  fixture.steered.before("end", async () => {
    const userKey = hashIdentifier(ADA.id);
    const { generation = 0 } = (await fixture.store.readUser(userKey)) ?? {};
    await fixture.store.addUserSession(userKey, { generation, id, session: entry, remove: [] });
  });
  expect(await fixture.sessions.endAllOf(ADA.id)).toBe(1);
  expect(await fixture.found(id)).toBe("revoked");
  expect(await fixture.listOf(ADA)).toEqual(new Map());
});
