import { beforeEach, describe, expect, test } from "vitest";
import type { KeyProvider } from "../../../../shared/crypto/secret-keys.ts";
import { ADA, CLAIMS, KEY, outcomeOf, TokenFixture } from "./token-fixture.ts";

const DAY = 24 * 60 * 60;
const LIFE = 300;
const NEWER_KEY = "a newer secret key of at least 32 bytes";

let fixture: TokenFixture;
let data: Record<string, unknown>;

beforeEach(async () => {
  fixture = new TokenFixture({ life: LIFE });
  data = await fixture.signIn();
});

/** Returns the value of the only item. */
async function itemValue(): Promise<string> {
  const [key = ""] = fixture.steered.keys;
  return (await fixture.steered.inner.read(key)) ?? "";
}

describe("the item with the tokens", () => {
  test("the item with the tokens contains no token, no claim and no identifier that the session has", async () => {
    const { id } = data.providerTokens as { id: string };
    const item = [...fixture.steered.keys, await itemValue()].join();
    for (const secret of ["access-1", "refresh-1", ADA.id, id]) {
      expect(item).not.toContain(secret);
      expect(Buffer.from(item, "base64url").toString("latin1")).not.toContain(secret);
    }
  });

  test("the item with the tokens is not opened for another user, nor for another session", async () => {
    const keeper = fixture.makeKeeper();
    const stolen = fixture.makeSession({ ...data, _user: { id: "bob", name: "Bob" } });
    expect(await outcomeOf(keeper.accessToken(stolen))).toBe("ProviderTokensEndedError: unreadable");
    const [value, other] = [await itemValue(), await fixture.signIn()];
    const [, key = ""] = fixture.steered.keys;
    const expected = await fixture.steered.inner.read(key);
    await fixture.steered.inner.write(key, value, { expected, expiresAt: fixture.clock.seconds + DAY });
    expect(await fixture.ask(other)).toBe("ProviderTokensEndedError: unreadable");
  });

  test.each([
    ["absoluteLifetime", { absoluteLifetime: 60 * DAY }, 60],
    ["400 days without one, as with flask", { flask: true }, 400],
  ])(
    "the item with the tokens expires with the longest life of a session: %s",
    async (_what, settings, days) => {
      const keeper = fixture.makeKeeper({ settings });
      const session = await fixture.signIn(keeper);
      fixture.clock.advance(days * DAY);
      expect(await fixture.ask(session, keeper)).toMatch(/^access-/);
      fixture.clock.advance(1);
      expect(await fixture.ask(session, keeper)).toBe("ProviderTokensEndedError: removed");
    },
  );

  test("an item with tokens that cannot be stored refuses the sign-in", async () => {
    fixture.steered.fail("write");
    await expect(fixture.signIn()).rejects.toThrow("the store does not respond");
  });

  test("an item with tokens that is too large for the store refuses the sign-in with an error that shows the sizes", async () => {
    const session = fixture.makeSession({});
    session.signIn(ADA);
    const tokens = { ...fixture.provider.issue(), access_token: "a".repeat(70_000) };
    const signIn = fixture.makeKeeper().onSignIn(session, { tokens, claims: CLAIMS });
    await expect(signIn).rejects.toThrow("65536 is the most");
  });
});

describe("when the secret keys rotate", () => {
  test("tokens that an older key has sealed are opened, and the next refresh seals them with the newest", async () => {
    const keeper = fixture.makeKeeper({ keys: [NEWER_KEY, KEY] });
    expect(await fixture.ask(data, keeper)).toBe("access-1");
    fixture.clock.advance(LIFE);
    expect(await fixture.ask(data, keeper)).toBe("access-2");
    expect(await fixture.ask(data, fixture.makeKeeper({ keys: [NEWER_KEY] }))).toBe("access-2");
  });

  test("tokens that a key has sealed which this instance does not know yet are opened with the newest keys", async () => {
    const newest = fixture.makeKeeper({ keys: [NEWER_KEY, KEY] });
    const session = await fixture.signIn(newest);
    const keys: KeyProvider = Object.assign(async () => [KEY], { refreshKeys: async () => [NEWER_KEY, KEY] });
    expect(await fixture.ask(session, fixture.makeKeeper({ keys }))).toBe("access-2");
  });

  test("keys that cannot be read are a failure of a system, and the session goes on", async () => {
    const keys = async () => {
      throw new Error("Secrets Manager does not respond");
    };
    expect(await fixture.ask(data, fixture.makeKeeper({ keys }))).toBe("SessionUnavailableError");
    expect(await fixture.ask(data)).toBe("access-1");
  });
});

describe("the hook of a sign-out", () => {
  test("the hook of a sign-out does nothing for a session without tokens, or without a user", async () => {
    const keeper = fixture.makeKeeper();
    await keeper.onSignOut(fixture.openSession({}));
    await keeper.onSignOut(fixture.makeSession(data));
    expect(await fixture.ask(data)).toBe("access-1");
  });

  test("after a sign-out during a refresh, the new tokens are not stored", async () => {
    fixture.clock.advance(LIFE - 1);
    fixture.provider.answer(async (next) => {
      await fixture.makeKeeper().onSignOut(fixture.openSession(data));
      return next();
    });
    expect(await fixture.ask(data)).toBe("ProviderTokensEndedError: removed");
    expect(await itemValue()).toBe("");
  });
});
