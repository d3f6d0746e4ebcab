import { beforeEach, describe, expect, test } from "vitest";
import { hashIdentifier } from "../../../shared/crypto/identifiers.ts";
import { SessionConflictError } from "../../../shared/session/session-errors.ts";
import type { SessionSettings } from "../../../shared/session/session-settings.ts";
import type { Visitor } from "../../../shared/testing/visitor.ts";
import { HOUR, kindOf, type Use } from "../cookie/secure-cookie-fixture.ts";
import { ADA, BOB, cookiesOf, idOf, look, ServerSideFixture, seen } from "./server-side-fixture.ts";

/** How long the token of before is remembered, in seconds. */
const GRACE = 10;

let fixture: ServerSideFixture;
let visitor: Visitor;

async function start(settings: SessionSettings = {}): Promise<void> {
  fixture = new ServerSideFixture();
  visitor = fixture.makeVisitor(settings);
  await visitor.visit((session) => session.set("cart", ["a"]));
}

beforeEach(() => start());

/** Somebody who shows a cookie, whatever comes back. */
async function show(cookies: ReturnType<typeof cookiesOf>, use: Use = seen) {
  const { result, setCookie, vary } = await fixture.makeVisitor().visit(use, cookies);
  return { result, cookie: kindOf(setCookie), vary };
}

const PRIVILEGES: readonly [string, Use][] = [
  ["a sign-in", (session) => session.signIn(ADA)],
  ["a renewal", (session) => session.renew()],
];

