import fc, { type Arbitrary } from "fast-check";
import { isReserved } from "../../../shared/session/reserved-keys.ts";
import { Markup } from "../../../shared/values/types/markup.ts";
import { Tuple } from "../../../shared/values/types/tuple.ts";
import { UUID } from "../../../shared/values/types/uuid.ts";

/** Keys that mean something to JavaScript, to tagged JSON, to cookies, or to whoever reads them carelessly. */
const HOSTILE_KEYS = [
  ...["__proto__", "constructor", "prototype", "hasOwnProperty", "toString", "valueOf", "toJSON", "then"],
  ...[" t", " b", " m", " u", " d", " di", " t__", " di__", " ", "_", "__", "_user ", "_x"],
  ...[
    "",
    "0",
    "-1",
    "length",
    "a.b",
    "a b",
    '"',
    "\\",
    "\0",
    "\u2028",
    "é",
    "😀",
    "\ud83d",
    "9007199254740993",
  ],
];

/** Text of any UTF-16 units, halves of characters too. */
export const anyText: Arbitrary<string> = fc.oneof(
  fc.string({ unit: "grapheme" }),
  fc.array(fc.nat({ max: 0xffff })).map((units) => String.fromCharCode(...units)),
  fc.constantFrom('{" t":[1]}', "12345678901234567890", '{" ', "__proto__"),
);

/**
 * Names of keys, hostile ones among them. None has a backslash: Node's JSON.parse takes `{"a":1,"\n":2}` for
 * `{"a":1,"\\":2}` once it has parsed the latter (https://github.com/nodejs/node/issues/63785).
 */
export const anyKey: Arbitrary<string> = fc
  .oneof(fc.constantFrom(...HOSTILE_KEYS), anyText)
  .filter((key) => !key.includes("\\"));

const longText = fc
  .tuple(fc.string({ minLength: 1, maxLength: 4 }), fc.nat({ max: 300 }))
  .map(([text, times]) => text.repeat(times));

const number = fc.oneof(
  fc.integer(),
  fc.maxSafeInteger(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(
    0,
    -0,
    2 ** 53 - 1,
    2 ** 53,
    -(2 ** 53),
    2 ** 53 + 2,
    1e21,
    1e22,
    Number.MAX_VALUE,
    Number.MIN_VALUE,
  ),
);

const bigint = fc
  .oneof(fc.bigInt(), fc.constantFrom(2n ** 53n, 2n ** 53n + 1n, -(2n ** 53n), 10n ** 16n, -(10n ** 300n)))
  .filter((value) => value < Number.MIN_SAFE_INTEGER || value > Number.MAX_SAFE_INTEGER);

const date = fc.date({
  min: new Date("0100-01-01T00:00:00Z"),
  max: new Date("9999-12-31T23:59:59.999Z"),
  noInvalidDate: true,
});

const scalar: Arbitrary<unknown> = fc.oneof(
  fc.constantFrom(null, true, false),
  number,
  bigint,
  anyText,
  longText,
  date,
  fc.uint8Array(),
  anyText.map((html) => new Markup(html)),
  fc.uuid().map((text) => new UUID(text)),
);

function dictionaryOf(value: Arbitrary<unknown>, key = anyKey): Arbitrary<Record<string, unknown>> {
  return fc.array(fc.tuple(key, value), { maxLength: 4 }).map((entries) => Object.fromEntries(entries));
}

/** Everything that a session stores, nested. */
export const storableValue: Arbitrary<unknown> = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    scalar,
    fc.array(tie("value"), { maxLength: 4 }),
    fc.array(tie("value"), { maxLength: 4 }).map((items) => Tuple.from(items)),
    dictionaryOf(tie("value")),
  ),
})).value;

/** The data of a whole session: any keys but those that sessions keep for themselves. */
export const storableData: Arbitrary<Record<string, unknown>> = dictionaryOf(
  storableValue,
  anyKey.filter((key) => !isReserved(key)),
);

/** Anything at all: what fast-check knows, and what it does not. */
export const anyValue: Arbitrary<unknown> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.anything({
      key: anyKey,
      withBigInt: true,
      withBoxedValues: true,
      withDate: true,
      withMap: true,
      withNullPrototype: true,
      withObjectString: true,
      withSet: true,
      withSparseArray: true,
      withTypedArray: true,
    }),
  },
  { weight: 2, arbitrary: storableValue },
  { weight: 2, arbitrary: oddValue().chain(placed) },
);

function oddValue(): Arbitrary<unknown> {
  const cycle: unknown[] = [];
  cycle.push({ cycle: Tuple.of(cycle) });
  return fc.constantFrom<unknown[]>(
    ...[
      () => 1,
      class Point {},
      Symbol("s"),
      Promise.resolve(1),
      new Error("e"),
      /a/,
      new URL("https://a.example"),
    ],
    ...[new WeakMap(), new ArrayBuffer(2), new DataView(new ArrayBuffer(2)), new Proxy({ a: 1 }, {}), cycle],
    ...[new (class Stack extends Array {})(), Object.create({ inherited: 1 }), new Date(Number.NaN), 5n],
    ...[
      /b/.exec("abc"),
      Object.assign([1], { named: 2 }),
      { [Symbol("key")]: 1 },
      Object.assign([1], { 2: 3 }),
      Object.create(null),
    ],
    ...[Buffer.from("abc"), new Date("0099-12-31"), { toJSON: () => 1 }],
  );
}

/** A value as it is, and further down. */
function placed(value: unknown): Arbitrary<unknown> {
  return fc.constantFrom<unknown[]>(value, [value], { a: value }, Tuple.of(value), { " t": [{ a: value }] });
}

/**
 * The value in lists, texts and truth values alone, so that two can be compared whatever their keys are called. A
 * dictionary counts the same with a prototype and without, and a Buffer as the bytes that it is.
 */
export function spelledOut(value: unknown): unknown {
  if (typeof value === "number") return Object.is(value, -0) ? "-0" : `${value}`;
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "string") return { text: value };
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Date) return { date: value.getTime() };
  if (value instanceof Uint8Array) return { bytes: [...value] };
  if (value instanceof Markup || value instanceof UUID) return { [value.constructor.name]: `${value}` };
  const items = Reflect.ownKeys(value).map((key) => [key, spelledOut(value[key as never])]);
  return Array.isArray(value) ? { [value.constructor.name]: items } : { items };
}
