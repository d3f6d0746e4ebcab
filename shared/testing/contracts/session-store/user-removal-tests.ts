import { expect, test } from "vitest";
import { HOUR, NOW } from "./records.ts";
import type { StoreContract } from "./store-contract.ts";

/** Tests of removals from the list of a user's sessions. */
export function testUserRemovals(contract: StoreContract): void {
  test("removeUserSession removes one session and returns true only once", async () => {
    for (const id of ["a", "b"]) await contract.addUserSession(contract.userKey, id);
    expect(await contract.store.removeUserSession(contract.userKey, "a")).toBe(true);
    expect(await contract.store.removeUserSession(contract.userKey, "a")).toBe(false);
    expect(await contract.members(contract.userKey)).toEqual(["b"]);
  });

  test("removing sessions of a user without sessions changes nothing", async () => {
    expect(await contract.store.removeUserSession(contract.userKey, "a")).toBe(false);
    expect(await contract.store.removeUserSessions(contract.userKey)).toEqual([]);
    expect(await contract.store.removeUserSessions(contract.userKey, "a")).toEqual([]);
    expect(await contract.members(contract.userKey)).toEqual([]);
  });

  test("removeUserSessions removes and returns all sessions", async () => {
    for (const id of ["a", "b", "c"]) await contract.addUserSession(contract.userKey, id);
    expect((await contract.store.removeUserSessions(contract.userKey)).toSorted()).toEqual(["a", "b", "c"]);
    expect(await contract.members(contract.userKey)).toEqual([]);
    expect(await contract.store.removeUserSessions(contract.userKey)).toEqual([]);
  });

  test("removeUserSessions keeps the session that except names", async () => {
    for (const id of ["a", "b", "c"]) await contract.addUserSession(contract.userKey, id);
    const before = await contract.store.readUser(contract.userKey);
    expect((await contract.store.removeUserSessions(contract.userKey, "b")).toSorted()).toEqual(["a", "c"]);
    const after = await contract.store.readUser(contract.userKey);
    expect(after?.sessions).toEqual(new Map([["b", before?.sessions.get("b")]]));
    expect(await contract.store.removeUserSessions(contract.userKey, "b")).toEqual([]);
    expect(await contract.members(contract.userKey)).toEqual(["b"]);
  });

  test("removeUserSessions changes nothing when the session to keep does not exist", async () => {
    for (const id of ["a", "b"]) await contract.addUserSession(contract.userKey, id);
    await contract.store.removeUserSession(contract.userKey, "b");
    expect(await contract.store.removeUserSessions(contract.userKey, "b")).toEqual([]);
    expect(await contract.members(contract.userKey)).toEqual(["a"]);
  });

  test("an addition or touch from before a removal restores nothing", async () => {
    await contract.addUserSession(contract.userKey, "a");
    await contract.store.removeUserSessions(contract.userKey);
    expect(await contract.addUserSession(contract.userKey, "b", { generation: 1 })).toBe(false);
    expect(
      await contract.store.touchUserSession(contract.userKey, "a", {
        lastSeenAt: NOW + 1,
        expiresAt: NOW + 2,
      }),
    ).toBe(false);
    expect(await contract.members(contract.userKey)).toEqual([]);
  });

  test("parallel additions are either removed or kept, and none is lost", async () => {
    const first = Array.from({ length: 5 }, (_, number) => `first${number}`);
    for (const id of first) await contract.addUserSession(contract.userKey, id);
    const later = Array.from({ length: 10 }, (_, number) => `later${number}`);
    const adding = later.map((id) => contract.signIn(contract.userKey, id));
    const touching = first.map((id) =>
      contract.store.touchUserSession(contract.userKey, id, { lastSeenAt: NOW + 1, expiresAt: NOW + HOUR }),
    );
    const removed = await contract.store.removeUserSessions(contract.userKey);
    await Promise.all([...adding, ...touching]);
    const left = await contract.members(contract.userKey);
    expect([...removed, ...left].sort()).toEqual([...first, ...later].sort());
    expect(left.filter((id) => first.includes(id))).toEqual([]);
  });

  test("parallel removals do not undo each other", async () => {
    for (const id of ["a", "b", "c", "d"]) await contract.addUserSession(contract.userKey, id);
    const removals = await Promise.all([
      contract.store.removeUserSessions(contract.userKey, "a"),
      contract.store.removeUserSessions(contract.userKey, "b"),
      contract.store.removeUserSession(contract.userKey, "d").then((was) => (was ? ["d"] : [])),
    ]);
    const left = await contract.members(contract.userKey);
    expect([...removals.flat(), ...left].sort()).toEqual(["a", "b", "c", "d"]);
    expect(["a", "b"]).toContain(left.join());
  });
}
