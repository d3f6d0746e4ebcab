import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { parseJson } from "../../../shared/values/exact-json.ts";
import { TaggedJSON } from "../../../shared/values/tagged-json.ts";

const parse = JSON.parse;

/**
 * Replaces `JSON.parse` by one that reads each name with an escape as V8 12.8 to 14.6 do if the process has
 * seen an object with that other name: as the first characters of the name's escaped form.
 */
function readEscapedNamesWrong(): void {
  vi.spyOn(JSON, "parse").mockImplementation((text: string) =>
    parse(
      text.replace(/"((?:[^"\\]|\\.)*)"(?=\s*:)/g, (_string, name: string) =>
        JSON.stringify(name.slice(0, parse(`"${name}"`).length)),
      ),
    ),
  );
}

test.each<[string, unknown]>([
  ['{"a":0,"\\n":1}', { a: 0, "\n": 1 }],
  ['{"a":0,"\\"":1}', { a: 0, '"': 1 }],
  ['{"gr\\u00f6\\u00dfe":{"\\u540d":1}}', { größe: { 名: 1 } }],
  ['[{"\\ud800" : "\\ud800"}]', [{ "\ud800": "\ud800" }]],
  ['{"\\u007e0":"\\n","~0":"~1"}', { "~0": "~1" }],
  ['{"\\n":"a\\":1","\\\\":"\\\\"}', { "\n": 'a":1', "\\": "\\" }],
  ['{"\\u0062":1,"2":2,"\\u0031":3,"b":4}', { 1: 3, 2: 2, b: 4 }],
])("parseJson reads the names of %s where JSON.parse reads names with an escape wrong", (text, expected) => {
  readEscapedNamesWrong();
  expect(JSON.parse(text)).not.toEqual(expected);
  const value = parseJson(text);
  expect(value).toEqual(expected);
  expect(JSON.stringify(value)).toBe(JSON.stringify(expected));
});

test("parseJson reads an escaped name that a process with objects of similar names reads wrong", () => {
  parse('{"a":0,"\\\\":1}');
  expect(parseJson('{"a":0,"\\u00fc":1}')).toEqual({ a: 0, ü: 1 });
});

test("a session keeps its keys where JSON.parse reads names with an escape wrong", () => {
  const json = new TaggedJSON();
  const data = {
    a: 0,
    '"': [{ "\n": new Date(0) }],
    " d": { "\\": 2n ** 60n },
    "\ud800": null,
    __proto__: 1,
  };
  readEscapedNamesWrong();
  expect(json.loads(json.dumps(data))).toEqual(data);
});

test("parseJson treats an escaped __proto__ as an ordinary key", () => {
  const value = parseJson('{"\\u005f_proto__":{"x":1}}') as object;
  expect(Object.keys(value)).toEqual(["__proto__"]);
  expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
});

test.each(["", '{"\\n"}', '{"\\x":1}', '"\\', '["\\n",]', "01234567890123456", '{12345678901234567:"\\n"}'])(
  "parseJson throws a SyntaxError for %j, as JSON.parse does",
  (text) => {
    expect(() => parseJson(text)).toThrow(SyntaxError);
  },
);

test("parseJson returns the same as JSON.parse where JSON.parse reads all names right", () => {
  const name = fc.string({ unit: fc.constantFrom("~", "0", '"', "\\", "\n", "ü", "\ud800", ":", " ") });
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      name,
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.maxSafeInteger(),
      fc.array(tie("value")),
      fc.dictionary(name, tie("value")),
    ),
  }));
  fc.assert(
    fc.property(value, fc.boolean(), (any, isAscii) => {
      const text = JSON.stringify(any);
      const written = isAscii
        ? text.replace(/[^\0-\x7f]/g, (one) => `\\u00${one.charCodeAt(0).toString(16)}`)
        : text;
      const expected = JSON.stringify(any, (_key, part) => (Object.is(part, -0) ? 0 : part));
      expect(JSON.stringify(parseJson(written))).toBe(expected);
    }),
  );
});
