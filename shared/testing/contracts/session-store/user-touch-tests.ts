import { expect, test } from "vitest";
import { HOUR, NOW, SESSION } from "./records.ts";
import type { StoreContract } from "./store-contract.ts";

/** Tests of the times in the list of a user's sessions. */
export function testUserTouches(contract: StoreContract): void {
  test("a touch updates the times of one session", async () => {
    const session = { ...SESSION, userAgent: "agent", address: "192.0.2.1" };
    await contract.addUserSession(contract.userKey, "a");
    await contract.addUserSession(contract.userKey, contract.id, { session });
    const seen = { lastSeenAt: NOW + 5, expiresAt: NOW + 2 * HOUR };
    expect(await contract.store.touchUserSession(contract.userKey, contract.id, seen)).toBe(true);
    const sessions = new Map([
      ["a", SESSION],
      [contract.id, { ...session, ...seen }],
    ]);
    expect(await contract.store.readUser(contract.userKey)).toEqual({ generation: 2, sessions });
  });

  test("a touch may move the expiry of a session to an earlier time", async () => {
    await contract.addUserSession(contract.userKey, "a", {
      session: { ...SESSION, expiresAt: NOW + 9 * HOUR },
    });
    await contract.addUserSession(contract.userKey, contract.id);
    const seen = { lastSeenAt: NOW + 5, expiresAt: NOW + 6 };
    expect(await contract.store.touchUserSession(contract.userKey, contract.id, seen)).toBe(true);
    expect((await contract.store.readUser(contract.userKey))?.sessions.get(contract.id)).toEqual({
      ...SESSION,
      ...seen,
    });
  });

  test("a late touch with an earlier time changes nothing", async () => {
    await contract.addUserSession(contract.userKey, contract.id);
    const late = { lastSeenAt: NOW + 50, expiresAt: NOW + 50 + HOUR };
    await contract.store.touchUserSession(contract.userKey, contract.id, late);
    const early = { lastSeenAt: NOW + 40, expiresAt: NOW + 40 + HOUR };
    expect(await contract.store.touchUserSession(contract.userKey, contract.id, early)).toBe(true);
    expect((await contract.store.readUser(contract.userKey))?.sessions.get(contract.id)).toEqual({
      ...SESSION,
      ...late,
    });
  });

  test("a touch returns false for a session that is not the user's", async () => {
    const seen = { lastSeenAt: NOW + 5, expiresAt: NOW + HOUR };
    expect(await contract.store.touchUserSession(contract.userKey, contract.id, seen)).toBe(false);
    expect(await contract.store.readUser(contract.userKey)).toBeUndefined();
    await contract.addUserSession(contract.userKey, "a");
    expect(await contract.store.touchUserSession(contract.userKey, contract.id, seen)).toBe(false);
    expect(await contract.members(contract.userKey)).toEqual(["a"]);
  });
}
