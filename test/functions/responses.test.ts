import { expect, test } from "vitest";
import { json } from "../../functions/runtime/responses.ts";

test("json answers a value with 200 and application/json, without a charset", () => {
  expect(json({ name: "Jürgen", list: [1, null] })).toEqual({
    statusCode: 200,
    headers: { "content-type": "application/json" },
    body: '{"name":"Jürgen","list":[1,null]}',
  });
});

test("json answers with another status", () => {
  expect(json({ id: 1 }, 201)).toMatchObject({ statusCode: 201, body: '{"id":1}' });
});

test.each<[string, unknown, body: string]>([
  ["a bigint", 10n ** 20n, '"100000000000000000000"'],
  ["bytes", { bytes: Uint8Array.of(255) }, '{"bytes":"/w=="}'],
  ["a Buffer", [Buffer.of(255)], '["/w=="]'],
  ["a date", { at: new Date(0) }, '{"at":"1970-01-01T00:00:00.000Z"}'],
  ["null", null, "null"],
  ["undefined", undefined, "null"],
  ["a string", "a", '"a"'],
])("json writes %s", (_name, value, body) => {
  expect(json(value).body).toBe(body);
});
