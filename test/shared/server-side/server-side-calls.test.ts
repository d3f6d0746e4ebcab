import { beforeEach, describe, expect, test } from "vitest";
import { hashIdentifier, toSessionId as sessionId } from "../../../shared/crypto/identifiers.ts";
import type { Session } from "../../../shared/session/session.ts";
import type { RecordChange } from "../../../shared/stores/session-record.ts";
import type { Visitor } from "../../../shared/testing/visitor.ts";
import { HOUR, showing, type Use } from "../cookie/secure-cookie-fixture.ts";
import { ADA, BOB, cookiesOf, ServerSideFixture } from "./server-side-fixture.ts";
import type { CallName } from "./steered-store.ts";

let fixture: ServerSideFixture;
let visitor: Visitor;

beforeEach(() => {
  fixture = new ServerSideFixture();
  visitor = fixture.makeVisitor({ lifetime: 10 * HOUR });
});

/** Returns the store calls of one request. */
function callsOf(use: Use, options = {}): Promise<CallName[]> {
  return fixture.steered.during(() => visitor.visit(use, options));
}

/** Returns the changes that were written since the last `forget`. */
function changes(): RecordChange[] {
  return fixture.steered.calls
    .filter(({ name }) => name === "change")
    .map(({ arguments: [, change] }) => change as RecordChange);
}

const set: Use = (session) => session.set("a", 1);
const signIn: Use = (session) => session.signIn(ADA);

describe("store calls of a visitor without a session", () => {
  test.each<[string, Use]>([
    ["is not used", () => {}],
    ["is read", (session) => [session.get("a"), session.user, session.flashes(), session.toJSON()]],
    ["is emptied", (session) => session.delete("a")],
    ["is filled and emptied", (session) => [session.set("a", 1), session.delete("a")]],
    ["is cleared", (session) => session.clear()],
    ["is only made permanent", (session) => Object.assign(session, { permanent: true })],
    ["is renewed", (session) => session.renew()],
  ])("a visitor without a session causes no store call when the session %s", async (_what, use) => {
    expect(await callsOf(use)).toEqual([]);
  });

  test.each<[string, Use]>([
    ["set", set],
    ["incremented", (session) => session.increment("n")],
    ["updated", (session) => session.update("n", () => 1)],
    [
      "incremented several times",
      async (session) => [await session.increment("n"), await session.increment("n")],
    ],
    ["flashed to", (session) => session.flash("hello")],
    ["set and renewed", (session) => [set(session), session.renew()]],
  ])("a visitor without a session causes one store call when the session is %s", async (_what, use) => {
    expect(await callsOf(use)).toEqual(["begin"]);
  });

  test("a sign-in without a session reads and writes the user's list, and stores the session", async () => {
    expect(await callsOf(signIn)).toEqual(["readUser", "addUserSession", "begin"]);
  });
});

describe("store calls of a visitor with a forged cookie", () => {
  test.each<[string, (cookie: string) => string]>([
    ["of another key", () => "A".repeat(44).concat(".awQqwA.", "A".repeat(43))],
    ["with a changed signature", (cookie) => cookie.slice(0, -1) + (cookie.endsWith("A") ? "B" : "A")],
    ["with a changed token", (cookie) => (cookie.startsWith("A") ? "B" : "A") + cookie.slice(1)],
    ["without a signature", () => "hello"],
  ])("a forged cookie %s causes no store call", async (_what, forge) => {
    await visitor.visit(set);
    expect(await callsOf((session) => session.get("a"), showing(forge(visitor.token ?? "")))).toEqual([]);
  });

  test("a valid cookie of an expired session causes one read, because the record knows its last use", async () => {
    await visitor.visit(set);
    const cookies = cookiesOf(visitor);
    fixture.clock.advance(11 * HOUR + 1);
    expect(await callsOf((session) => session.get("a"), cookies)).toEqual(["read"]);
  });
});

