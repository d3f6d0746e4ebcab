import { describe, expect, test } from "vitest";
import { TaggedJSON } from "../../../shared/values/tagged-json.ts";
import { Tuple } from "../../../shared/values/types/tuple.ts";
import { UnstorableValueError } from "../../../shared/values/unstorable-value-error.ts";

function roundTrip(value: unknown, subject: TaggedJSON): unknown {
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

  test("a value of a registered type is stored and read at any depth", () => {
    const subject = withTypes(money);
    for (const value of [new Money(5), [new Money(5)], { a: Tuple.of(new Money(5)) }])
      expect(roundTrip(value, subject)).toStrictEqual(value);
    expect(subject.dumps(new Money(5))).toBe('{" money":5}');
  });

  test("a registered type may contain values of further types", () => {
    const subject = withTypes(money, basket);
    const value = { basket: new Basket([new Money(5), new Basket([2n ** 64n])]) };
    expect(roundTrip(value, subject)).toStrictEqual(value);
  });

  test("a type that is registered without an index is checked last, as in Flask", () => {
    expect(withTypes(money, coin).dumps(new Coin(1))).toBe('{" money":1}');
    expect(withTypes(coin, money).dumps(new Coin(1))).toBe('{" coin":1}');
  });

  test("a subclass that is registered with the index 0 is checked before its base class", () => {
    const subject = withTypes(money);
    subject.register(coin, { index: 0 });
    const values = [new Coin(1), new Money(2)];
    expect(roundTrip(values, subject)).toStrictEqual(values);
  });

  test("a subclass of one of Flask's types is stored as its own type with the index 0, and as Flask's without", () => {
    class Stamp extends Date {}
    const stamp = {
      key: " stamp",
      check: (value: object) => value instanceof Stamp,
      toJSON: (value: Stamp) => value.getTime(),
      fromJSON: (time: number) => new Stamp(time),
    } as const;
    const values = [new Stamp(5000), new Date(6000)];
    const first = new TaggedJSON();
    first.register(stamp, { index: 0 });
    expect(roundTrip(values, first)).toStrictEqual(values);
    expect(roundTrip(values, withTypes(stamp))).toStrictEqual([new Date(5000), new Date(6000)]);
  });

  test("a type that replaces another keeps its position, unless it is given an index", () => {
    const anyMoney = { ...money, key: " coin" } as const;
    const subject = withTypes(coin, money);
    subject.register(anyMoney, { force: true });
    expect(subject.dumps(new Money(1))).toBe('{" coin":1}');
    subject.register(money, { force: true, index: 0 });
    expect(subject.dumps(new Money(1))).toBe('{" money":1}');
  });

  test("a type that is registered with one TaggedJSON is unknown to another", () => {
    withTypes(money);
    expect(refusalOf(new Money(5), "key", new TaggedJSON()).message).toContain(
      "Money is not a registered type",
    );
  });

  test("an object whose only key is that of a registered type is stored and read unchanged", () => {
    const subject = withTypes(money);
    for (const value of [
      { " money": 5 },
      [{ " money": { " money": "x" } }],
      { a: { " money": new Money(5) } },
    ])
      expect(roundTrip(value, subject)).toStrictEqual(value);
    expect(subject.dumps({ " money": 5 })).toBe('{" di":{" money__":5}}');
  });

  test("register rejects a key that is taken", () => {
    for (const key of [" t", " b", " m", " u", " d", " di", " money"] as const) {
      const subject = withTypes(money);
      expect(() => subject.register({ ...coin, key })).toThrow(
        new TypeError(`tag "${key}": the key is taken; choose another one, or pass force to replace the tag`),
      );
    }
  });

  test("register replaces the type of a taken key when force is set", () => {
    const subject = withTypes(money);
    subject.register({ ...coin, key: " money" }, { force: true });
    expect(roundTrip(new Coin(1), subject)).toStrictEqual(new Coin(1));
    expect(refusalOf(new Money(1), "key", subject).message).toContain("Money is not a registered type");
  });

  test("register rejects the key of objects that look like a tag even when force is set", () => {
    expect(() => new TaggedJSON().register({ ...money, key: " di" }, { force: true })).toThrow(
      new TypeError('tag " di": the key is taken; choose another one, or pass force to replace the tag'),
    );
  });

  test.each(["money", "", "m ", "\tm"])(
    "register rejects the key %j, which does not begin with a space",
    (key) => {
      expect(() => new TaggedJSON().register({ ...money, key: key as " money" })).toThrow(
        new TypeError(`tag "${key}": the key must begin with a space`),
      );
    },
  );

  test("the message of an error in toJSON is part of the UnstorableValueError with the path", () => {
    const subject = withTypes({
      ...money,
      toJSON: () => {
        throw new TypeError("no debts");
      },
    });
    const error = refusalOf({ a: [new Money(-5)] }, "key", subject);
    expect(error).toEqual(new UnstorableValueError("key.a[0]", "no debts"));
  });

  test("a value of a registered type cannot be stored if toJSON returns an unstorable value", () => {
    const subject = withTypes(basket);
    expect(refusalOf(new Basket([1, () => 1]), "key", subject).path).toBe("key.items[1]");
  });

  test("loads throws the error that fromJSON throws", () => {
    const subject = withTypes({
      ...money,
      fromJSON: () => {
        throw new RangeError("no such sum");
      },
    });
    expect(() => subject.loads('{"a":{" money":1}}')).toThrow("no such sum");
  });
});