describe.each(PRIVILEGES)("%s", (_what, renew) => {
  test("keeps key and data and changes the token", async () => {
    const [before, id] = [fixture.tokenOf(visitor), await idOf(visitor)];
    await visitor.visit(renew);
    const after = fixture.tokenOf(visitor);
    expect([after.key, await idOf(visitor)]).toEqual([before.key, id]);
    expect(after.token).not.toBe(before.token);
    expect(await look(visitor)).toMatchObject({ cart: ["a"] });
  });

  test("makes the old token worthless at once, and leaves the cookie alone", async () => {
    const old = cookiesOf(visitor);
    await visitor.visit(renew);
    expect(await show(old)).toEqual({ result: {}, cookie: "none", vary: true });
    expect(fixture.log.records.at(-1)).toMatchObject({ event: "session_refused", reason: "token_replaced" });
  });

  test.each<[string, Use]>([
    ["sets a key", (session) => session.set("a", 1)],
    ["increments", (session) => session.increment("n")],
    ["updates", (session) => session.update("n", () => 1)],
    ["flashes", (session) => session.flash("hello")],
  ])("is a conflict for a request with the old token that %s a moment later", async (_do, use) => {
    const [old, id] = [cookiesOf(visitor), await idOf(visitor)];
    await visitor.visit(renew);
    fixture.clock.advance(GRACE);
    const late = show(old, use);
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

  test("is forgotten after ten seconds: who still has the old token begins anew", async () => {
    const old = cookiesOf(visitor);
    await visitor.visit(renew);
    fixture.clock.advance(GRACE + 1);
    expect(await show(old, (session) => session.set("a", 1))).toMatchObject({ cookie: "set" });
    expect(await look(visitor)).not.toHaveProperty("a");
  });

  test("does not keep somebody with the old token from signing in, in a session of their own", async () => {
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
  ])("refuses the write of a request that began before and %s", async (_do, use) => {
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

  test("is not undone by the touch of a request that began before", async () => {
    const { setCookie, vary } = await visitor.visit(async (session) => {
      await visitor.visit(renew);
      fixture.clock.advance(31 * 24 * HOUR * 0.2);
      session.get("cart");
    });
    expect([setCookie, vary]).toEqual([undefined, true]);
    expect(await look(visitor)).toMatchObject({ cart: ["a"] });
  });

  test("saves what the request changed beside it", async () => {
    await visitor.visit((session) => [session.set("a", 1), session.delete("cart"), renew(session)]);
    expect(await look(visitor)).toMatchObject({ a: 1 });
    expect(await look(visitor)).not.toHaveProperty("cart");
  });

  test("counts in the record", async () => {
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
  test("makes a planted token worthless, and nobody can follow", async () => {
    const attacker = fixture.makeVisitor();
    await attacker.visit((session) => session.set("planted", 1));
    const plant = cookiesOf(attacker);
    const victim = fixture.makeVisitor();
    await victim.visit((session) => session.signIn(ADA), plant);
    expect(await look(victim)).toEqual({ planted: 1, user: ADA.id });
    for (const seconds of [0, GRACE, HOUR]) {
      fixture.clock.advance(seconds);
      expect((await show(plant)).result).toEqual({});
      expect((await attacker.visit(seen)).result).toEqual({});
    }
    expect(await look(victim)).toEqual({ planted: 1, user: ADA.id });
  });

  test("cannot be followed by a token that names the user", async () => {
    const old = fixture.tokenOf(visitor);
    await visitor.visit((session) => session.signIn(ADA));
    const guess = fixture.signed({ ...old, userKey: hashIdentifier(ADA.id) });
    expect((await show({ cookies: [`__Host-session=${guess}`] })).result).toEqual({});
    const current = fixture.tokenOf(visitor);
    for (const userKey of [undefined, hashIdentifier(BOB.id)]) {
      const stripped = fixture.signed({ ...current, userKey });
      expect((await show({ cookies: [`__Host-session=${stripped}`] })).result).toEqual({});
    }
  });

  test("succeeds in a session of its own when a parallel sign-in was quicker", async () => {
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

  test("succeeds twice when one user signs in twice at a time", async () => {
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

  test("leaves the quicker one alone when it is refused", async () => {
    const settings = { maxSessionsPerUser: 1, sessionLimitPolicy: "refuse-new" } as const;
    await start(settings);
    const slow = fixture.makeVisitor(settings).visit(async (session) => {
      await visitor.visit((other) => other.signIn(ADA));
      session.signIn(ADA);
    }, cookiesOf(visitor));
    await expect(slow).rejects.toThrow("no sign-in");
    expect(await look(visitor)).toEqual({ cart: ["a"], user: ADA.id });
  });

  test("begins the time on the list anew", async () => {
    await visitor.visit((session) => session.signIn(ADA));
    fixture.clock.advance(HOUR);
    await visitor.visit((session) => session.signIn(ADA));
    expect([...(await fixture.listOf(ADA)).values()]).toMatchObject([{ createdAt: fixture.clock.seconds }]);
  });

  test("of somebody else begins another session, and ends the one before", async () => {
    await visitor.visit((session) => session.signIn(ADA));
    const [old, id] = [cookiesOf(visitor), await idOf(visitor)];
    await visitor.visit((session) => session.signIn(BOB));
    expect(await look(visitor)).toEqual({ user: BOB.id });
    expect([await fixture.found(id), (await fixture.listOf(ADA)).size]).toEqual(["destroyed", 0]);
    expect([...(await fixture.listOf(BOB)).keys()]).toEqual([await idOf(visitor)]);
    expect((await show(old)).result).toEqual({});
    expect(fixture.tokenOf(visitor).key).not.toBe(old.cookies[0]?.slice(15, 37));
  });

  test("of somebody else that is refused leaves the session as it was", async () => {
    const settings = { maxSessionsPerUser: 1, sessionLimitPolicy: "refuse-new" } as const;
    await start(settings);
    await fixture.makeVisitor(settings).visit((session) => session.signIn(BOB));
    await visitor.visit((session) => session.signIn(ADA));
    await expect(visitor.visit((session) => session.signIn(BOB))).rejects.toThrow("no sign-in");
    expect(await look(visitor)).toEqual({ cart: ["a"], user: ADA.id });
  });

  test("leaves nothing on the list when a slower request destroys the session", async () => {
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

  test("comes with the first use after its time, and not before", async () => {
    fixture.clock.advance(-1);
    expect((await visitor.visit(seen)).setCookie).toBeUndefined();
    fixture.clock.advance(1);
    expect((await visitor.visit(() => {})).setCookie).toBeUndefined();
    const before = fixture.tokenOf(visitor);
    expect(kindOf((await visitor.visit(seen)).setCookie)).toBe("set");
    const after = fixture.tokenOf(visitor);
    expect([after.key, after.userKey, after.token === before.token]).toEqual([before.key, undefined, false]);
  });

  test("is noted once when the new token comes back, which is then sent again", async () => {
    await visitor.visit(seen);
    const token = fixture.tokenOf(visitor);
    expect(kindOf((await visitor.visit(seen)).setCookie)).toBe("set");
    expect(fixture.tokenOf(visitor)).toEqual(token);
    expect(await fixture.steered.during(() => visitor.visit(seen))).toEqual(["read"]);
    expect(fixture.events).toEqual(["session_renewed: periodic"]);
  });

  test("keeps the user and the data", async () => {
    await visitor.visit((session) => session.signIn(ADA));
    fixture.clock.advance(AFTER);
    expect(kindOf((await visitor.visit(seen)).setCookie)).toBe("set");
    expect(await look(visitor)).toEqual({ cart: ["a"], user: ADA.id });
  });

  test("never comes unless a setting says so", async () => {
    await start();
    fixture.clock.advance(HOUR);
    expect((await visitor.visit(seen)).setCookie).toBeUndefined();
  });

  const uses: Use[] = [seen, (session) => session.set("a", 1), (session) => session.increment("n")];

  test("leaves the old token open, for reading and writing, and tells the new one again with each answer", async () => {
    const old = cookiesOf(visitor);
    await visitor.visit(seen);
    const present = fixture.tokenOf(visitor);
    fixture.clock.advance(GRACE);
    const late = fixture.makeVisitor({ renewAfter: AFTER });
    for (const use of uses) {
      await late.visit(use, old);
      expect(fixture.tokenOf(late)).toEqual(present);
    }
    expect((await late.visit(seen, old)).result).toEqual({ cart: ["a"], a: 1, n: 1 });
  });

  test("ends the old token ten seconds after the new one was used, and leaves its cookie alone", async () => {
    const old = cookiesOf(visitor);
    await visitor.visit(seen);
    fixture.clock.advance(5);
    await visitor.visit(seen);
    fixture.clock.advance(GRACE + 1);
    fixture.log.records.length = 0;
    expect(await show(old)).toEqual({ result: {}, cookie: "none", vary: true });
    expect(fixture.log.records).toMatchObject([{ reason: "token_replaced" }]);
    expect(await look(visitor)).toEqual({ cart: ["a"] });
  });

  test("does not let the old token replace the new one that is in use", async () => {
    const old = cookiesOf(visitor);
    await visitor.visit(seen);
    fixture.clock.advance(5);
    await visitor.visit(seen);
    fixture.clock.advance(GRACE);
    expect(await show(old)).toMatchObject({ result: { cart: ["a"] } });
    expect(await look(visitor)).toEqual({ cart: ["a"] });
  });

  test("is told again to a visitor whom the new token never reached, and leaves the new one alone", async () => {
    const old = cookiesOf(visitor);
    await visitor.visit(seen);
    const present = cookiesOf(visitor);
    fixture.clock.advance(GRACE + 1);
    const late = fixture.makeVisitor({ renewAfter: AFTER });
    expect(kindOf((await late.visit((session) => session.set("a", 1), old)).setCookie)).toBe("set");
    expect(await look(late)).toEqual({ cart: ["a"], a: 1 });
    expect((await show(present)).result).toEqual({ cart: ["a"], a: 1 });
    fixture.clock.advance(GRACE + 1);
    expect((await show(old)).result).toEqual({});
    expect(await look(late)).toEqual({ cart: ["a"], a: 1 });
  });

  test("happens once where requests are parallel, and both are saved", async () => {
    const slow = await visitor.visit(async (session) => {
      session.set("slow", 1);
      await visitor.visit((other) => other.set("quick", 1));
    });
    expect(slow.setCookie).toBeUndefined();
    expect(await look(visitor)).toEqual({ cart: ["a"], slow: 1, quick: 1 });
    expect(fixture.events).toEqual(["session_renewed: periodic"]);
  });

  test("happens once although a parallel request touches at the very moment of saving", async () => {
    fixture.steered.before("change", () => visitor.visit((other) => other.increment("quick")));
    expect((await visitor.visit((session) => session.set("slow", 1))).setCookie).toBeUndefined();
    expect(await look(visitor)).toEqual({ cart: ["a"], slow: 1, quick: 1 });
    expect(fixture.events).toEqual(["session_renewed: periodic"]);
  });

  test("happens although a parallel request flashes at the very moment of saving", async () => {
    fixture.steered.before("change", async () => {
      await fixture.makeVisitor().visit((other) => other.flash("quick"), cookiesOf(visitor));
    });
    expect(kindOf((await visitor.visit((session) => session.flash("slow"))).setCookie)).toBe("set");
    expect(fixture.events).toEqual(["session_renewed: periodic"]);
    expect((await visitor.visit((session) => session.flashes())).result).toHaveLength(2);
  });

  test("never sends the old token again, however old its cookie is", async () => {
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

  test("lets the old token change the rights, and then it is dead too", async () => {
    const old = cookiesOf(visitor);
    await visitor.visit(seen);
    const current = cookiesOf(visitor);
    const late = fixture.makeVisitor();
    await late.visit((session) => session.signIn(ADA), old);
    expect(await look(late)).toEqual({ cart: ["a"], user: ADA.id });
    expect((await show(old)).result).toEqual({});
    expect((await show(current)).result).toEqual({});
  });

  test("waits its time again after a change of rights", async () => {
    await visitor.visit((session) => session.renew());
    fixture.clock.advance(AFTER - 1);
    expect((await visitor.visit(seen)).setCookie).toBeUndefined();
    fixture.clock.advance(1);
    expect(kindOf((await visitor.visit(seen)).setCookie)).toBe("set");
  });

  test("leaves no older token to a change of rights, but for the conflict that saves the new cookie", async () => {
    const old = cookiesOf(visitor);
    await visitor.visit(seen);
    await visitor.visit((session) => session.renew());
    expect((await show(old)).result).toEqual({});
    await expect(show(old, (session) => session.set("a", 1))).rejects.toMatchObject({ reason: "renewed" });
    fixture.clock.advance(GRACE + 1);
    expect((await show(old, (session) => session.set("a", 1))).cookie).toBe("set");
    expect(await look(visitor)).toEqual({ cart: ["a"] });
  });

  test("does not count as a change of rights: a request that began before is saved", async () => {
    const before = await fixture.recordOf(await idOf(visitor));
    await visitor.visit((session) => session.set("a", 1));
    expect(await fixture.recordOf(await idOf(visitor))).toMatchObject({ epoch: before.epoch });
  });
});

describe("a cookie that is only sent again", () => {
  test("does not bring an old token back when a parallel request has replaced it", async () => {
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
