import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { TokenKeeper } from "../../../../shared/oidc/tokens/token-keeper.ts";
import { DynamoDBConditionalStore } from "../../../../shared/stores/dynamodb/items/dynamodb-conditional-store.ts";
import { type EmbeddedDynamoDB, startEmbeddedDynamoDB } from "../../../support/embedded-dynamodb.ts";
import { runsOf } from "../../../support/proofs.ts";
import { TokenFixture } from "./token-fixture.ts";

const LIFE = 300;
/** Parallel calls, as many as the embedded DynamoDB answers in time. */
const INSTANCES = 8;
const SESSIONS = 3;
const ROUNDS = runsOf({ all: 40, sampled: 2 });

let dynamodb: EmbeddedDynamoDB;
let tableName: string;

beforeAll(async () => {
  dynamodb = await startEmbeddedDynamoDB();
  tableName = await dynamodb.createTable();
});

afterAll(() => dynamodb.close());

describe("on the embedded DynamoDB", () => {
  test.each([
    ["are about to expire", LIFE - 1],
    ["have expired", LIFE],
  ])(
    `${INSTANCES} instances refresh the tokens of ${SESSIONS} sessions once when they %s`,
    async (_when, age) => {
      const fixture = new TokenFixture({ life: LIFE });
      const client = dynamodb.client();
      const makeKeeper = (): TokenKeeper => {
        const items = new DynamoDBConditionalStore({ tableName, client, clock: fixture.clock.now });
        return fixture.makeKeeper({ items });
      };
      const data: Record<string, unknown>[] = [];
      for (let count = 0; count < SESSIONS; count++) data.push(await fixture.signIn(makeKeeper()));
      for (let round = 1; round <= ROUNDS; round++) {
        fixture.clock.advance(age);
        const keepers = Array.from({ length: INSTANCES }, makeKeeper);
        const calls = keepers.flatMap((keeper) => data.map((session) => fixture.ask(session, keeper)));
        const outcomes = new Set(await Promise.all(calls));
        expect([fixture.provider.reused, fixture.provider.refreshes]).toEqual([[], round * SESSIONS]);
        if (age === LIFE) outcomes.delete("SessionUnavailableError");
        for (const outcome of outcomes) expect(fixture.provider.accepts(outcome), outcome).toBe(true);
      }
    },
  );
});
