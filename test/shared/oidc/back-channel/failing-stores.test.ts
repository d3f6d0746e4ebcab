import { describe, expect, test } from "vitest";
import { SessionUnavailableError } from "../../../../shared/session/session-errors.ts";
import { BackChannelWorld, STORAGES, type Stores } from "./back-channel-world.ts";

/** Time at which a call fails: before it is done, or after it, so that only its response is lost. */
const TIMES = ["before", "after"] as const;

/** Stores of which one call fails. */
class FailingStores {
  readonly stores: Stores;
  /** Number of calls until now. */
  calls = 0;
  #failing: number;
  readonly #time: (typeof TIMES)[number];

  constructor({ store, items }: Stores, failing: number, time: (typeof TIMES)[number]) {
    this.#failing = failing;
    this.#time = time;
    this.stores = { store: this.#wrap(store), items: this.#wrap(items) };
  }

  /** Ends the failures. Returns whether a call has failed. */
  repair(): boolean {
    const hasFailed = this.calls >= this.#failing;
    this.#failing = Number.POSITIVE_INFINITY;
    return hasFailed;
  }

  #wrap<T extends object>(target: T): T {
    return new Proxy(target, {
      get: (object, name) => {
        const method = Reflect.get(object, name);
        if (typeof method !== "function") return method;
        return async (...parameters: unknown[]) => {
          const isFailing = ++this.calls === this.#failing;
          if (isFailing && this.#time === "before") throw new SessionUnavailableError("DynamoDB failed");
          const result = await Reflect.apply(method, object, parameters);
          if (isFailing) throw new SessionUnavailableError("DynamoDB did not respond");
          return result;
        };
      },
    });
  }
}

const TOKENS = [
  ["sid alone", { sub: undefined, sid: "one" }],
  ["sub alone", { sub: "u-1", sid: undefined }],
] as const;

describe.each(STORAGES)("stores that fail with the storage %s", (storage) => {
  test.each(TIMES.flatMap((time) => TOKENS.map(([what, claims]) => [what, time, claims] as const)))(
    "a logout with %s whose store fails %s any call succeeds when it is sent again",
    async (_what, time, claims) => {
      const statuses: (readonly number[])[] = [];
      for (let failing = 1, isReached = true; isReached; failing++) {
        const world = await BackChannelWorld.start({ storage });
        const browsers = [await world.signIn("one"), await world.signIn("two", { sub: "u-2" })];
        const faulty = new FailingStores(world.stores, failing, time);
        const token = await world.token(claims);
        const first = await world.send(token, world.provider, faulty.stores);
        isReached = faulty.repair();
        if (first === 200) expect(await world.areSignedIn(browsers)).toEqual([false, true]);
        statuses.push([first, await world.send(token)]);
        expect(await world.areSignedIn(browsers)).toEqual([false, true]);
      }
      const undisturbed = statuses.pop();
      const last = statuses.pop();
      expect(undisturbed).toEqual([200, 400]);
      // If only the response of the last write is lost, the provider learns that the token was used.
      expect(last).toEqual(time === "after" ? [503, 400] : [503, 200]);
      // A record that cannot be ended opens nothing any more, so that failure is no failure of the logout.
      expect(statuses.map(([first]) => first)).toEqual(expect.arrayContaining([503]));
      for (const [first, second] of statuses) expect(second).toBe(first === 200 ? 400 : 200);
    },
  );

  test.each(TIMES)(
    "a sign-in whose store fails %s any call is either complete or refused, and a logout ends it",
    async (time) => {
      for (let failing = 1, isReached = true; isReached; failing++) {
        const world = await BackChannelWorld.start({ storage });
        const faulty = new FailingStores(world.stores, failing, time);
        const browser = world.browser(world.provider, faulty.stores);
        const location = (await browser.get("/sign-in")).headers.get("location") ?? "";
        const { status } = await world.callback(browser, location, "one");
        isReached = faulty.repair();
        expect(isReached ? [303, 503] : [303]).toContain(status);
        const isSignedIn = (await world.userOf(browser)) !== undefined;
        expect([failing, isSignedIn]).toEqual([failing, status === 303]);
        expect(await world.logout({ sub: undefined, sid: "one" })).toBe(200);
        expect(await world.userOf(browser)).toBeUndefined();
      }
    },
  );
});
