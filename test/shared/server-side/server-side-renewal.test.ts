import { beforeEach, describe, expect, test } from "vitest";
import { hashIdentifier } from "../../../shared/crypto/identifiers.ts";
import { SessionConflictError } from "../../../shared/session/session-errors.ts";
import type { SessionSettings } from "../../../shared/session/session-settings.ts";
import type { Visitor } from "../../../shared/testing/visitor.ts";
import { HOUR, kindOf, type Use } from "../cookie/secure-cookie-fixture.ts";
import { ADA, BOB, cookiesOf, idOf, look, ServerSideFixture, seen } from "./server-side-fixture.ts";

/** Seconds for which the previous token is remembered. */
const GRACE = 10;

let fixture: ServerSideFixture;
let visitor: Visitor;

async function start(settings: SessionSettings = {}): Promise<void> {
  fixture = new ServerSideFixture();
  visitor = fixture.makeVisitor(settings);
  await visitor.visit((session) => session.set("cart", ["a"]));
}

beforeEach(() => start());

/** Sends a request with a cookie from a browser that has none of its own. */
async function visitWith(cookies: ReturnType<typeof cookiesOf>, use: Use = seen) {
  const { result, setCookie, vary } = await fixture.makeVisitor().visit(use, cookies);
  return { result, cookie: kindOf(setCookie), vary };
}

const PRIVILEGES: readonly [string, Use][] = [
  ["a sign-in", (session) => session.signIn(ADA)],
  ["a renewal", (session) => session.renew()],
];

describe.each(PRIVILEGES)("%s", (what, renew) => {
  test(`${what} keeps the session's key and data, and changes the token`, async () => {
    const [before, id] = [fixture.tokenOf(visitor), await idOf(visitor)];
    await visitor.visit(renew);
    const after = fixture.tokenOf(visitor);
    expect([after.key, await idOf(visitor)]).toEqual([before.key, id]);
    expect(after.token).not.toBe(before.token);
    expect(await look(visitor)).toMatchObject({ cart: ["a"] });
  });

  test(`${what} invalidates the old token at once, whose cookie is kept`, async () => {
    const old = cookiesOf(visitor);
    await visitor.visit(renew);
    expect(await visitWith(old)).toEqual({ result: {}, cookie: "none", vary: true });
    expect(fixture.log.records.at(-1)).toMatchObject({ event: "session_refused", reason: "token_replaced" });
  });

  test.each<[string, Use]>([
    ["sets a key", (session) => session.set("a", 1)],
    ["increments", (session) => session.increment("n")],
    ["updates", (session) => session.update("n", () => 1)],
    ["flashes", (session) => session.flash("hello")],
  ])(`a request with the old token that %s a moment after ${what} is a conflict`, async (_do, use) => {
    const [old, id] = [cookiesOf(visitor), await idOf(visitor)];
    await visitor.visit(renew);
    fixture.clock.advance(GRACE);
    const late = visitWith(old, use);
    await expect(late).rejects.toMatchObject({ reason: "renewed", saved: { vary: true } });
    await expect(late).rejects.toSatisfy(
      (error) => error instanceof SessionConflictError && error.saved.setCookie === undefined,
    );
    expect(fixture.log.records.at(-1)).toEqual({
      level: "WARN",
      event: "session_conflict",
      session: id,
      reason: "renewed",
    });
  });

  test(`a request with the old token ten seconds after ${what} begins a new session`, async () => {
    const old = cookiesOf(visitor);
    await visitor.visit(renew);
    fixture.clock.advance(GRACE + 1);
    expect(await visitWith(old, (session) => session.set("a", 1))).toMatchObject({ cookie: "set" });
    expect(await look(visitor)).not.toHaveProperty("a");
  });

  test(`a sign-in with the old token after ${what} begins a session of its own`, async () => {
    const old = cookiesOf(visitor);
    await visitor.visit(renew);
    const late = fixture.makeVisitor();
    await late.visit((session) => session.set("mine", 1).signIn(BOB), old);
    expect(await look(late)).toEqual({ mine: 1, user: BOB.id });
    expect(await look(visitor)).not.toHaveProperty("mine");
  });

  test.each<[string, Use]>([
    ["sets a key", (session) => session.set("a", 1)],
    ["deletes a key", (session) => session.delete("cart")],
    ["increments", (session) => session.increment("n")],
    ["updates", (session) => session.update("n", () => 1)],
    ["renews too", (session) => session.renew()],
  ])(`a request that began before ${what} and %s is a conflict`, async (_do, use) => {
    await visitor.visit((session) => session.set("other", 1));
    const slow = visitor.visit(async (session) => {
      await visitor.visit(renew);
      await use(session);
    });
    await expect(slow).rejects.toMatchObject({ reason: "renewed", saved: { vary: true } });
    await expect(slow).rejects.not.toHaveProperty("saved.setCookie");
    expect(await look(visitor)).toMatchObject({ cart: ["a"], other: 1 });
    expect(fixture.events.filter((event) => event.startsWith("session_conflict"))).toHaveLength(1);
  });

  test(`a request that began before ${what} and only reads does not send the old token`, async () => {
    const { setCookie, vary } = await visitor.visit(async (session) => {
      await visitor.visit(renew);
      fixture.clock.advance(31 * 24 * HOUR * 0.2);
      session.get("cart");
    });
    expect([setCookie, vary]).toEqual([undefined, true]);
    expect(await look(visitor)).toMatchObject({ cart: ["a"] });
  });

  test(`${what} is saved with the other changes of its request`, async () => {
    await visitor.visit((session) => [session.set("a", 1), session.delete("cart"), renew(session)]);
    expect(await look(visitor)).toMatchObject({ a: 1 });
    expect(await look(visitor)).not.toHaveProperty("cart");
  });

  test(`${what} is stored in the record with a new epoch and the previous token`, async () => {
    const id = await idOf(visitor);
    const before = await fixture.recordOf(id);
    fixture.clock.advance(5);
    await visitor.visit(renew);
    expect(await fixture.recordOf(id)).toMatchObject({
      epoch: 1,
      tokenHash: hashIdentifier(fixture.tokenOf(visitor).token),
      previous: { tokenHash: before.tokenHash, until: fixture.clock.seconds + GRACE, opens: false },
      renewedAt: fixture.clock.seconds,
      createdAt: before.createdAt + (fixture.events.at(-1)?.endsWith("sign_in") ? 5 : 0),
    });
  });
});

