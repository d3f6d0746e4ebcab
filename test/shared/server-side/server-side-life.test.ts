import { beforeEach, describe, expect, test } from "vitest";
import type { SessionSettings } from "../../../shared/session/session-settings.ts";
import type { Visitor } from "../../../shared/testing/visitor.ts";
import { HOUR, kindOf, type Use } from "../cookie/secure-cookie-fixture.ts";
import { ADA, cookiesOf, idOf, look, ServerSideFixture, seen } from "./server-side-fixture.ts";

let fixture: ServerSideFixture;
let visitor: Visitor;

async function start(settings: SessionSettings): Promise<void> {
  fixture = new ServerSideFixture();
  visitor = fixture.makeVisitor(settings);
  await visitor.visit((session) => session.set("a", 1));
}

/** Returns the same browser with other settings, as after a later deployment. */
function redeploy(settings: SessionSettings): Visitor {
  return fixture.makeVisitor(settings, visitor.jar);
}

/** Returns the last reason in the log. */
function lastReason(): string | undefined {
  return fixture.log.records.at(-1)?.reason;
}

describe("the lifetime", () => {
  beforeEach(() => start({ lifetime: 10 * HOUR }));

  test.each<[string, Use]>([
    ["read", seen],
    ["changed", (session) => session.set("b", 1)],
    ["incremented", (session) => session.increment("n")],
  ])("a session does not expire while it is %s within its lifetime", async (_how, use) => {
    for (let times = 0; times < 5; times++) {
      fixture.clock.advance(9 * HOUR);
      await visitor.visit(use);
    }
    expect(await look(visitor)).toMatchObject({ a: 1 });
  });

  test("a session does not expire while it is used more often than it is extended", async () => {
    for (let minutes = 0; minutes < 24 * 60; minutes += 50) {
      fixture.clock.advance(50 * 60);
      expect(await look(visitor)).toEqual({ a: 1 });
    }
  });

  test("a session is extended when its cookie is newer than its last write", async () => {
    fixture.clock.advance(9 * HOUR);
    const cookies = [`__Host-session=${fixture.signed(fixture.tokenOf(visitor))}`];
    await visitor.visit(seen, { cookies });
    fixture.clock.advance(9 * HOUR);
    expect((await visitor.visit(seen, { cookies })).result).toEqual({ a: 1 });
  });

  test("a session expires one second after its lifetime since the last write", async () => {
    fixture.clock.advance(5 * HOUR);
    await visitor.visit((session) => session.set("b", 1));
    fixture.clock.advance(10 * HOUR);
    expect(await fixture.makeVisitor().visit(seen, cookiesOf(visitor))).toMatchObject({
      result: { a: 1, b: 1 },
    });
    await start({ lifetime: 10 * HOUR });
    fixture.clock.advance(10 * HOUR + 1);
    expect(await look(visitor)).toEqual({});
    expect(lastReason()).toBe("expired");
  });

  test("a request whose handler throws does not extend the session", async () => {
    fixture.clock.advance(9 * HOUR);
    const failing = visitor.visit((session) => {
      session.get("a");
      throw new Error("the handler failed");
    });
    await expect(failing).rejects.toThrow("the handler failed");
    fixture.clock.advance(HOUR + 1);
    expect(await look(visitor)).toEqual({});
  });

  test("a newly signed cookie does not extend an expired session", async () => {
    const token = fixture.tokenOf(visitor);
    fixture.clock.advance(10 * HOUR + 1);
    const cookies = [`__Host-session=${fixture.signed(token)}`];
    expect((await visitor.visit(seen, { cookies })).result).toEqual({});
    expect(fixture.log.records.at(-1)).toMatchObject({ reason: "expired", session: expect.any(String) });
  });
});

