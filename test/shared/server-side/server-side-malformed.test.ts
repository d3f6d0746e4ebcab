import { type AttributeValue, PutItemCommand } from "@aws-sdk/client-dynamodb";
import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { casesOf, runsOf } from "../../support/proofs.ts";
import { FaultySessions, type FaultyVisitor, type Item, look } from "./faulty-sessions.ts";
import { ADA } from "./write-scenarios.ts";

/** Attribute values of each type, and more of the types that items use. */
const SHAPES: readonly AttributeValue[] = [
  { S: "" },
  { S: "text" },
  { N: "0" },
  { N: "-1" },
  { N: "1.5" },
  { N: "1E+100" },
  { N: "12345678901234567890123456789012345678" },
  { BOOL: true },
  { NULL: true },
  { B: new Uint8Array([255]) },
  { L: [{ S: "a" }] },
  { M: {} },
  { M: { a: { S: "no JSON" }, b: { BOOL: false } } },
];

let sessions: FaultySessions;
let visitor: FaultyVisitor;
let items: readonly Item[];

beforeAll(async () => {
  sessions = await FaultySessions.start();
});

afterAll(() => sessions.stop());

beforeEach(async () => {
  await sessions.clear();
  visitor = sessions.visitor();
  await visitor.request((session) => {
    session.signIn(ADA);
    session.set("n", 1);
    session.set("text", "text");
  });
  await visitor.request((session) => session.increment("n"));
  await visitor.request((session) => session.renew());
  items = await sessions.items();
});

async function put(Item: Item): Promise<void> {
  await sessions.direct.send(new PutItemCommand({ TableName: sessions.tableName, Item }));
}

/** Returns the item of the session or of the user. */
function itemOf(kind: "session" | "user"): Item {
  const item = items.find(({ pk }) => pk?.S?.startsWith(kind));
  if (item === undefined) throw new Error(`there is no item of a ${kind}`);
  return item;
}

/** Returns the item with each attribute removed or replaced, also inside its maps. */
function* malformed(item: Item): Generator<[what: string, Item]> {
  for (const [name, value] of Object.entries(item)) {
    if (name === "pk") continue;
    const { [name]: _, ...rest } = item;
    yield [`no ${name}`, rest];
    for (const shape of SHAPES) yield [`${name}: ${JSON.stringify(shape)}`, { ...item, [name]: shape }];
    for (const [what, map] of malformed(value.M ?? {}))
      yield [`${name}.${what}`, { ...item, [name]: { M: map } }];
  }
}

/** Expects that the visitor of a malformed item gets a response and can sign in again. */
async function expectRecovery(what: string, item: Item): Promise<void> {
  await put(item);
  const { cookie = "" } = visitor;
  expect(await visitor.request(look, cookie), what).toMatchObject({ status: 200 });
  const again = sessions.visitor();
  expect(await again.request((session) => session.signIn(ADA), cookie), what).toMatchObject({ status: 200 });
}

describe.each(["session", "user"] as const)("a malformed item of a %s", (kind) => {
  test("a visitor can sign in again when one attribute of the item is missing or malformed", async () => {
    const shapes = [...malformed(itemOf(kind))];
    expect(shapes.length).toBeGreaterThan(50);
    for (const [what, item] of casesOf(shapes, { eachNth: 5 })) await expectRecovery(what, item);
  });

  test("a visitor can sign in again when all attributes of the item are malformed", async () => {
    const { pk = { S: "" }, ...others } = itemOf(kind);
    const shape = fc.constantFrom(...SHAPES);
    const wrong = fc.record(Object.fromEntries(Object.keys(others).map((name) => [name, shape])), {
      requiredKeys: [],
    });
    await fc.assert(
      fc.asyncProperty(wrong, async (attributes) => {
        await expectRecovery(JSON.stringify(attributes), { ...attributes, pk });
      }),
      { numRuns: runsOf({ all: 30, sampled: 10 }) },
    );
  });
});

test("an item with unknown attributes is read", async () => {
  await put({ ...itemOf("session"), later: { M: { version: { N: "2" } } } });
  expect((await visitor.request(look)).result).toMatchObject({ n: 2, text: "text" });
});
