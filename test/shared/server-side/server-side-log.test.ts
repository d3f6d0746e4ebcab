import { beforeEach, describe, expect, test } from "vitest";
import type { SessionEvent } from "../../../shared/session/session-log.ts";
import type { Visitor } from "../../../shared/testing/visitor.ts";
import { HOUR, type Use } from "../cookie/secure-cookie-fixture.ts";
import { ADA, BOB, cookiesOf, idOf, look, ServerSideFixture, seen } from "./server-side-fixture.ts";

const SETTINGS = { lifetime: 100 * HOUR, maxSessionsPerUser: 2 };

let fixture: ServerSideFixture;
let visitor: Visitor;
let id: string;

beforeEach(async () => {
  fixture = new ServerSideFixture();
  visitor = fixture.makeVisitor(SETTINGS);
  await visitor.visit((session) => session.set("a", 1).signIn(ADA));
  id = await idOf(visitor);
  fixture.log.records.length = 0;
});

/** Uses a session of Ada on another device, one second later. */
async function elsewhere(use: Use): Promise<void> {
  fixture.clock.advance(1);
  const other = fixture.makeVisitor(SETTINGS);
  await other.visit((session) => session.signIn(ADA));
  await other.visit(use);
}

function meanwhile(act: () => unknown, use: Use): Promise<unknown> {
  return visitor.visit(async (session) => {
    await act();
    await use(session);
  });
}

type ExpectedRecord = Omit<SessionEvent, "session">;

describe("log records with the session's id", () => {
  test.each<[string, () => unknown, ExpectedRecord]>([
    [
      "a renewal",
      () => visitor.visit((session) => session.renew()),
      { level: "INFO", event: "session_renewed", reason: "privilege" },
    ],
    [
      "a further sign-in",
      () => visitor.visit((session) => session.signIn(ADA)),
      { level: "INFO", event: "session_renewed", reason: "sign_in" },
    ],
    [
      "a periodic renewal",
      () =>
        [fixture.clock.advance(HOUR), fixture.makeVisitor({ renewAfter: HOUR }, visitor.jar).visit(seen)][1],
      { level: "INFO", event: "session_renewed", reason: "periodic" },
    ],
    [
      "clear",
      () => visitor.visit((session) => session.clear()),
      { level: "INFO", event: "session_destroyed" },
    ],
    [
      "a sign-out",
      () => visitor.visit((session) => session.signOut()),
      { level: "INFO", event: "session_destroyed" },
    ],
    [
      "a sign-in of another user",
      () => visitor.visit((session) => session.signIn(BOB)),
      { level: "INFO", event: "session_destroyed" },
    ],
    ["a revocation", () => fixture.sessions.endAllOf(ADA.id), { level: "INFO", event: "session_revoked" }],
    [
      "a revocation by another device",
      () => elsewhere((session) => fixture.sessions.end(session, id)),
      { level: "INFO", event: "session_revoked" },
    ],
    [
      "an eviction",
      async () => [await elsewhere(() => {}), await elsewhere(() => {})],
      { level: "INFO", event: "session_evicted" },
    ],
    [
      "a change of a session that was destroyed",
      () =>
        meanwhile(
          () => fixture.store.end(id, { reason: "destroyed", now: 0 }),
          (session) => session.set("a", 2),
        ).catch(() => {}),
      { level: "WARN", event: "session_gone", reason: "ended" },
    ],
  ])("%s is logged with one record of the session", async (_what, act, expected) => {
    await act();
    const records = fixture.log.records.filter(({ session }) => session === id);
    expect(records).toEqual([{ ...expected, session: id }]);
  });

  test("a read that is due to extend a session that was destroyed is logged as session_gone", async () => {
    await meanwhile(
      () => fixture.store.end(id, { reason: "destroyed", now: 0 }),
      (session) => [fixture.clock.advance(10 * HOUR), seen(session)],
    );
    expect(fixture.log.records).toEqual([
      { level: "INFO", event: "session_gone", session: id, reason: "ended" },
    ]);
  });

  test("a change of a session that was renewed during the request is logged as session_conflict", async () => {
    const slow = meanwhile(
      () => visitor.visit((session) => session.renew()),
      (session) => session.set("a", 2),
    );
    await expect(slow).rejects.toThrow("renewed");
    expect(fixture.log.records).toEqual([
      { level: "INFO", event: "session_renewed", session: id, reason: "privilege" },
      { level: "WARN", event: "session_conflict", session: id, reason: "renewed" },
    ]);
  });

  test("a session that becomes empty is logged as session_destroyed", async () => {
    const other = fixture.makeVisitor(SETTINGS);
    await other.visit((session) => session.set("a", 1));
    const session = await idOf(other);
    await other.visit((session) => session.delete("a"));
    expect(fixture.log.records).toEqual([{ level: "INFO", event: "session_destroyed", session }]);
  });

  test("a sign-in over the cap is logged as session_limit_reached, with the id of the refused session", async () => {
    const settings = { maxSessionsPerUser: 1, sessionLimitPolicy: "refuse-new" } as const;
    const refused = fixture.makeVisitor(settings).visit((session) => session.signIn(ADA));
    await expect(refused).rejects.toThrow("no sign-in");
    expect(fixture.log.records).toEqual([
      { level: "WARN", event: "session_limit_reached", session: expect.stringMatching(/^[\w-]{22}$/) },
    ]);
  });

  test.each<[string, Use]>([
    ["itself", (session) => fixture.sessions.end(session, id)],
    ["all sessions of its user", (session) => fixture.sessions.endAll(session)],
  ])("one record is logged when a session ends %s", async (_what, use) => {
    await visitor.visit(use);
    expect(fixture.log.records).toHaveLength(1);
  });
});