describe("the absolute lifetime", () => {
  const settings = { lifetime: 10 * HOUR, absoluteLifetime: 24 * HOUR };

  beforeEach(() => start(settings));

  test("a session that is used often expires one second after its absolute lifetime", async () => {
    for (let hours = 0; hours < 24; hours += 2) {
      expect(await look(visitor)).toEqual({ a: 1 });
      fixture.clock.advance(2 * HOUR);
    }
    expect(await look(visitor)).toEqual({ a: 1 });
    fixture.clock.advance(1);
    const { result, setCookie } = await visitor.visit(seen);
    expect([result, kindOf(setCookie), lastReason()]).toEqual([{}, "delete", "absolute_lifetime"]);
  });

  test("a sign-in restarts the absolute lifetime, in the record and in the user's list", async () => {
    fixture.clock.advance(9 * HOUR);
    await visitor.visit((session) => session.signIn(ADA));
    const end = fixture.clock.seconds + 24 * HOUR;
    for (let hours = 0; hours < 24; hours += 2) {
      fixture.clock.advance(2 * HOUR);
      expect(await look(visitor)).toEqual({ a: 1, user: ADA.id });
    }
    const [entry] = (await fixture.listOf(ADA)).values();
    expect([(await fixture.recordOf(await idOf(visitor))).expiresAt, entry?.expiresAt]).toEqual([end, end]);
    fixture.clock.advance(1);
    expect(await look(visitor)).toEqual({});
  });

  test("a renewal does not restart the absolute lifetime", async () => {
    for (let hours = 0; hours < 24; hours += 8) {
      fixture.clock.advance(8 * HOUR);
      await visitor.visit((session) => session.renew());
    }
    fixture.clock.advance(1);
    expect(await look(visitor)).toEqual({});
  });
});

describe("stricter settings", () => {
  beforeEach(() => start({ lifetime: 100 * HOUR }));

  test("a session expires by a lifetime that was shortened after it was saved", async () => {
    fixture.clock.advance(10 * HOUR);
    expect(await look(redeploy({ lifetime: 10 * HOUR }))).toEqual({ a: 1 });
    await start({ lifetime: 100 * HOUR });
    const cookies = [
      `__Host-session=${fixture.signed(fixture.tokenOf(visitor), fixture.clock.seconds + 10 * HOUR)}`,
    ];
    fixture.clock.advance(10 * HOUR + 1);
    expect((await redeploy({ lifetime: 10 * HOUR }).visit(seen, { cookies })).result).toEqual({});
    expect(lastReason()).toBe("expired");
  });

  test("a session expires by an absolute lifetime that was shortened after it was saved", async () => {
    fixture.clock.advance(20 * HOUR);
    expect(await look(redeploy({ lifetime: 100 * HOUR, absoluteLifetime: 20 * HOUR }))).toEqual({ a: 1 });
    fixture.clock.advance(1);
    expect(await look(redeploy({ lifetime: 100 * HOUR, absoluteLifetime: 20 * HOUR }))).toEqual({});
    expect(lastReason()).toBe("absolute_lifetime");
  });

  test("expiresAt uses a lifetime that was shortened after the session was saved", async () => {
    const { result } = await redeploy({ lifetime: 10 * HOUR }).visit((session) => session.expiresAt);
    expect(result).toEqual(new Date(fixture.clock.now() + 10 * HOUR * 1000));
  });

  test("a session that was just saved does not expire when the lifetime is shortened", async () => {
    fixture.clock.advance(9 * HOUR);
    await visitor.visit((session) => session.set("a", 2));
    expect(await look(redeploy({ lifetime: 5 * HOUR }))).toEqual({ a: 2 });
  });
});

describe("laxer settings", () => {
  test("a longer lifetime applies to a session after it was saved again, and not before", async () => {
    await start({ lifetime: 10 * HOUR });
    const cookies = cookiesOf(visitor);
    fixture.clock.advance(10 * HOUR + 1);
    expect((await redeploy({ lifetime: 100 * HOUR }).visit(seen, cookies)).result).toEqual({});
    await start({ lifetime: 10 * HOUR });
    await redeploy({ lifetime: 100 * HOUR }).visit((session) => session.set("b", 1));
    fixture.clock.advance(99 * HOUR);
    expect(await look(redeploy({ lifetime: 100 * HOUR }))).toEqual({ a: 1, b: 1 });
  });
});

