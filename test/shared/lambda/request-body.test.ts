import { describe, expect, test } from "vitest";
import type { HttpEvent } from "../../../shared/lambda/http-event.ts";
import { readForm, readJson } from "../../../shared/lambda/request-body.ts";
import {
  type EventRequest,
  httpApiEvent,
  httpApiEvent1,
  restApiEvent,
} from "../../../shared/testing/events.ts";

const FORM = "application/x-www-form-urlencoded";
const EVENTS = [
  ["payload 2.0", httpApiEvent],
  ["payload 1.0 of an HTTP API", httpApiEvent1],
  ["payload 1.0 of a REST API", restApiEvent],
] as const;

function post(
  body: EventRequest["body"],
  type: string | undefined,
  toEvent: (typeof EVENTS)[number][1] = httpApiEvent,
) {
  return toEvent({
    method: "POST",
    headers: { ...(type !== undefined && { "Content-Type": type }) },
    ...(body !== undefined && { body }),
  });
}

/**
 * Returns the event with its body in the other encoding: as text instead of base64, or the other way round.
 */
function reencoded(event: HttpEvent): HttpEvent {
  const { body, isBase64Encoded } = event;
  const [from, to] = isBase64Encoded ? (["base64", "utf8"] as const) : (["utf8", "base64"] as const);
  return {
    ...event,
    body: Buffer.from(body ?? "", from).toString(to),
    isBase64Encoded: !isBase64Encoded,
  } as never;
}

describe.each(EVENTS)("a form in %s", (_name, toEvent) => {
  test.each([FORM, `${FORM};charset=UTF-8`, `${FORM} ; charset=utf-8`, "Application/X-WWW-Form-URLEncoded"])(
    "a form is read when its type is %s, in Base64 and as text",
    (type) => {
      const event = post("name=J%C3%BCrgen+%26+%E2%98%83&empty=", type, toEvent);
      for (const { body, problem } of [readForm(event), readForm(reencoded(event))]) {
        expect(problem).toBeUndefined();
        expect([...(body ?? [])]).toEqual([
          ["name", "Jürgen & ☃"],
          ["empty", ""],
        ]);
      }
    },
  );

  test("a form without a body is empty", () => {
    expect([...(readForm(post(undefined, FORM, toEvent)).body ?? ["none"])]).toEqual([]);
  });

  test.each([undefined, "", "text/plain", "application/json", "multipart/form-data; boundary=x", `x${FORM}`])(
    "a form is answered with 415 when its type is %s",
    (type) => {
      const { body, problem } = readForm(post("name=Ada", type, toEvent));
      expect([body, problem?.statusCode, problem?.body]).toEqual([
        undefined,
        415,
        "Please send a form (application/x-www-form-urlencoded).\n",
      ]);
    },
  );
});

describe.each(EVENTS)("JSON in %s", (_name, toEvent) => {
  test.each([
    "application/json",
    "application/json; charset=utf-8",
    "APPLICATION/JSON ;charset=UTF-8",
    "application/ld+json",
    "application/vnd.example.v2+json; profile=x",
  ])("JSON is read when its type is %s, in Base64 and as text", (type) => {
    const event = post('{"name":"Jürgen & ☃","list":[1,true,null]}', type, toEvent);
    for (const request of [event, reencoded(event)])
      expect(readJson(request)).toEqual({ body: { name: "Jürgen & ☃", list: [1, true, null] } });
  });

  test.each([
    undefined,
    "",
    "text/plain",
    "text/plain; x=application/json",
    FORM,
    "text/json",
    "application/jsonp",
    "application/json-seq",
    "xapplication/json",
    "application/ x+json",
  ])("a form is answered with 415 when its type is %s", (type) => {
    const { body, problem } = readJson(post('{"name":"Ada"}', type, toEvent));
    expect([body, problem?.statusCode]).toEqual([undefined, 415]);
  });
});

test("a refused body gets problem details when the client prefers JSON", () => {
  const headers = { "content-type": "application/json", accept: "application/json" };
  const { problem } = readJson(httpApiEvent({ method: "POST", headers, body: "{" }));
  expect(problem).toMatchObject({ statusCode: 400, headers: { "content-type": "application/problem+json" } });
  expect(JSON.parse(problem?.body ?? "")).toMatchObject({ detail: "The body is not valid JSON." });
});

const NOT_JSON = "The body is not valid JSON.\n";
const NO_OBJECT = "The body must be a JSON object.\n";
const NOT_ACCEPTED = /^The body must not repeat names/;