describe("nothing is logged", () => {
  test.each<[string, Use]>([
    ["a read", seen],
    ["a change", (session) => session.set("a", 2)],
    ["an increment", (session) => session.increment("a")],
    ["the list of sessions", (session) => fixture.sessions.list(session)],
    ["an unknown id", (session) => fixture.sessions.end(session, "A".repeat(22))],
  ])("%s is not logged", async (_what, use) => {
    await visitor.visit(use);
    fixture.clock.advance(10 * HOUR);
    await visitor.visit(use);
    expect(fixture.log.records).toEqual([]);
  });

  test("a new session, with or without a user, is logged with session_began only", async () => {
    await fixture.makeVisitor().visit((session) => session.set("a", 1));
    await fixture.makeVisitor().visit((session) => session.signIn(BOB));
    expect(fixture.log.records).toEqual([]);
  });
});

describe("session_began", () => {
  test.each<[string, Use]>([
    ["with data", (session) => session.set("a", 1)],
    ["with a user", (session) => session.signIn(BOB)],
  ])("a session that begins %s is logged as session_began with its id", async (_what, use) => {
    const other = fixture.makeVisitor();
    fixture.log.beginnings.length = 0;
    await other.visit(use);
    expect(fixture.log.beginnings).toEqual([
      { level: "INFO", event: "session_began", session: await idOf(other) },
    ]);
  });

  test("a sign-in of another user is logged as session_began with the new id", async () => {
    await visitor.visit((session) => session.signIn(BOB));
    expect(fixture.log.beginnings.map(({ session }) => session)).toEqual([id, await idOf(visitor)]);
  });

  test("a sign-in whose session was destroyed during the request is logged as session_began with the new id", async () => {
    await meanwhile(
      () => fixture.store.end(id, { reason: "destroyed", now: 0 }),
      (session) => session.signIn(ADA),
    );
    expect(fixture.log.beginnings.map(({ session }) => session)).toEqual([id, await idOf(visitor)]);
  });

  test("a sign-in that is refused is not logged as session_began", async () => {
    const settings = { maxSessionsPerUser: 1, sessionLimitPolicy: "refuse-new" } as const;
    const refused = fixture.makeVisitor(settings).visit((session) => session.signIn(ADA));
    await expect(refused).rejects.toThrow("no sign-in");
    expect(fixture.log.beginnings.map(({ session }) => session)).toEqual([id]);
  });
});

test("the log contains no token, no key, no signature, no user and no data", async () => {
  const secrets = new Set<string>(["Ada", "secret data"]);
  const note = () => {
    if (visitor.token === undefined) return;
    const { key, token, userKey = "" } = fixture.tokenOf(visitor);
    for (const secret of [key, token, userKey, ...visitor.token.split(".")]) if (secret) secrets.add(secret);
  };
  const steps: (() => unknown)[] = [
    () => visitor.visit((session) => session.set("a", "secret data")),
    () => visitor.visit((session) => session.renew()),
    () => visitor.visit(seen, { cookies: [`${cookiesOf(visitor).cookies[0]}x`] }),
    () => fixture.makeVisitor({ renewAfter: 1 }, visitor.jar).visit(seen),
    () =>
      meanwhile(
        () => visitor.visit((session) => session.renew()),
        (session) => session.set("b", 1),
      ),
    () => elsewhere(() => {}),
    () =>
      meanwhile(
        () => fixture.sessions.endAllOf(ADA.id),
        (session) => session.set("b", 1),
      ),
    () => visitor.visit((session) => session.set("a", "secret data").signIn(ADA)),
    () => elsewhere((session) => fixture.sessions.endOthers(session)),
    () => visitor.visit(seen),
    () => visitor.visit((session) => session.set("a", "secret data").signIn(BOB)),
    () => visitor.visit((session) => session.signOut()),
  ];
  for (const step of steps) {
    note();
    fixture.clock.advance(HOUR);
    await Promise.resolve(step()).catch(() => {});
    note();
  }
  const events = new Set(fixture.log.records.map(({ event }) => event));
  expect(events.size).toBeGreaterThan(5);
  expect(secrets.size).toBeGreaterThan(15);
  expect([...secrets].filter((secret) => fixture.log.text.includes(secret))).toEqual([]);
  expect(await look(visitor)).toEqual({});
});