describe("a clock", () => {
  beforeEach(() => start({ lifetime: 10 * HOUR }));

  test("a clock that is behind for one request does not shorten the lifetime", async () => {
    const end = fixture.clock.seconds + 10 * HOUR;
    const id = await idOf(visitor);
    for (const use of [
      (session) => session.set("b", 1),
      (session) => session.increment("n"),
      (session) => session.renew(),
      (session) => session.signIn(ADA),
    ] as Use[]) {
      fixture.clock.advance(-30);
      await visitor.visit(use);
      fixture.clock.advance(30);
      expect(await fixture.recordOf(id)).toMatchObject({ lastSeenAt: end - 10 * HOUR, expiresAt: end });
    }
  });

  test("a clock that is behind does not shorten the entry in the user's list", async () => {
    await visitor.visit((session) => session.signIn(ADA));
    const [before] = (await fixture.listOf(ADA)).values();
    fixture.clock.advance(-30);
    await visitor.visit((session) => session.set("b", 1));
    expect([...(await fixture.listOf(ADA)).values()]).toEqual([before]);
  });

  test("a clock that jumps back and forth causes no error, and a valid session loses nothing", async () => {
    const jumps = [HOUR, -0.5 * HOUR, 2 * HOUR, -HOUR, 3 * HOUR, -2 * HOUR, 30, -60, 5 * HOUR, -4 * HOUR];
    const cookies = cookiesOf(visitor);
    for (const [index, jump] of jumps.entries()) {
      fixture.clock.advance(jump);
      await visitor.visit((session) => session.set(`from the jar ${index}`, 1));
      await visitor.visit((session) => session.increment("n"), cookies);
    }
    fixture.clock.advance(10 * HOUR);
    const { result } = await fixture.makeVisitor().visit(seen, cookies);
    expect(result).toMatchObject({ a: 1, n: jumps.length });
  });

  test("a cookie is refused only while its signature is ahead of the clock by more than the clock skew", async () => {
    const cookies = cookiesOf(visitor);
    fixture.clock.advance(-61);
    const { result, setCookie } = await visitor.visit(seen, cookies);
    expect([result, setCookie, lastReason()]).toEqual([{}, undefined, "signed_in_future"]);
    fixture.clock.advance(1);
    expect((await visitor.visit(seen, cookies)).result).toEqual({ a: 1 });
  });

  test("a clock that is behind renews no token and causes no write", async () => {
    const settings = { lifetime: 10 * HOUR, renewAfter: 1 };
    await start(settings);
    fixture.clock.advance(-60);
    expect(await fixture.steered.during(() => visitor.visit(seen))).toEqual(["read"]);
  });
});

describe("the list of a user's sessions", () => {
  test("an entry in the user's list does not expire before its session", async () => {
    await start({ lifetime: 100 });
    await visitor.visit((session) => session.signIn(ADA));
    fixture.clock.advance(5);
    await visitor.visit((session) => session.renew());
    fixture.clock.advance(9);
    await visitor.visit((session) => session.increment("n"));
    const { expiresAt } = await fixture.recordOf(await idOf(visitor));
    const [entry] = (await fixture.listOf(ADA)).values();
    expect(entry?.expiresAt).toBeGreaterThanOrEqual(expiresAt);
  });

  test("an entry in the user's list is extended by every kind of use", async () => {
    await start({ lifetime: 10 * HOUR });
    await visitor.visit((session) => session.signIn(ADA));
    for (const use of [seen, (session) => session.set("b", 1), (session) => session.increment("n")] as Use[])
      for (let times = 0; times < 3; times++) {
        fixture.clock.advance(9 * HOUR);
        await visitor.visit(use);
        const [entry] = (await fixture.listOf(ADA)).values();
        expect(entry).toMatchObject({ lastSeenAt: fixture.clock.seconds });
        expect(entry?.expiresAt).toBe(fixture.clock.seconds + 10 * HOUR);
      }
  });
});

