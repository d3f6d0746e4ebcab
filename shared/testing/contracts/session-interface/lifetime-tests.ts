import { beforeEach, expect, test } from "vitest";
import { ADA, HOUR, type InterfaceContract } from "./interface-contract.ts";

/** Tests of lifetimes. */
export function testLifetimes(contract: InterfaceContract): void {
  beforeEach(() => contract.start({ lifetime: HOUR, absoluteLifetime: 3 * HOUR }));

  test("a session expires if it is not saved within its lifetime", async () => {
    await contract.visitor.visit((session) => session.set("a", 1));
    contract.clock.advance(HOUR + 1);
    expect(await contract.read((session) => [session.toJSON(), session.isNew])).toEqual([{}, true]);
  });

  test("a session does not expire before its lifetime is over", async () => {
    await contract.visitor.visit((session) => session.set("a", 1));
    contract.clock.advance(HOUR);
    expect(await contract.read((session) => [session.toJSON(), session.isNew])).toEqual([{ a: 1 }, false]);
  });

  test("a session that is changed within its lifetime does not expire", async () => {
    for (const count of [1, 2, 3, 4]) {
      expect((await contract.visitor.visit((session) => session.increment("a"))).result).toBe(count);
      contract.clock.advance(HOUR / 2);
    }
  });

  test("a session expires after its absolute lifetime even if it is changed often", async () => {
    for (let half = 0; half < 6; half++) {
      await contract.visitor.visit((session) => session.increment("a"));
      contract.clock.advance(HOUR / 2);
    }
    expect(await contract.data()).toEqual({ a: 6 });
    contract.clock.advance(1);
    expect(await contract.data()).toEqual({});
  });

  test("the absolute lifetime begins again at the sign-in", async () => {
    await contract.visitor.visit((session) => session.set("a", 1));
    for (let half = 0; half < 10; half++) {
      contract.clock.advance(HOUR / 2);
      await contract.visitor.visit((session) => session.set("a", half));
      if (half === 4) await contract.visitor.visit((session) => session.signIn(ADA));
    }
    expect(await contract.read((session) => session.user)).toEqual(ADA);
    contract.clock.advance(HOUR / 2 + 1);
    expect(await contract.read((session) => session.user)).toBeUndefined();
  });

  test("a session has the times of its creation and its expiry", async () => {
    const began = contract.clock.now();
    await contract.visitor.visit((session) => session.set("a", 1));
    contract.clock.advance(HOUR / 2);
    await contract.visitor.visit((session) => session.set("a", 2));
    const seen = await contract.read(({ createdAt, expiresAt }) => ({ createdAt, expiresAt }));
    expect(seen).toEqual({ createdAt: new Date(began), expiresAt: new Date(began + 1.5 * HOUR * 1000) });
  });

  test("a save by a machine whose clock is a few seconds behind keeps the times of the session", async () => {
    const at = new Date(contract.clock.now());
    await contract.visitor.visit((session) => session.signIn(ADA));
    contract.clock.advance(-2);
    await contract.visitor.visit((session) => session.set("a", 1));
    contract.clock.advance(10);
    const seen = await contract.read(({ createdAt, authenticatedAt }) => ({ createdAt, authenticatedAt }));
    expect(seen).toEqual({ createdAt: at, authenticatedAt: at });
  });

  test("an expired session has the refusal expired", async () => {
    await contract.visitor.visit((session) => session.set("a", 1));
    contract.clock.advance(HOUR + 1);
    expect(await contract.read((session) => session.refusal)).toBe("expired");
  });

  test("the cookie of an expired session is removed", async () => {
    await contract.visitor.visit((session) => session.set("a", 1));
    contract.clock.advance(HOUR + 1);
    await contract.visitor.visit((session) => session.get("a"));
    expect(contract.visitor.token).toBeUndefined();
  });
}