describe("hostile JSON", () => {
  test.each<[string, EventRequest["body"], answer: string | RegExp]>([
    ["no body", undefined, NOT_JSON],
    ["an empty body", "", NOT_JSON],
    ["white space", " \n", NOT_JSON],
    ["a truncated object", '{"name":"Ada"', NOT_JSON],
    ["two objects", "{}{}", NOT_JSON],
    ["a comment", "{} // done", NOT_JSON],
    ["a trailing comma", '{"a":1,}', NOT_JSON],
    ["single quotes", "{'a':1}", NOT_JSON],
    ["NaN", '{"a":NaN}', NOT_JSON],
    ["a form", "name=Ada", NOT_JSON],
    ["an array", "[1]", NO_OBJECT],
    ["a string", '"Ada"', NO_OBJECT],
    ["a number", "5", NO_OBJECT],
    ["null", "null", NO_OBJECT],
    ["the name __proto__", '{"__proto__":{"isAdmin":true}}', NOT_ACCEPTED],
    ["the name __proto__ in escapes", '{"a":[{"__pr\\u006fto__":1}]}', NOT_ACCEPTED],
    ["the prototype of a constructor", '{"constructor":{"prototype":{"isAdmin":true}}}', NOT_ACCEPTED],
    ["a repeated name", '{"role":"user","role":"admin"}', NOT_ACCEPTED],
    ["a repeated name in escapes", '{"role":"user","\\u0072ole":"admin"}', NOT_ACCEPTED],
    ["a repeated name further down", '{"a":[{"b":{"c":1,"c":1}}]}', NOT_ACCEPTED],
    ["an infinite number", '{"amount":1e999}', NOT_ACCEPTED],
    ["a lone surrogate", '{"name":"\\ud800"}', NOT_ACCEPTED],
    ["a lone surrogate in a name", '{"\\udfff":1}', NOT_ACCEPTED],
    ["65 levels", `{"a":${"[".repeat(64)}${"]".repeat(64)}}`, /^The body must not have more than 64 levels/],
    ["a million levels", '{"a":'.repeat(1e6), /^The body must not have more than 64 levels/],
  ])("hostile JSON is answered with 400 and a sentence: %s", (_what, body, answer) => {
    const event = post(body, "application/json");
    for (const request of [event, reencoded(event)]) {
      const { body: read, problem } = readJson(request);
      expect([read, problem?.statusCode]).toEqual([undefined, 400]);
      expect(problem?.body).toEqual(typeof answer === "string" ? answer : expect.stringMatching(answer));
    }
  });

  test.each<[string, Uint8Array]>([
    ["bytes that are no UTF-8", Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d)],
    ["an overlong slash", Uint8Array.of(0x7b, 0x22, 0xc0, 0xaf, 0x22, 0x3a, 0x31, 0x7d)],
    ["UTF-16", Buffer.from('{"a":1}', "utf16le")],
  ])("JSON that is no UTF-8 is answered with 400: %s", (_what, body) => {
    // API Gateway sends this type in base64.
    const { problem } = readJson(post(body, "application/problem+json"));
    expect([problem?.statusCode, problem?.body]).toEqual([400, NOT_JSON]);
  });

  test("the answer to hostile JSON repeats nothing of the body", () => {
    const { problem } = readJson(post('{"password":"hunter2', "application/json"));
    expect(problem?.body).toBe(NOT_JSON);
  });
});

describe("unusual JSON", () => {
  test.each<[string, body: string, expected: unknown]>([
    ["an empty object", " {} ", {}],
    ["a byte order mark", '\uFEFF{"a":1}', { a: 1 }],
    ["64 levels", `{"a":${"[".repeat(63)}${"]".repeat(63)}}`, expect.anything()],
    ["many arrays side by side", `{"a":[${Array(1000).fill("[]").join()}]}`, { a: Array(1000).fill([]) }],
    ["colons, quotes and brackets in strings", '{"a:\\"b\\"":"{[\\\\\\":"}', { 'a:"b"': '{[\\":' }],
    [
      "names of other properties of objects",
      '{"constructor":"x","toString":1}',
      { constructor: "x", toString: 1 },
    ],
    ["one name in two objects", '{"a":{"id":1},"b":{"id":2}}', { a: { id: 1 }, b: { id: 2 } }],
    ["an empty name", '{"":1}', { "": 1 }],
    ["a surrogate pair", '{"clef":"\\ud834\\udd1e"}', { clef: "𝄞" }],
  ])("unusual JSON is read: %s", (_what, body, expected) => {
    expect(readJson(post(body, "application/json"))).toEqual({ body: expected });
  });

  test("a JSON body of five megabytes is read", () => {
    const text = "\\\\".repeat(1_000_000) + "x".repeat(3_000_000);
    expect(readJson(post(`{"a":"${text}"}`, "application/json")).body?.a).toHaveLength(4_000_000);
  });
});

test("no prototype is changed by a hostile body", () => {
  readJson(
    post('{"__proto__":{"isAdmin":true},"constructor":{"prototype":{"isAdmin":true}}}', "application/json"),
  );
  expect(({} as { isAdmin?: boolean }).isAdmin).toBeUndefined();
});

/** Proves the types when it is compiled; it is never called. */
export function typesOfBodies(event: HttpEvent): unknown {
  // @ts-expect-error the problem is not answered yet
  readForm(event).body.get("name");
  const { body, problem } = readJson(event);
  // @ts-expect-error the problem is not answered yet
  body.name;
  if (problem) return problem;
  // @ts-expect-error a value may have any type of JSON
  body.name?.length;
  return typeof body.name === "string" && body.name.length;
}
