import { describe, expect, test } from "vitest";
import type { SignInHooks } from "../../../../shared/oidc/sign-in-options.ts";
import { SessionUnavailableError } from "../../../../shared/session/session-errors.ts";
import { MemoryConditionalStore } from "../../../../shared/stores/memory-conditional-store.ts";
import { MemoryStore } from "../../../../shared/stores/memory-store.ts";
import { Clock } from "../../../../shared/testing/clock.ts";
import { Random } from "../../../../shared/testing/random.ts";
import { SEED } from "../../../support/proofs.ts";
import { BackChannelWorld, STORAGES } from "./back-channel-world.ts";
import { Actor, interleave } from "./schedule.ts";

const TOKENS = [
  ["sid alone", { sub: undefined, sid: "one" }],
  ["sub alone", { sub: "u-1", sid: undefined }],
  ["sub and sid", { sub: "u-1", sid: "one" }],
] as const;

type Hooks = Required<Pick<SignInHooks, "onSignIn" | "afterSave">>;

/** Places in a sign-in at which a logout arrives. */
const MOMENTS: Readonly<Record<string, (hooks: Hooks, logout: () => Promise<unknown>) => SignInHooks>> = {
  "before the session is linked": (hooks, logout) => ({
    ...hooks,
    onSignIn: async (...parameters) => {
      await logout();
      await hooks.onSignIn(...parameters);
    },
  }),
  "after the session was linked": (hooks, logout) => ({
    ...hooks,
    onSignIn: async (...parameters) => {
      await hooks.onSignIn(...parameters);
      await logout();
    },
  }),
  "after the session was saved": (hooks, logout) => ({
    ...hooks,
    afterSave: async (signedIn) => {
      await logout();
      return hooks.afterSave(signedIn);
    },
  }),
};

describe.each(STORAGES)("a sign-in under way with the storage %s", (storage) => {
  const cases = Object.keys(MOMENTS).flatMap((moment) =>
    TOKENS.map(([what, claims]) => [what, moment, claims] as const),
  );

  test.each(cases)(
    "a logout with %s that arrives %s ends the sign-in, and the visitor is told",
    async (_what, moment, claims) => {
      const world = await BackChannelWorld.start({
        storage,
        hooks: (hooks) =>
          MOMENTS[moment]?.(hooks, async () => statuses.push(await world.logout(claims))) ?? {},
      });
      const statuses: number[] = [];
      const browser = world.browser();
      const location = (await browser.get("/sign-in")).headers.get("location") ?? "";
      const response = await world.callback(browser, location, "one");
      expect([response.status, statuses]).toEqual([401, [200]]);
      expect(await world.userOf(browser)).toBeUndefined();
      const refusal = { level: "WARN", event: "sign_in_refused", reason: "ended_by_provider" };
      expect(world.log.records.at(-1)).toEqual(refusal);
    },
  );

  test("a sign-in with the sid of an ended session is refused, unless the user has authenticated since", async () => {
    const world = await BackChannelWorld.start({ storage });
    const earlier = world.provider.nowSeconds;
    await world.signIn("one");
    await world.logout({ sid: "one" });
    world.clock.advance(30);
    world.provider.claims = { auth_time: earlier };
    await expect(world.signIn("one")).rejects.toThrow("401");
    world.provider.claims = { auth_time: undefined };
    await expect(world.signIn("one")).rejects.toThrow("401");
    world.provider.claims = {};
    expect(await world.userOf(await world.signIn("one"))).toBe("u-1");
    await world.logout({ sub: undefined, sid: "one" });
    expect(world.log.records.at(-1)).toMatchObject({ ended: 1 });
  });

  test("a logout of all sessions of a user does not refuse a sign-in that began since", async () => {
    const world = await BackChannelWorld.start({ storage });
    await world.logout({ sid: undefined });
    world.clock.advance(1);
    world.provider.claims = { auth_time: world.provider.nowSeconds - 600 };
    expect(await world.userOf(await world.signIn("one"))).toBe("u-1");
  });

  test.each(["read", "write"] as const)(
    "a sign-in is refused when the store of the links fails to %s",
    async (method) => {
      const world = await BackChannelWorld.start({ storage });
      const browser = world.browser();
      const location = (await browser.get("/sign-in")).headers.get("location") ?? "";
      Object.assign(world.stores.items, {
        [method]: async () => {
          throw new SessionUnavailableError("DynamoDB failed");
        },
      });
      expect((await world.callback(browser, location, "one")).status).toBe(503);
      expect(await world.userOf(browser)).toBeUndefined();
    },
  );

  test("a sign-in whose logouts cannot be read after it was saved does not stay signed in", async () => {
    const failing = async (): Promise<boolean> => {
      throw new SessionUnavailableError("DynamoDB failed");
    };
    const world = await BackChannelWorld.start({
      storage,
      hooks: (hooks) => ({ ...hooks, afterSave: failing }),
    });
    const browser = world.browser();
    const location = (await browser.get("/sign-in")).headers.get("location") ?? "";
    expect((await world.callback(browser, location, "one")).status).toBe(503);
    expect(await world.userOf(browser)).toBeUndefined();
  });
});

describe.each(STORAGES)("the late logout of an earlier sign-in with the storage %s", (storage) => {
  test("a sign-in that it overtakes can be ended by the provider as long as its session lives", async () => {
    const earlier = new Clock().seconds;
    const world = await BackChannelWorld.start({
      storage,
      hooks: (hooks) => ({
        ...hooks,
        onSignIn: async (...parameters) => {
          await hooks.onSignIn(...parameters);
          if (isLate) await world.logout({ sid: undefined, iat: earlier });
        },
      }),
    });
    let isLate = false;
    await world.signIn(undefined);
    world.clock.advance(10);
    isLate = true;
    const browser = await world.signIn(undefined);
    world.clock.advance(2 * 3600);
    expect(await world.userOf(browser)).toBe("u-1");
    expect(await world.logout({ sid: undefined })).toBe(200);
    expect(await world.userOf(browser)).toBeUndefined();
  });
});

/** Number of schedules for each storage and kind of token. */
const SCHEDULES = 40;

describe.each(STORAGES)("interleavings with the storage %s", (storage) => {
  test.each(TOKENS)(
    `no sign-in survives a logout with %s in ${SCHEDULES} orders of the calls of stores`,
    async (_what, claims) => {
      const world = await BackChannelWorld.start({ storage });
      const results = new Set<number>();
      for (let seed = SEED; seed < SEED + SCHEDULES; seed++) {
        const random = new Random(seed);
        const stores = {
          store: new MemoryStore(),
          items: new MemoryConditionalStore({ clock: world.clock.now }),
        };
        const [visitor, server] = [new Actor(), new Actor()];
        const gated = (actor: Actor) => ({
          store: actor.gate(stores.store),
          items: actor.gate(stores.items),
        });
        const browser = world.browser(world.provider, gated(visitor));
        const location = (await browser.get("/sign-in")).headers.get("location") ?? "";
        const signingIn = visitor.run(() => world.callback(browser, location, "one"));
        const signingOut = server.run(() => world.logout(claims, world.provider, gated(server)));
        await interleave(visitor, server, () => random.chance(0.5));
        const [{ status }, logout] = await Promise.all([signingIn, signingOut]);
        results.add(status);
        expect([seed, logout]).toEqual([seed, 200]);
        expect([seed, await world.userOf(browser)]).toEqual([seed, undefined]);
        world.clock.advance(1);
      }
      expect([...results].sort()).toEqual([303, 401]);
    },
  );
});
