import { expect, test } from "vitest";
import { NOW, randomKey } from "./records.ts";
import type { StoreContract } from "./store-contract.ts";
import { END_REASONS } from "./stored-values.ts";

/** Tests of reads of a session with its user. */
export function testReads(contract: StoreContract): void {
  test("read returns a session together with its user", async () => {
    await contract.begin({ a: 1 }, { userKey: contract.userKey });
    await contract.addUserSession(contract.userKey, contract.id);
    const { session, user } = await contract.store.read(contract.id, contract.userKey);
    expect(session).toEqual(await contract.found());
    expect(user).toEqual(await contract.store.readUser(contract.userKey));
    expect([...(user?.sessions.keys() ?? [])]).toEqual([contract.id]);
  });

  test("read returns a session without a user, and a user without a session", async () => {
    await contract.begin({ a: 1 });
    expect(await contract.store.read(contract.id, contract.userKey)).toEqual({
      session: await contract.found(),
      user: undefined,
    });
    await contract.addUserSession(contract.userKey, contract.id);
    const { session, user } = await contract.store.read(randomKey(22), contract.userKey);
    expect([session, user?.generation]).toEqual([undefined, 1]);
  });

  test("read returns no user when no user key is given", async () => {
    await contract.begin({ a: 1 }, { userKey: contract.userKey });
    await contract.addUserSession(contract.userKey, contract.id);
    expect((await contract.store.read(contract.id)).user).toBeUndefined();
  });

  test.each(END_REASONS)(
    "read returns the reason %s of an ended session together with its user",
    async (reason) => {
      await contract.begin({ a: 1 }, { userKey: contract.userKey });
      await contract.addUserSession(contract.userKey, contract.id);
      await contract.store.end(contract.id, { reason, now: NOW });
      const { session, user } = await contract.store.read(contract.id, contract.userKey);
      expect([session, user?.sessions.has(contract.id)]).toEqual([reason, true]);
    },
  );
}
