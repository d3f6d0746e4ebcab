import { beforeEach, expect, test } from "vitest";
import { APP_ORIGIN } from "../../events.ts";
import { ADA, HOUR, type InterfaceContract } from "./interface-contract.ts";

const TENTH = HOUR / 10;

/** Tests of sessions with a lifetime of their own. */
export function testOwnLifetimes(contract: InterfaceContract): void {
  beforeEach(() => contract.start({ lifetime: HOUR, absoluteLifetime: 3 * HOUR }));

  /** Begins a session whose lifetime is a tenth of the default. */
  const begin = (permanent = false) =>
    contract.visitor.visit((session) => {
      session.set("a", 1);
      session.lifetime = TENTH;
      if (permanent) session.permanent = true;
    });

  /** Changes the lifetime of the visitor's session. */
  const setLifetime = (seconds: number | null | undefined) =>
    contract.visitor.visit((session) => {
      session.lifetime = seconds;
    });

  test("lifetime is that of the settings until the session has one of its own", async () => {
    expect(await contract.read((session) => session.lifetime)).toBe(HOUR);
    await begin();
    expect(await contract.read((session) => session.lifetime)).toBe(TENTH);
  });

  test("a session does not expire before its own lifetime is over, and expires after it", async () => {
    await begin();
    contract.clock.advance(TENTH);
    const { expiresAt } = await contract.read(({ expiresAt }) => ({ expiresAt }));
    expect(expiresAt).toEqual(new Date(contract.clock.now()));
    expect(await contract.data()).toEqual({ a: 1 });
    contract.clock.advance(TENTH + 1);
    expect(await contract.read(({ size, refusal }) => [size, refusal])).toEqual([0, "expired"]);
  });

  test("a copy of the cookie expires after the lifetime of the session too", async () => {
    await begin();
    const cookies = [`${contract.visitor.jar.header(`${APP_ORIGIN}/`)}`];
    contract.clock.advance(TENTH + 1);
    const { result } = await contract.newVisitor().visit(({ size, refusal }) => [size, refusal], { cookies });
    expect(result).toEqual([0, "expired"]);
  });

  test("a change keeps the lifetime of the session", async () => {
    await begin();
    for (const count of [2, 3, 4]) {
      contract.clock.advance(TENTH);
      expect((await contract.visitor.visit((session) => session.increment("a"))).result).toBe(count);
    }
    contract.clock.advance(TENTH + 1);
    expect(await contract.data()).toEqual({});
  });

  test("a sign-in keeps the lifetime of the session", async () => {
    await begin();
    await contract.visitor.visit((session) => session.signIn(ADA));
    contract.clock.advance(TENTH + 1);
    expect(await contract.read((session) => session.user)).toBeUndefined();
  });

  test("the cookie of a permanent session outlives the browser window, and not the lifetime", async () => {
    await begin(true);
    contract.visitor.jar.closeWindow();
    expect(await contract.data()).toEqual({ a: 1 });
    contract.clock.advance(2 * TENTH);
    expect(contract.visitor.token).toBeUndefined();
  });

  test("a permanent session that is read more often than its lifetime does not expire", async () => {
    await begin(true);
    for (let count = 0; count < 20; count++) {
      contract.clock.advance(TENTH / 2);
      expect(await contract.data()).toEqual({ a: 1 });
    }
  });

  test("a session that is not permanent ends with the browser window before its lifetime is over", async () => {
    await begin();
    contract.visitor.jar.closeWindow();
    expect(await contract.data()).toEqual({});
  });

  test("a shorter lifetime that is set later applies at once", async () => {
    await contract.visitor.visit((session) => session.set("a", 1));
    await setLifetime(TENTH);
    contract.clock.advance(TENTH + 1);
    expect(await contract.data()).toEqual({});
  });

  test.each([undefined, null])("the lifetime %s restores that of the settings", async (none) => {
    await begin();
    await setLifetime(none);
    contract.clock.advance(HOUR);
    expect(await contract.read((session) => [session.get("a"), session.lifetime])).toEqual([1, HOUR]);
  });

  test("clear restores the lifetime of the settings", async () => {
    await begin();
    await contract.visitor.visit((session) => {
      session.clear();
      session.set("b", 2);
    });
    contract.clock.advance(HOUR);
    expect(await contract.data()).toEqual({ b: 2 });
  });

  test("a session expires after the absolute lifetime, even if its own lifetime is not over", async () => {
    await contract.visitor.visit((session) => {
      session.set("a", 1);
      session.lifetime = HOUR;
    });
    for (let half = 0; half < 6; half++) {
      contract.clock.advance(HOUR / 2);
      expect((await contract.visitor.visit((session) => session.set("b", half))).result.get("a")).toBe(1);
    }
    contract.clock.advance(1);
    expect(await contract.data()).toEqual({});
  });

  test.each([0, -1, 1.5, Number.NaN, HOUR + 1, Number.POSITIVE_INFINITY, "60", "", 60n, false, {}])(
    "the lifetime %o is rejected with the bound, and nothing changes",
    async (seconds) => {
      await begin();
      const error = { name: "RangeError", message: expect.stringContaining(`from 1 to ${HOUR}`) };
      await expect(setLifetime(seconds as number)).rejects.toThrow(expect.objectContaining(error));
      expect(await contract.read((session) => session.lifetime)).toBe(TENTH);
    },
  );

  test("a lifetime alone begins no session", async () => {
    const { setCookie } = await setLifetime(TENTH);
    expect(setCookie).toBeUndefined();
  });

  test("the lifetime that the session has already sends no cookie", async () => {
    await begin();
    const { setCookie } = await setLifetime(TENTH);
    expect(setCookie).toBeUndefined();
  });

  test("the lifetime is no data of the session", async () => {
    await begin();
    expect(await contract.read((session) => [session.toJSON(), session.size])).toEqual([{ a: 1 }, 1]);
  });
}
