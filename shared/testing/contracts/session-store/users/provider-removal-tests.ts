import { expect, test } from "vitest";
import { hashProviderSession } from "../../../../crypto/identifiers.ts";
import { HOUR, NOW, SESSION } from "../records.ts";
import type { StoreContract } from "../store-contract.ts";

const ISSUER = "https://provider.example";
const OTHER = "https://other.example";

/** Maximum number of sessions of one user; see the setting `maxSessionsPerUser`. */
const MOST_SESSIONS = 200;

/** Tests of removals of the sessions that an identity provider has signed in. */
export function testProviderRemovals(contract: StoreContract): void {
  const hash = hashProviderSession;
  const remove = (issuer: string, sessionId?: string) =>
    contract.store.removeProviderSessions(contract.userKey, hash(issuer, sessionId));
  const toChange = (issuer: string, sessionId?: string) => ({
    session: { ...SESSION, providerSession: hash(issuer, sessionId) },
  });

  /** Adds sessions of two sessions of a provider, of another provider, and of the application itself. */
  const addAll = async () => {
    await contract.addUserSession(contract.userKey, "one", toChange(ISSUER, "1"));
    await contract.addUserSession(contract.userKey, "one-too", toChange(ISSUER, "1"));
    await contract.addUserSession(contract.userKey, "two", toChange(ISSUER, "2"));
    await contract.addUserSession(contract.userKey, "without-sid", toChange(ISSUER));
    await contract.addUserSession(contract.userKey, "other", toChange(OTHER, "1"));
    await contract.addUserSession(contract.userKey, "password");
  };

  test("an entry keeps the hash of the provider's session, also after a touch", async () => {
    await contract.addUserSession(contract.userKey, "one", toChange(ISSUER, "1"));
    const seen = { lastSeenAt: NOW + 1, expiresAt: NOW + 2 };
    await contract.store.touchUserSession(contract.userKey, "one", seen);
    const entry = (await contract.store.readUser(contract.userKey))?.sessions.get("one");
    expect(entry).toEqual({ ...SESSION, ...seen, providerSession: hash(ISSUER, "1") });
  });

  test("removeProviderSessions removes and returns exactly the sessions of one provider session", async () => {
    await addAll();
    const before = await contract.store.readUser(contract.userKey);
    expect((await remove(ISSUER, "1")).toSorted()).toEqual(["one", "one-too"]);
    const after = await contract.store.readUser(contract.userKey);
    const kept = ["two", "without-sid", "other", "password"].map((id) => [id, before?.sessions.get(id)]);
    expect(Object.fromEntries(after?.sessions ?? [])).toEqual(Object.fromEntries(kept));
    expect(await remove(ISSUER, "1")).toEqual([]);
  });

  test("removeProviderSessions removes all sessions of one issuer", async () => {
    await addAll();
    expect((await remove(ISSUER)).toSorted()).toEqual(["one", "one-too", "two", "without-sid"]);
    expect(await contract.members(contract.userKey)).toEqual(["other", "password"]);
  });

  test.each([
    ["an unknown session of the issuer", ISSUER, "3"],
    ["an unknown issuer", "https://unknown.example", undefined],
    ["an issuer whose name begins like another one", "https://provider.exampl", undefined],
  ])("removeProviderSessions changes nothing for %s", async (_description, issuer, sessionId) => {
    await addAll();
    const before = await contract.store.readUser(contract.userKey);
    expect(await remove(issuer, sessionId)).toEqual([]);
    expect(await contract.store.readUser(contract.userKey)).toEqual(before);
  });

  test("removeProviderSessions of a user without sessions changes nothing", async () => {
    expect(await remove(ISSUER, "1")).toEqual([]);
    expect(await contract.store.readUser(contract.userKey)).toBeUndefined();
  });

  test("an addition from before a removal fails, so that it cannot restore a session", async () => {
    await addAll();
    const { generation } = (await contract.store.readUser(contract.userKey)) ?? {};
    await remove(ISSUER, "1");
    const change = { ...toChange(ISSUER, "1"), ...(generation !== undefined && { generation }) };
    expect(await contract.addUserSession(contract.userKey, "late", change)).toBe(false);
  });

  test("sign-ins in parallel with removals are removed or kept as a whole, and no other session is lost", async () => {
    await addAll();
    const ids = Array.from({ length: 8 }, (_, number) => `later${number}`);
    const signIn = async (id: string, issuer: string) => {
      while (!(await contract.addUserSession(contract.userKey, id, toChange(issuer, "1"))));
    };
    const adding = [...ids.map((id) => signIn(id, ISSUER)), ...ids.map((id) => signIn(`${id}-other`, OTHER))];
    const touching = contract.store.touchUserSession(contract.userKey, "password", {
      lastSeenAt: NOW + 1,
      expiresAt: NOW + HOUR,
    });
    const removed = (await Promise.all([remove(ISSUER, "1"), remove(ISSUER, "1")])).flat();
    await Promise.all([...adding, touching]);
    const left = await contract.members(contract.userKey);
    const last = await remove(ISSUER, "1");
    expect(left.filter((id) => removed.includes(id))).toEqual([]);
    expect([...new Set([...removed, ...last])].sort()).toEqual([...ids, "one", "one-too"].sort());
    const others = ["other", "password", "two", "without-sid", ...ids.map((id) => `${id}-other`)];
    expect(await contract.members(contract.userKey)).toEqual(others.sort());
  });

  test("the sessions of a user with the maximum number are removed in one write", async () => {
    const ids = Array.from({ length: MOST_SESSIONS }, (_, number) => `${number}`.padStart(22, "s"));
    for (const id of ids) await contract.addUserSession(contract.userKey, id, toChange(ISSUER, "1"));
    const before = await contract.store.readUser(contract.userKey);
    expect((await remove(ISSUER)).toSorted()).toEqual(ids.sort());
    const after = await contract.store.readUser(contract.userKey);
    expect([after?.generation, after?.sessions.size]).toEqual([Number(before?.generation) + 1, 0]);
  });
}