describe("a lifetime of the session's own", () => {
  const setLifetime = (seconds?: number) =>
    visitor.visit((session) => {
      session.lifetime = seconds;
    });
  const record = async () => fixture.recordOf(await idOf(visitor));
  const entry = async () => [...(await fixture.listOf(ADA)).values()][0];

  beforeEach(() => start({ lifetime: 10 * HOUR, permanent: true }));

  test("the record has no lifetime until one is set, and none after it is removed", async () => {
    expect(await record()).not.toHaveProperty("lifetime");
    await setLifetime(HOUR);
    expect(await record()).toMatchObject({ lifetime: HOUR, expiresAt: fixture.clock.seconds + HOUR });
    expect((await record()).values.keys().toArray()).toEqual(["a", "_permanent"]);
    await setLifetime();
    expect(await record()).toMatchObject({
      lifetime: undefined,
      expiresAt: fixture.clock.seconds + 10 * HOUR,
    });
  });

  test("the cookie of a permanent session ends with the lifetime and the tenth after which it is sent again", async () => {
    const { setCookie } = await setLifetime(HOUR);
    expect(setCookie).toContain(`; Max-Age=${Math.ceil(1.1 * HOUR)};`);
    fixture.clock.advance(HOUR / 10 - 1);
    expect((await visitor.visit(seen)).setCookie).toBeUndefined();
    fixture.clock.advance(1);
    expect((await visitor.visit(seen)).setCookie).toContain(`; Max-Age=${Math.ceil(1.1 * HOUR)};`);
  });

  test("the entry in the user's list ends with the session, also if the user had signed in before", async () => {
    await visitor.visit((session) => session.signIn(ADA));
    await setLifetime(HOUR);
    expect(await entry()).toMatchObject({ expiresAt: fixture.clock.seconds + HOUR });
    await setLifetime();
    expect(await entry()).toMatchObject({ expiresAt: fixture.clock.seconds + 10 * HOUR });
  });

  test("the entry of a session that sets its lifetime and signs in ends with the session", async () => {
    await visitor.visit((session) => {
      session.lifetime = HOUR;
      session.signIn(ADA);
    });
    expect(await entry()).toMatchObject({ expiresAt: fixture.clock.seconds + HOUR });
    expect(await record()).toMatchObject({ lifetime: HOUR, expiresAt: fixture.clock.seconds + HOUR });
  });

  test("a parallel request that has not seen the shorter lifetime does not extend the session beyond it", async () => {
    await visitor.visit(async (session) => {
      session.get("a");
      await setLifetime(HOUR);
      session.set("b", 1);
    });
    fixture.clock.advance(HOUR + 1);
    expect(await look(visitor)).toEqual({});
  });

  test("a lifetime that exceeds a later, shorter setting is bounded by the setting", async () => {
    await setLifetime(9 * HOUR);
    const later = redeploy({ lifetime: 2 * HOUR });
    expect((await later.visit((session) => session.lifetime)).result).toBe(2 * HOUR);
    fixture.clock.advance(2 * HOUR + 1);
    expect(await look(later)).toEqual({});
  });

  test("a key _lifetime among the values, which an earlier version allowed, sets no lifetime", async () => {
    const change = { now: fixture.clock.seconds, condition: { epoch: 0 } };
    const id = await idOf(visitor);
    await fixture.store.change(id, { ...change, set: new Map([["_lifetime", 5]]) }, await record());
    expect((await visitor.visit((session) => [session.lifetime, session.keys()])).result).toEqual([
      10 * HOUR,
      ["a"],
    ]);
  });
});
