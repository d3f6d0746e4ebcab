import { expect, test } from "vitest";
import type { UserSession } from "../../../stores/session-record.ts";
import { NOW, randomKey, SESSION } from "./records.ts";
import type { StoreContract } from "./store-contract.ts";

/** Tests of the list of a user's sessions. */
export function testUserSessions(contract: StoreContract): void {
  test("readUser returns nothing for a user without sessions", async () => {
    expect(await contract.store.readUser(contract.userKey)).toBeUndefined();
  });

  test.each<[description: string, session: UserSession]>([
    ["with device and address", { ...SESSION, userAgent: "Mozilla/5.0 (ünï)", address: "2001:db8::1" }],
    ["without device and address", SESSION],
    ["with an empty device and address", { ...SESSION, userAgent: "", address: "" }],
  ])("a user's session %s is returned as it was added", async (_description, session) => {
    expect(await contract.addUserSession(contract.userKey, contract.id, { session })).toBe(true);
    expect(await contract.store.readUser(contract.userKey)).toEqual({
      generation: 1,
      sessions: new Map([[contract.id, session]]),
    });
  });

  test("removing the sessions of one user keeps those of another", async () => {
    const other = randomKey(43);
    await contract.addUserSession(contract.userKey, "a");
    await contract.addUserSession(other, "b");
    await contract.store.removeUserSessions(contract.userKey);
    expect(await contract.members(other)).toEqual(["b"]);
  });

  test("the generation counts the changes of membership", async () => {
    const generations: (number | undefined)[] = [];
    for (const step of [
      () => contract.addUserSession(contract.userKey, "a"),
      () => contract.addUserSession(contract.userKey, "b", { remove: ["a"] }),
      () => contract.addUserSession(contract.userKey, "c"),
      () => contract.store.touchUserSession(contract.userKey, "c", { lastSeenAt: NOW, expiresAt: NOW }),
      () => contract.store.removeUserSession(contract.userKey, "c"),
      () => contract.store.removeUserSession(contract.userKey, "c"),
      () => contract.store.removeUserSessions(contract.userKey),
    ]) {
      await step();
      generations.push((await contract.store.readUser(contract.userKey))?.generation);
    }
    expect(generations).toEqual([1, 2, 3, 3, 4, 4, 5]);
  });

  test("addUserSession adds a session and removes others in one call", async () => {
    for (const id of ["a", "b", "c"]) await contract.addUserSession(contract.userKey, id);
    expect(await contract.addUserSession(contract.userKey, "d", { remove: ["a", "c", "absent"] })).toBe(true);
    expect(await contract.members(contract.userKey)).toEqual(["b", "d"]);
  });

  test("a user has 200 sessions, and one sign-in replaces them all", async () => {
    const ids = Array.from({ length: 200 }, () => randomKey(22));
    let generation = 0;
    for (const id of ids) {
      const added = { generation: generation++, id, session: SESSION, remove: [] };
      expect(await contract.store.addUserSession(contract.userKey, added)).toBe(true);
    }
    expect(await contract.members(contract.userKey)).toEqual(ids.toSorted());
    expect(await contract.addUserSession(contract.userKey, contract.id, { remove: ids })).toBe(true);
    expect(await contract.members(contract.userKey)).toEqual([contract.id]);
  });

  test.each([0, 1, 3])(
    "an addition to generation %d is refused when the generation is 2",
    async (generation) => {
      await contract.addUserSession(contract.userKey, "a");
      await contract.addUserSession(contract.userKey, "b");
      const before = await contract.store.readUser(contract.userKey);
      expect(await contract.addUserSession(contract.userKey, "c", { generation, remove: ["a"] })).toBe(false);
      expect(await contract.store.readUser(contract.userKey)).toEqual(before);
    },
  );

  test("an addition to generation 1 is refused for a user without sessions", async () => {
    expect(await contract.addUserSession(contract.userKey, "a", { generation: 1 })).toBe(false);
    expect(await contract.store.readUser(contract.userKey)).toBeUndefined();
  });

  test("only one of several parallel additions to the same generation is made", async () => {
    for (const generation of [0, 1]) {
      const adding = ["a", "b", "c"].map((name) =>
        contract.addUserSession(contract.userKey, `${name}${generation}`, { generation }),
      );
      expect((await Promise.all(adding)).filter((added) => added)).toHaveLength(1);
      expect(await contract.members(contract.userKey)).toHaveLength(generation + 1);
    }
  });
}