describe("store calls of a visitor with a session", () => {
  beforeEach(() => visitor.visit(set));

  test.each<[string, Use, CallName[]]>([
    ["does not use the session", () => {}, ["read"]],
    ["reads the session", (session) => session.toJSON(), ["read"]],
    ["deletes a key that does not exist", (session) => session.delete("b"), ["read"]],
    ["sets two keys", (session) => session.set("a", 2).set("b", 3), ["read", "change"]],
    [
      "deletes one key and sets another",
      (session) => [session.delete("a"), session.set("b", 1)],
      ["read", "change"],
    ],
    ["increments a number", (session) => session.increment("n"), ["read", "change"]],
    ["updates a key", (session) => session.update("a", (a) => a + 1), ["read", "change"]],
    ["renews the session", (session) => session.renew(), ["read", "change"]],
    [
      "renews the session and sets a key",
      (session) => [session.renew(), session.set("a", 2)],
      ["read", "change"],
    ],
    ["flashes a message", (session) => session.flash("hello"), ["read", "change"]],
    [
      "makes the session permanent",
      (session) => Object.assign(session, { permanent: true }),
      ["read", "change"],
    ],
    ["deletes the last data", (session) => session.delete("a"), ["read", "end"]],
    ["clears the session", (session) => session.clear(), ["read", "read", "end"]],
    [
      "clears the session and sets a key",
      (session) => [session.clear(), set(session)],
      ["read", "read", "end", "begin"],
    ],
    ["signs in", signIn, ["read", "readUser", "addUserSession", "change"]],
  ])("a request with a session that %s makes only these store calls", async (_what, use, calls) => {
    expect(await callsOf(use)).toEqual(calls);
  });

  test("a session that is only read is written at most once per tenth of its lifetime", async () => {
    const calls: CallName[][] = [];
    for (let minutes = 0; minutes < 180; minutes += 10) {
      fixture.clock.advance(10 * 60);
      calls.push(await callsOf((session) => session.get("a")));
    }
    const touched = calls.flatMap((names, index) => (names.includes("change") ? [(index + 1) * 10] : []));
    expect(touched).toEqual([60, 120, 180]);
    expect(calls.every(([name]) => name === "read")).toBe(true);
  });

  test("the write of a session that was only read contains the times, and the current token as its condition", async () => {
    const { tokenHash, createdAt } = await fixture.recordOf(sessionId(fixture.tokenOf(visitor).key));
    fixture.clock.advance(HOUR);
    await callsOf((session) => session.get("a"));
    const now = fixture.clock.seconds;
    expect(changes()).toEqual([
      {
        now,
        condition: { epoch: 0, tokenHash },
        set: new Map(),
        remove: new Set(),
        record: { lastSeenAt: now, expiresAt: now + 10 * HOUR },
      },
    ]);
    expect(createdAt).toBe(now - HOUR);
  });

  test("a write contains only the keys that changed", async () => {
    await visitor.visit((session) => session.set("list", [1]).set("b", "text").set("c", true).set("d", null));
    fixture.steered.forget();
    await visitor.visit((session) => {
      session.get("b");
      session.get("list").push(2);
      session.delete("c");
      session.set("e", 7);
    });
    const [{ set: written, remove, add } = {}] = changes();
    expect({ written, remove, add }).toEqual({
      written: new Map<string, unknown>([
        ["list", "[1,2]"],
        ["e", 7],
      ]),
      remove: new Set(["c"]),
      add: undefined,
    });
    expect(changes()).toHaveLength(1);
  });

  test("the write of an increment contains the summand and not the sum", async () => {
    fixture.steered.forget();
    await visitor.visit((session) => session.increment("a", 5));
    const [{ set: written, remove, add } = {}] = changes();
    expect([written, remove, add]).toEqual([undefined, undefined, { key: "a", by: 5 }]);
  });

  test("an updated key is written at once, and not again with the session", async () => {
    fixture.steered.forget();
    const { result } = await visitor.visit(async (session) => {
      await session.update("a", (a) => a + 1);
      return changes().length;
    });
    expect([result, changes().length]).toEqual([1, 1]);
  });
});

describe("store calls of a user who is signed in", () => {
  beforeEach(() => visitor.visit((session) => session.set("a", 1).signIn(ADA)));

  test.each<[string, Use, CallName[]]>([
    ["reads the user", (session) => session.user, ["read"]],
    ["sets a key", (session) => session.set("a", 2), ["read", "change"]],
    ["renews the session", (session) => session.renew(), ["read", "change"]],
    ["signs in again", signIn, ["read", "readUser", "addUserSession", "change"]],
    ["signs out", (session) => session.signOut(), ["read", "end", "removeUserSession"]],
    [
      "signs in another user",
      (session) => session.signIn(BOB),
      ["read", "readUser", "addUserSession", "begin", "end", "removeUserSession"],
    ],
  ])("a request of a user that %s makes only these store calls", async (_what, use, calls) => {
    expect(await callsOf(use)).toEqual(calls);
  });

  test("the read of a user's session names the session's id and the hashed id of the user", async () => {
    await callsOf((session) => session.user);
    expect(fixture.steered.calls[0]?.arguments).toEqual([
      expect.stringMatching(/^[\w-]{22}$/),
      hashIdentifier(ADA.id),
    ]);
  });

  test("a user's session and its entry are written at most once per tenth of the lifetime", async () => {
    const counts: Record<string, number> = {};
    for (let minutes = 0; minutes < 180; minutes += 10) {
      fixture.clock.advance(10 * 60);
      for (const name of await callsOf((session) => session.get("a"))) counts[name] = (counts[name] ?? 0) + 1;
    }
    expect(counts).toEqual({ read: 18, change: 3, touchUserSession: 3 });
  });
});

describe("the secrets of a session", () => {
  /** Returns the arguments of all store calls as JSON. */
  function given(): string {
    return JSON.stringify(fixture.steered.calls, (_key, value) =>
      value instanceof Map || value instanceof Set ? [...value] : value,
    );
  }

  test("the store never receives a key, a token, a signature or a user's id", async () => {
    const user = { id: "ada@example.com", name: "Ada" };
    const uses: ((session: Session) => unknown)[] = [
      set,
      (session) => session.increment("n"),
      (session) => session.update("n", (n) => n + 1),
      (session) => session.renew(),
      (session) => session.signIn(user),
      (session) => fixture.sessions.list(session),
      (session) => fixture.sessions.endOthers(session),
      (session) => session.flash("hello"),
      (session) => session.flashes(),
      (session) => [session.clear(), set(session)],
      (session) => session.delete("a"),
    ];
    const secrets = new Set<string>();
    fixture.steered.forget();
    for (const use of uses) {
      await visitor.visit(use);
      fixture.clock.advance(HOUR);
      if (visitor.token === undefined) continue;
      const { key, token } = fixture.tokenOf(visitor);
      for (const secret of [key, token, visitor.token.split(".").at(-1) as string]) secrets.add(secret);
    }
    expect(secrets.size).toBeGreaterThan(10);
    expect(new Set(fixture.steered.names).size).toBeGreaterThan(6);
    const text = given().replaceAll(JSON.stringify(JSON.stringify(user)), "");
    expect([...secrets, user.id].filter((secret) => text.includes(secret))).toEqual([]);
  });
});
