import { beforeEach, describe, expect, test } from "vitest";
import { TokenFixture } from "./token-fixture.ts";

/** Lifetime of the provider's access tokens in seconds. They are refreshed when less than 60 are left. */
const LIFE = 300;

/** Seconds after which a refresh counts as lost. */
const LOST_AFTER = 61;

let fixture: TokenFixture;
let data: Record<string, unknown>;
let dies: Promise<never>;
let die: () => void;

beforeEach(async () => {
  fixture = new TokenFixture({ life: LIFE });
  data = await fixture.signIn();
  const { promise, resolve } = Promise.withResolvers<void>();
  dies = promise.then(() => new Promise<never>(() => {}));
  die = resolve;
});

/** Returns a promise that never resolves, and lets `crash` return. */
function crashHere(): Promise<never> {
  die();
  return dies;
}

/** Makes the next request, which never ends, and returns when its instance has crashed. */
async function crash(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const announce = die;
  die = () => {
    announce();
    resolve();
  };
  void fixture.ask(data);
  await promise;
}

type Step = readonly [when: string, arrange: () => void, isSpent: boolean];

const STEPS: readonly Step[] = [
  ["before it reads the tokens", () => fixture.steered.around("read", crashHere), false],
  ["after it has read the tokens", () => fixture.steered.after("read", crashHere), false],
  ["before it marks the refresh token", () => fixture.steered.around("write", crashHere), false],
  [
    "after the refresh token was marked, before it is sent",
    () => fixture.steered.after("write", crashHere),
    true,
  ],
  ["while it sends the refresh token", () => fixture.provider.answer(crashHere), true],
  [
    "after the provider has used the refresh token",
    () =>
      fixture.provider.answer(async (next) => {
        await next();
        return crashHere();
      }),
    true,
  ],
  [
    "before it stores the new tokens",
    () => {
      fixture.steered.skip("write");
      fixture.steered.around("write", crashHere);
    },
    true,
  ],
  [
    "after it has stored the new tokens",
    () => {
      fixture.steered.skip("write");
      fixture.steered.after("write", crashHere);
    },
    false,
  ],
];

describe.each(STEPS)("%s", (when, arrange, isSpent) => {
  const hasStored = when.includes("has stored");

  test(`if an instance crashes ${when}, the next request gets a valid token at once, and no refresh token is used twice`, async () => {
    fixture.clock.advance(LIFE - 59);
    arrange();
    await crash();
    const token = await fixture.ask(data);
    expect(token).toBe(isSpent ? "access-1" : "access-2");
    expect([fixture.provider.accepts(token), fixture.waits, fixture.provider.reused]).toEqual([true, [], []]);
  });

  test(`if an instance crashes ${when}, the session ${isSpent ? "ends when its access token has expired" : "goes on"}`, async () => {
    fixture.clock.advance(LIFE - 59);
    arrange();
    await crash();
    fixture.clock.advance(LIFE);
    const outcome = await fixture.ask(data);
    if (isSpent)
      expect([outcome, fixture.events.at(-1)]).toEqual([
        "ProviderTokensEndedError: lost",
        "provider_tokens_ended: lost",
      ]);
    else expect(outcome).toBe(hasStored ? "access-3" : "access-2");
    expect(fixture.provider.reused).toEqual([]);
  });

  test(`if an instance crashes ${when}, a request with an expired token is not blocked: 503 for a minute at most, and then the session ends or goes on`, async () => {
    fixture.clock.advance(LIFE);
    arrange();
    await crash();
    const now = await fixture.ask(data);
    expect(now).toBe(isSpent ? "SessionUnavailableError" : "access-2");
    fixture.clock.advance(LOST_AFTER);
    const later = await fixture.ask(data);
    expect(later).toBe(isSpent ? "ProviderTokensEndedError: lost" : "access-2");
    expect(fixture.provider.reused).toEqual([]);
  });
});

describe("an instance that was frozen during a refresh", () => {
  test("an instance that was frozen during a refresh does not bring back the tokens of a session that has ended", async () => {
    fixture.clock.advance(LIFE);
    const { frozen, thaw } = await fixture.freeze(data);
    fixture.clock.advance(LOST_AFTER);
    expect(await fixture.ask(data)).toBe("ProviderTokensEndedError: lost");
    thaw();
    expect([await frozen, await fixture.ask(data)]).toEqual([
      "ProviderTokensEndedError: removed",
      "ProviderTokensEndedError: removed",
    ]);
  });

  test("an instance that was frozen during a refresh does not overwrite the tokens of a new sign-in in the same session", async () => {
    fixture.clock.advance(LIFE - 1);
    const { frozen, thaw } = await fixture.freeze(data);
    await fixture.signIn(fixture.makeKeeper(), fixture.openSession(data));
    thaw();
    expect([await frozen, await fixture.ask(data)]).toEqual(["access-2", "access-2"]);
  });
});
