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

/** Ada on another device, a second later. */
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

type Told = Omit<SessionEvent, "session">;

describe("one line with the session's id is logged", () => {
  test.each<[string, () => unknown, Told]>([
    [
      "when it is renewed",
      () => visitor.visit((session) => session.renew()),
      { level: "INFO", event: "session_renewed", reason: "privilege" },
    ],
    [
      "when its user signs in again",
      () => visitor.visit((session) => session.signIn(ADA)),
      { level: "INFO", event: "session_renewed", reason: "sign_in" },
    ],
    [
      "when its time to be renewed has come",
      () =>
        [fixture.clock.advance(HOUR), fixture.makeVisitor({ renewAfter: HOUR }, visitor.jar).visit(seen)][1],
      { level: "INFO", event: "session_renewed", reason: "periodic" },
    ],
    [
      "when it is destroyed",
      () => visitor.visit((session) => session.clear()),
      { level: "INFO", event: "session_destroyed" },
    ],
    [
      "when its user signs out",
      () => visitor.visit((session) => session.signOut()),
      { level: "INFO", event: "session_destroyed" },
    ],
    [
      "when somebody else signs in",
      () => visitor.visit((session) => session.signIn(BOB)),
      { level: "INFO", event: "session_destroyed" },
    ],
    [
      "when it is revoked",
      () => fixture.sessions.endAllOf(ADA.id),
      { level: "INFO", event: "session_revoked" },
    ],
    [
      "when another device ends it",
      () => elsewhere((session) => fixture.sessions.end(session, id)),
      { level: "INFO", event: "session_revoked" },
    ],
    [
      "when it gives way to newer ones",
      async () => [await elsewhere(() => {}), await elsewhere(() => {})],
      { level: "INFO", event: "session_evicted" },
    ],
    [
      "when a change came too late",
      () =>
        meanwhile(
          () => fixture.store.end(id, { reason: "destroyed", now: 0 }),
          (session) => session.set("a", 2),
        ).catch(() => {}),
      { level: "WARN", event: "session_gone", reason: "ended" },
    ],
  ])("%s", async (_when, act, told) => {
    await act();
    const records = fixture.log.records.filter(({ session }) => session === id);
    expect(records).toEqual([{ ...told, session: id }]);
  });

  test("when a touch came too late", async () => {
    await meanwhile(
      () => fixture.store.end(id, { reason: "destroyed", now: 0 }),
      (session) => [fixture.clock.advance(10 * HOUR), seen(session)],
    );
    expect(fixture.log.records).toEqual([
      { level: "INFO", event: "session_gone", session: id, reason: "ended" },
    ]);
  });

  test("when the rights changed before a change arrived", async () => {
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

  test("when it becomes empty", async () => {
    const other = fixture.makeVisitor(SETTINGS);
    await other.visit((session) => session.set("a", 1));
    const session = await idOf(other);
    await other.visit((session) => session.delete("a"));
    expect(fixture.log.records).toEqual([{ level: "INFO", event: "session_destroyed", session }]);
  });

  test("when a further one is refused, with the id that it would have", async () => {
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
  ])("when it ends %s", async (_what, use) => {
    await visitor.visit(use);
    expect(fixture.log.records).toHaveLength(1);
  });
});

describe("nothing is logged", () => {
  test.each<[string, Use]>([
    ["for a session that is used", seen],
    ["for a change", (session) => session.set("a", 2)],
    ["for an increment", (session) => session.increment("a")],
    ["for the list", (session) => fixture.sessions.list(session)],
    ["for another user's id", (session) => fixture.sessions.end(session, "A".repeat(22))],
  ])("%s", async (_what, use) => {
    await visitor.visit(use);
    fixture.clock.advance(10 * HOUR);
    await visitor.visit(use);
    expect(fixture.log.records).toEqual([]);
  });

  test("beside its beginning for a session that begins, with a user or without", async () => {
    await fixture.makeVisitor().visit((session) => session.set("a", 1));
    await fixture.makeVisitor().visit((session) => session.signIn(BOB));
    expect(fixture.log.records).toEqual([]);
  });
});

describe("that a session began is logged with its id", () => {
  test.each<[string, Use]>([
    ["with data", (session) => session.set("a", 1)],
    ["with a user", (session) => session.signIn(BOB)],
  ])("%s", async (_what, use) => {
    const other = fixture.makeVisitor();
    fixture.log.beginnings.length = 0;
    await other.visit(use);
    expect(fixture.log.beginnings).toEqual([
      { level: "INFO", event: "session_began", session: await idOf(other) },
    ]);
  });

  test("when somebody else signs in", async () => {
    await visitor.visit((session) => session.signIn(BOB));
    expect(fixture.log.beginnings.map(({ session }) => session)).toEqual([id, await idOf(visitor)]);
  });

  test("when somebody signs in whose session ended meanwhile", async () => {
    await meanwhile(
      () => fixture.store.end(id, { reason: "destroyed", now: 0 }),
      (session) => session.signIn(ADA),
    );
    expect(fixture.log.beginnings.map(({ session }) => session)).toEqual([id, await idOf(visitor)]);
  });

  test("not when the sign-in was refused", async () => {
    const settings = { maxSessionsPerUser: 1, sessionLimitPolicy: "refuse-new" } as const;
    const refused = fixture.makeVisitor(settings).visit((session) => session.signIn(ADA));
    await expect(refused).rejects.toThrow("no sign-in");
    expect(fixture.log.beginnings.map(({ session }) => session)).toEqual([id]);
  });
});

test("the log never holds a token, a key, a signature, the user or the data", async () => {
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
