import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DynamoDBStore } from "../../../../shared/stores/dynamodb/dynamodb-store.ts";
import { DynamoDBConditionalStore } from "../../../../shared/stores/dynamodb/items/dynamodb-conditional-store.ts";
import { type EmbeddedDynamoDB, startEmbeddedDynamoDB } from "../../../support/embedded-dynamodb.ts";
import { BackChannelWorld, STORAGES, type WorldOptions } from "./back-channel-world.ts";

let dynamodb: EmbeddedDynamoDB;
let tableName: string;

beforeAll(async () => {
  dynamodb = await startEmbeddedDynamoDB();
});

afterAll(() => dynamodb.close());

/** Places of the sessions: memory, and one DynamoDB table for sessions and items. */
const PLACES: Readonly<Record<string, Pick<WorldOptions, "stores">>> = {
  memory: {},
  "a DynamoDB table": {
    stores: (clock) => {
      const client = dynamodb.client();
      return {
        store: new DynamoDBStore({ tableName, client }),
        items: new DynamoDBConditionalStore({ tableName, client, clock }),
      };
    },
  },
};

const CASES = STORAGES.flatMap((storage) => Object.keys(PLACES).map((place) => [storage, place] as const));

describe.each(CASES)("a logout with the storage %s in %s", (storage, place) => {
  async function start(options: WorldOptions = {}): Promise<BackChannelWorld> {
    tableName = await dynamodb.createTable();
    return BackChannelWorld.start({ storage, ...PLACES[place], ...options });
  }

  test.each([
    ["sid alone", { sub: undefined, sid: "lost" }],
    ["sub and sid", { sub: "u-1", sid: "lost" }],
  ])(
    "a logout token with %s ends the sessions of this sid alone, at the next request",
    async (_what, claims) => {
      const world = await start();
      const lost = await world.signIn("lost");
      const sameSession = await world.signIn("lost");
      const otherDevice = await world.signIn("kept");
      const otherUser = await world.signIn("third", { sub: "u-2" });
      const withoutSid = await world.signIn(undefined);
      const otherProvider = await world.signIn("lost", { provider: await world.startOther() });
      const byPassword = world.browser();
      await byPassword.post("/password");
      const others = [otherDevice, otherUser, withoutSid, otherProvider, byPassword];
      expect(await world.areSignedIn([lost, sameSession, ...others])).toEqual(Array(7).fill(true));
      expect(await world.logout(claims)).toBe(200);
      expect(await world.areSignedIn([lost, sameSession])).toEqual([false, false]);
      expect(await world.areSignedIn(others)).toEqual(Array(5).fill(true));
      expect(world.log.records).toEqual([{ level: "INFO", event: "provider_signed_out", ended: 2 }]);
    },
  );

  test("a logout token with sub alone ends all sessions of the user that this provider signed in", async () => {
    const world = await start();
    const lost = [await world.signIn("one"), await world.signIn("two"), await world.signIn(undefined)];
    const otherUser = await world.signIn("three", { sub: "u-2" });
    const otherProvider = await world.signIn("one", { provider: await world.startOther() });
    const byPassword = world.browser();
    await byPassword.post("/password");
    expect(await world.logout({ sid: undefined })).toBe(200);
    expect(await world.areSignedIn(lost)).toEqual([false, false, false]);
    expect(await world.areSignedIn([otherUser, otherProvider, byPassword])).toEqual([true, true, true]);
  });

  test("a user signs in again after a logout", async () => {
    const world = await start();
    const browser = await world.signIn("one");
    await world.logout({ sid: undefined });
    world.clock.advance(1);
    await world.signIn("two", { browser });
    expect(await world.userOf(browser)).toBe("u-1");
  });

  test("a logout of nobody who is signed in is answered with 200", async () => {
    const world = await start();
    const other = await world.signIn("other", { sub: "u-2" });
    for (const claims of [{}, { sub: undefined }, { sid: undefined }])
      expect(await world.logout(claims)).toBe(200);
    expect(await world.userOf(other)).toBe("u-2");
  });

  test("a session that signed in by password since stays signed in when the provider ends its session", async () => {
    const world = await start();
    const browser = await world.signIn("one");
    await browser.post("/password");
    expect(await world.logout({ sub: undefined, sid: "one" })).toBe(200);
    expect(await world.userOf(browser)).toBe("u-1");
  });
});

describe.each(STORAGES)("users of the storage %s whose id is not sub", (storage) => {
  const toUser: WorldOptions["toUser"] = ({ sub }) => ({ id: `account-${sub}`, name: "Ada" });

  test.each([
    ["sid alone", { sub: undefined, sid: "one" }],
    ["sub alone", { sub: "u-1", sid: undefined }],
    ["sub and sid", { sub: "u-1", sid: "one" }],
  ])("a logout token with %s ends the sessions of the user to whom sub was mapped", async (_what, claims) => {
    const world = await BackChannelWorld.start({ storage, toUser });
    const browser = await world.signIn("one");
    expect(await world.userOf(browser)).toBe("account-u-1");
    await world.logout(claims);
    expect(await world.userOf(browser)).toBeUndefined();
  });

  test("a logout token whose sub is the id of another user ends none of that user's sessions", async () => {
    const world = await BackChannelWorld.start({
      storage,
      toUser: ({ sub }) => ({ id: sub === "u-1" ? "u-2" : "u-1", name: "Ada" }),
    });
    const browsers = [await world.signIn("one", { sub: "u-1" }), await world.signIn("two", { sub: "u-2" })];
    await world.logout({ sub: "u-1", sid: undefined });
    expect(await world.areSignedIn(browsers)).toEqual([false, true]);
    await world.logout({ sub: "u-3", sid: undefined });
    expect(await world.areSignedIn(browsers)).toEqual([false, true]);
  });

  test("a logout ends the sessions of both users if the same session of the provider gave two", async () => {
    let accounts = 0;
    const world = await BackChannelWorld.start({
      storage,
      toUser: () => ({ id: `account-${++accounts}`, name: "Ada" }),
    });
    const browsers = [await world.signIn("one"), await world.signIn("one")];
    expect(await world.areSignedIn(browsers)).toEqual([true, true]);
    await world.logout({ sub: undefined, sid: "one" });
    expect(await world.areSignedIn(browsers)).toEqual([false, false]);
  });
});