describe("a sign-in", () => {
  test("a sign-in invalidates a token that an attacker planted", async () => {
    const attacker = fixture.makeVisitor();
    await attacker.visit((session) => session.set("planted", 1));
    const plant = cookiesOf(attacker);
    const victim = fixture.makeVisitor();
    await victim.visit((session) => session.signIn(ADA), plant);
    expect(await look(victim)).toEqual({ planted: 1, user: ADA.id });
    for (const seconds of [0, GRACE, HOUR]) {
      fixture.clock.advance(seconds);
      expect((await visitWith(plant)).result).toEqual({});
      expect((await attacker.visit(seen)).result).toEqual({});
    }
    expect(await look(victim)).toEqual({ planted: 1, user: ADA.id });
  });

  test("a sign-in is not opened by the old token with the user's key, nor by the new one without it", async () => {
    const old = fixture.tokenOf(visitor);
    await visitor.visit((session) => session.signIn(ADA));
    const guess = fixture.signed({ ...old, userKey: hashIdentifier(ADA.id) });
    expect((await visitWith({ cookies: [`__Host-session=${guess}`] })).result).toEqual({});
    const current = fixture.tokenOf(visitor);
    for (const userKey of [undefined, hashIdentifier(BOB.id)]) {
      const stripped = fixture.signed({ ...current, userKey });
      expect((await visitWith({ cookies: [`__Host-session=${stripped}`] })).result).toEqual({});
    }
  });

  test("a sign-in begins a session of its own when a parallel sign-in of another user was quicker", async () => {
    const slow = fixture.makeVisitor();
    await slow.visit(async (session) => {
      await visitor.visit((other) => other.signIn(ADA));
      session.set("mine", 1);
      session.signIn(BOB);
    }, cookiesOf(visitor));
    expect(await look(visitor)).toEqual({ cart: ["a"], user: ADA.id });
    expect(await look(slow)).toEqual({ cart: ["a"], mine: 1, user: BOB.id });
    expect([...(await fixture.listOf(ADA)).keys()]).toEqual([await idOf(visitor)]);
    expect([...(await fixture.listOf(BOB)).keys()]).toEqual([await idOf(slow)]);
  });

  test("two parallel sign-ins of one user result in two sessions with the data", async () => {
    const slow = fixture.makeVisitor();
    await slow.visit(async (session) => {
      await visitor.visit((other) => other.signIn(ADA));
      session.signIn(ADA);
    }, cookiesOf(visitor));
    const ids = [await idOf(visitor), await idOf(slow)];
    expect(new Set((await fixture.listOf(ADA)).keys())).toEqual(new Set(ids));
    expect([await look(visitor), await look(slow)]).toEqual([
      { cart: ["a"], user: ADA.id },
      { cart: ["a"], user: ADA.id },
    ]);
  });

  test("a sign-in that is refused keeps the session of a parallel sign-in", async () => {
    const settings = { maxSessionsPerUser: 1, sessionLimitPolicy: "refuse-new" } as const;
    await start(settings);
    const slow = fixture.makeVisitor(settings).visit(async (session) => {
      await visitor.visit((other) => other.signIn(ADA));
      session.signIn(ADA);
    }, cookiesOf(visitor));
    await expect(slow).rejects.toThrow("no sign-in");
    expect(await look(visitor)).toEqual({ cart: ["a"], user: ADA.id });
  });

  test("a further sign-in restarts the times of its entry in the user's list", async () => {
    await visitor.visit((session) => session.signIn(ADA));
    fixture.clock.advance(HOUR);
    await visitor.visit((session) => session.signIn(ADA));
    expect([...(await fixture.listOf(ADA)).values()]).toMatchObject([{ createdAt: fixture.clock.seconds }]);
  });

  test("a sign-in of another user begins another session, and destroys the previous one", async () => {
    await visitor.visit((session) => session.signIn(ADA));
    const [old, id] = [cookiesOf(visitor), await idOf(visitor)];
    await visitor.visit((session) => session.signIn(BOB));
    expect(await look(visitor)).toEqual({ user: BOB.id });
    expect([await fixture.found(id), (await fixture.listOf(ADA)).size]).toEqual(["destroyed", 0]);
    expect([...(await fixture.listOf(BOB)).keys()]).toEqual([await idOf(visitor)]);
    expect((await visitWith(old)).result).toEqual({});
    expect(fixture.tokenOf(visitor).key).not.toBe(old.cookies[0]?.slice(15, 37));
  });

  test("a sign-in of another user that is refused keeps the session", async () => {
    const settings = { maxSessionsPerUser: 1, sessionLimitPolicy: "refuse-new" } as const;
    await start(settings);
    await fixture.makeVisitor(settings).visit((session) => session.signIn(BOB));
    await visitor.visit((session) => session.signIn(ADA));
    await expect(visitor.visit((session) => session.signIn(BOB))).rejects.toThrow("no sign-in");
    expect(await look(visitor)).toEqual({ cart: ["a"], user: ADA.id });
  });

  test("a sign-in leaves no entry in the user's list when a slower request clears the session", async () => {
    await visitor.visit(async (session) => {
      await visitor.visit((other) => other.signIn(ADA));
      session.clear();
    });
    expect((await fixture.listOf(ADA)).size).toBe(0);
  });
});

