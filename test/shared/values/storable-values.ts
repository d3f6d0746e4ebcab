import fc, { type Arbitrary } from "fast-check";
import { isReserved } from "../../../shared/session/reserved-keys.ts";
import { Markup } from "../../../shared/values/types/markup.ts";
import { Tuple } from "../../../shared/values/types/tuple.ts";
import { UUID } from "../../../shared/values/types/uuid.ts";

/** Keys with a meaning in JavaScript, tagged JSON or cookies, or that careless code confuses. */
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
    "\n",
    "\0",
    "\u2028",
    "é",
    "😀",
    "\ud83d",
    "9007199254740993",
  ],
];

/** Strings of any UTF-16 code units, including lone surrogates. */
export const anyText: Arbitrary<string> = fc.oneof(
  fc.string({ unit: "grapheme" }),
  fc.array(fc.nat({ max: 0xffff })).map((units) => String.fromCharCode(...units)),
  fc.constantFrom('{" t":[1]}', "12345678901234567890", '{" ', "__proto__"),
);

/** Keys, including hostile ones. */
export const anyKey: Arbitrary<string> = fc.oneof(fc.constantFrom(...HOSTILE_KEYS), anyText);

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

function objectOf(value: Arbitrary<unknown>, key = anyKey): Arbitrary<Record<string, unknown>> {
  return fc.array(fc.tuple(key, value), { maxLength: 4 }).map((entries) => Object.fromEntries(entries));
}

/** Any value that a session stores, with nesting. */
export const storableValue: Arbitrary<unknown> = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    scalar,
    fc.array(tie("value"), { maxLength: 4 }),
    fc.array(tie("value"), { maxLength: 4 }).map((items) => Tuple.from(items)),
    objectOf(tie("value")),
  ),
})).value;

/** Data of a session with any keys except reserved ones. */
export const storableData: Arbitrary<Record<string, unknown>> = objectOf(
  storableValue,
  anyKey.filter((key) => !isReserved(key)),
);

/** Any JavaScript value, including kinds that fast-check does not generate. */
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

/** Returns the value itself or a structure that contains it. */
function placed(value: unknown): Arbitrary<unknown> {
  return fc.constantFrom<unknown[]>(value, [value], { a: value }, Tuple.of(value), { " t": [{ a: value }] });
}

/**
 * Converts a value to arrays, strings and booleans only, so that values can be compared with any keys.
 * Objects with and without a prototype are equal, and so are a Buffer and its bytes.
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
