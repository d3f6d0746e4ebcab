import { describe, expect, test } from "vitest";
import { TaggedJSON } from "../../../shared/values/tagged-json.ts";
import { Tuple } from "../../../shared/values/types/tuple.ts";
import { UnstorableValueError } from "../../../shared/values/unstorable-value-error.ts";

function again(value: unknown, subject: TaggedJSON): unknown {
  return subject.loads(subject.dumps(value));
}

function refusalOf(value: unknown, name: string, subject: TaggedJSON): UnstorableValueError {
  try {
    subject.dumps(value, name);
  } catch (error) {
    return error as UnstorableValueError;
  }
  return expect.unreachable("the value was stored");
}

describe("a registered type", () => {
  class Money {
    readonly cents: number;
    constructor(cents: number) {
      this.cents = cents;
    }
  }
  class Coin extends Money {}
  class Basket {
    readonly items: unknown[];
    constructor(items: unknown[]) {
      this.items = items;
    }
  }
  const money = {
    key: " money",
    check: (value: object) => value instanceof Money,
    toJSON: ({ cents }: Money) => cents,
    fromJSON: (cents: number) => new Money(cents),
  } as const;
  const coin = {
    key: " coin",
    check: (value: object) => value instanceof Coin,
    toJSON: ({ cents }: Coin) => cents,
    fromJSON: (cents: number) => new Coin(cents),
  } as const;
  const basket = {
    key: " basket",
    check: (value: object) => value instanceof Basket,
    toJSON: ({ items }: Basket) => ({ items: items as never[], at: new Date(0), tuple: Tuple.of(1) }),
    fromJSON: ({ items, at, tuple }: { items: unknown[]; at: unknown; tuple: unknown }) => {
      expect([at, tuple]).toStrictEqual([new Date(0), Tuple.of(1)]);
      return new Basket(items);
    },
  } as const;

  function withTypes(...tags: Parameters<TaggedJSON["register"]>[0][]): TaggedJSON {
    const subject = new TaggedJSON();
    for (const tag of tags) subject.register(tag);
    return subject;
  }

  test("comes back, wherever it stands", () => {
    const subject = withTypes(money);
    for (const value of [new Money(5), [new Money(5)], { a: Tuple.of(new Money(5)) }])
      expect(again(value, subject)).toStrictEqual(value);
    expect(subject.dumps(new Money(5))).toBe('{" money":5}');
  });

  test("may hold further types", () => {
    const subject = withTypes(money, basket);
    const value = { basket: new Basket([new Money(5), new Basket([2n ** 64n])]) };
    expect(again(value, subject)).toStrictEqual(value);
  });

  test("is asked before those registered earlier, so that a subclass may follow its base", () => {
    expect(again([new Coin(1), new Money(2)], withTypes(money, coin))).toStrictEqual([
      new Coin(1),
      new Money(2),
    ]);
  });

  test("is asked before Flask's own", () => {
    class Stamp extends Date {}
    const subject = withTypes({
      key: " stamp",
      check: (value) => value instanceof Stamp,
      toJSON: (value: Stamp) => value.getTime(),
      fromJSON: (time: number) => new Stamp(time),
    });
    expect(again([new Stamp(5), new Date(6000)], subject)).toStrictEqual([new Stamp(5), new Date(6000)]);
  });

  test("is not known to another TaggedJSON", () => {
    withTypes(money);
    expect(refusalOf(new Money(5), "key", new TaggedJSON()).message).toContain(
      "Money is of no registered type",
    );
  });

  test("makes dictionaries with its key look like a tag, and these come back too", () => {
    const subject = withTypes(money);
    for (const value of [
      { " money": 5 },
      [{ " money": { " money": "x" } }],
      { a: { " money": new Money(5) } },
    ])
      expect(again(value, subject)).toStrictEqual(value);
    expect(subject.dumps({ " money": 5 })).toBe('{" di":{" money__":5}}');
  });

  test("may not take a key that is taken", () => {
    for (const key of [" t", " b", " m", " u", " d", " di", " money"] as const) {
      const subject = withTypes(money);
      expect(() => subject.register({ ...coin, key })).toThrow(
        new TypeError(`tag "${key}": the key is taken`),
      );
    }
  });

  test("may take one by force", () => {
    const subject = withTypes(money);
    subject.register({ ...coin, key: " money" }, { force: true });
    expect(again(new Coin(1), subject)).toStrictEqual(new Coin(1));
    expect(refusalOf(new Money(1), "key", subject).message).toContain("Money is of no registered type");
  });

  test("may not take the key of dictionaries that look like a tag, not even by force", () => {
    expect(() => new TaggedJSON().register({ ...money, key: " di" }, { force: true })).toThrow(
      new TypeError('tag " di": the key is taken'),
    );
  });

  test.each(["money", "", "m ", "\tm"])("must have a key that begins with a space, unlike %j", (key) => {
    expect(() => new TaggedJSON().register({ ...money, key: key as " money" })).toThrow(
      new TypeError(`tag "${key}": the key must begin with a space`),
    );
  });

  test("says what is wrong with a value by throwing, which the error repeats with the path", () => {
    const subject = withTypes({
      ...money,
      toJSON: () => {
        throw new TypeError("no debts");
      },
    });
    const error = refusalOf({ a: [new Money(-5)] }, "key", subject);
    expect(error).toEqual(new UnstorableValueError("key.a[0]", "no debts"));
  });

  test("cannot be stored when its terms cannot", () => {
    const subject = withTypes(basket);
    expect(refusalOf(new Basket([1, () => 1]), "key", subject).path).toBe("key.items[1]");
  });

  test("makes the text unreadable when it cannot read its terms", () => {
    const subject = withTypes({
      ...money,
      fromJSON: () => {
        throw new RangeError("no such sum");
      },
    });
    expect(() => subject.loads('{"a":{" money":1}}')).toThrow("no such sum");
  });
});