describe("a periodic renewal", () => {
  const AFTER = HOUR;

  beforeEach(async () => {
    await start({ renewAfter: AFTER });
    fixture.clock.advance(AFTER);
  });

  test("a periodic renewal happens at the first use after renewAfter, and not before", async () => {
    fixture.clock.advance(-1);
    expect((await visitor.visit(seen)).setCookie).toBeUndefined();
    fixture.clock.advance(1);
    expect((await visitor.visit(() => {})).setCookie).toBeUndefined();
    const before = fixture.tokenOf(visitor);
    expect(kindOf((await visitor.visit(seen)).setCookie)).toBe("set");
    const after = fixture.tokenOf(visitor);
    expect([after.key, after.userKey, after.token === before.token]).toEqual([before.key, undefined, false]);
  });

  test("the first use of a new token is stored once, and its cookie is sent again", async () => {
    await visitor.visit(seen);
    const token = fixture.tokenOf(visitor);
    expect(kindOf((await visitor.visit(seen)).setCookie)).toBe("set");
    expect(fixture.tokenOf(visitor)).toEqual(token);
    expect(await fixture.steered.during(() => visitor.visit(seen))).toEqual(["read"]);
    expect(fixture.events).toEqual(["session_renewed: periodic"]);
  });

  test("a periodic renewal keeps the user and the data", async () => {
    await visitor.visit((session) => session.signIn(ADA));
    fixture.clock.advance(AFTER);
    expect(kindOf((await visitor.visit(seen)).setCookie)).toBe("set");
    expect(await look(visitor)).toEqual({ cart: ["a"], user: ADA.id });
  });

  test("a token is not renewed periodically by default", async () => {
    await start();
    fixture.clock.advance(HOUR);
    expect((await visitor.visit(seen)).setCookie).toBeUndefined();
  });

  const uses: Use[] = [seen, (session) => session.set("a", 1), (session) => session.increment("n")];

  test("the old token reads and writes after a periodic renewal, and each response sends the new one", async () => {
    const old = cookiesOf(visitor);
    await visitor.visit(seen);
    const current = fixture.tokenOf(visitor);
    fixture.clock.advance(GRACE);
    const late = fixture.makeVisitor({ renewAfter: AFTER });
    for (const use of uses) {
      await late.visit(use, old);
      expect(fixture.tokenOf(late)).toEqual(current);
    }
    expect((await late.visit(seen, old)).result).toEqual({ cart: ["a"], a: 1, n: 1 });
  });

  test("the old token is refused ten seconds after the first use of the new one, and its cookie is kept", async () => {
    const old = cookiesOf(visitor);
    await visitor.visit(seen);
    fixture.clock.advance(5);
    await visitor.visit(seen);
    fixture.clock.advance(GRACE + 1);
    fixture.log.records.length = 0;
    expect(await visitWith(old)).toEqual({ result: {}, cookie: "none", vary: true });
    expect(fixture.log.records).toMatchObject([{ reason: "token_replaced" }]);
    expect(await look(visitor)).toEqual({ cart: ["a"] });
  });

  test("the old token does not replace the new one that is in use", async () => {
    const old = cookiesOf(visitor);
    await visitor.visit(seen);
    fixture.clock.advance(5);
    await visitor.visit(seen);
    fixture.clock.advance(GRACE);
    expect(await visitWith(old)).toMatchObject({ result: { cart: ["a"] } });
    expect(await look(visitor)).toEqual({ cart: ["a"] });
  });

  test("a visitor who never received the new token gets it again, and it stays valid", async () => {
    const old = cookiesOf(visitor);
    await visitor.visit(seen);
    const current = cookiesOf(visitor);
    fixture.clock.advance(GRACE + 1);
    const late = fixture.makeVisitor({ renewAfter: AFTER });
    expect(kindOf((await late.visit((session) => session.set("a", 1), old)).setCookie)).toBe("set");
    expect(await look(late)).toEqual({ cart: ["a"], a: 1 });
    expect((await visitWith(current)).result).toEqual({ cart: ["a"], a: 1 });
    fixture.clock.advance(GRACE + 1);
    expect((await visitWith(old)).result).toEqual({});
    expect(await look(late)).toEqual({ cart: ["a"], a: 1 });
  });

  test("a periodic renewal happens once for two parallel requests, and both are saved", async () => {
    const slow = await visitor.visit(async (session) => {
      session.set("slow", 1);
      await visitor.visit((other) => other.set("quick", 1));
    });
    expect(slow.setCookie).toBeUndefined();
    expect(await look(visitor)).toEqual({ cart: ["a"], slow: 1, quick: 1 });
    expect(fixture.events).toEqual(["session_renewed: periodic"]);
  });

  test("a periodic renewal happens once when a parallel request is saved just before this one", async () => {
    fixture.steered.before("change", () => visitor.visit((other) => other.increment("quick")));
    expect((await visitor.visit((session) => session.set("slow", 1))).setCookie).toBeUndefined();
    expect(await look(visitor)).toEqual({ cart: ["a"], slow: 1, quick: 1 });
    expect(fixture.events).toEqual(["session_renewed: periodic"]);
  });

  test("a periodic renewal happens when a parallel request stores a message just before this one", async () => {
    fixture.steered.before("change", async () => {
      await fixture.makeVisitor().visit((other) => other.flash("quick"), cookiesOf(visitor));
    });
    expect(kindOf((await visitor.visit((session) => session.flash("slow"))).setCookie)).toBe("set");
    expect(fixture.events).toEqual(["session_renewed: periodic"]);
    expect((await visitor.visit((session) => session.flashes())).result).toHaveLength(2);
  });

  test("the old token is never sent again, regardless of the age of its cookie", async () => {
    await start({ renewAfter: AFTER, lifetime: 5 * AFTER });
    fixture.clock.advance(AFTER);
    const old = cookiesOf(visitor);
    const { token } = fixture.tokenOf(visitor);
    await visitor.visit(seen);
    const late = fixture.makeVisitor({ renewAfter: AFTER, lifetime: 5 * AFTER });
    for (const use of uses) {
      await late.visit(use, old);
      expect(fixture.tokenOf(late).token).not.toBe(token);
    }
  });

  test("a sign-in with the old token after a periodic renewal invalidates both tokens", async () => {
    const old = cookiesOf(visitor);
    await visitor.visit(seen);
    const current = cookiesOf(visitor);
    const late = fixture.makeVisitor();
    await late.visit((session) => session.signIn(ADA), old);
    expect(await look(late)).toEqual({ cart: ["a"], user: ADA.id });
    expect((await visitWith(old)).result).toEqual({});
    expect((await visitWith(current)).result).toEqual({});
  });

  test("a periodic renewal waits for renewAfter again after a change of privilege", async () => {
    await visitor.visit((session) => session.renew());
    fixture.clock.advance(AFTER - 1);
    expect((await visitor.visit(seen)).setCookie).toBeUndefined();
    fixture.clock.advance(1);
    expect(kindOf((await visitor.visit(seen)).setCookie)).toBe("set");
  });

  test("a token from before a periodic renewal is a conflict after a change of privilege", async () => {
    const old = cookiesOf(visitor);
    await visitor.visit(seen);
    await visitor.visit((session) => session.renew());
    expect((await visitWith(old)).result).toEqual({});
    await expect(visitWith(old, (session) => session.set("a", 1))).rejects.toMatchObject({
      reason: "renewed",
    });
    fixture.clock.advance(GRACE + 1);
    expect((await visitWith(old, (session) => session.set("a", 1))).cookie).toBe("set");
    expect(await look(visitor)).toEqual({ cart: ["a"] });
  });

  test("a periodic renewal does not change the epoch of the record", async () => {
    const before = await fixture.recordOf(await idOf(visitor));
    await visitor.visit((session) => session.set("a", 1));
    expect(await fixture.recordOf(await idOf(visitor))).toMatchObject({ epoch: before.epoch });
  });
});

describe("a cookie that is refreshed", () => {
  test("a refresh does not send an old token when a parallel request has replaced it", async () => {
    await start({ lifetime: 100 * HOUR });
    const renewing = fixture.makeVisitor({ lifetime: 100 * HOUR, renewAfter: HOUR }, visitor.jar);
    fixture.clock.advance(19 * HOUR);
    const { setCookie } = await visitor.visit(async (session) => {
      session.get("cart");
      await renewing.visit(seen);
    });
    expect(setCookie).toBeUndefined();
    expect(await look(visitor)).toEqual({ cart: ["a"] });
  });
});
