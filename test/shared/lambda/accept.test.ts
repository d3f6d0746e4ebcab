import { expect, test } from "vitest";
import { prefersJson } from "../../../shared/lambda/accept.ts";

const CHROME = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8";

test.each([
  "application/json",
  "application/problem+json",
  "application/vnd.example.v2+json",
  "APPLICATION/JSON",
  "application/json; charset=utf-8",
  "application/json;q=0.1",
  "application/json, text/plain, */*",
  "application/json, text/javascript, */*; q=0.01",
  "text/html;q=0.8, application/json",
  "text/html;q=0.5, application/json;profile=x;Q=0.6",
  "text/html;q=0, application/json;q=0.1",
  "*/*;q=0.8, application/json;q=0.9",
  "application/json;q=0.5, text/plain;q=0.4, text/html;q=0.4, */*;q=1",
  ",, application/json ,",
])("the Accept header %j prefers JSON", (accept) => {
  expect(prefersJson(accept)).toBe(true);
});

test.each([
  "",
  "*/*",
  "application/*",
  "*/*;q=1, application/*;q=1",
  CHROME,
  "text/plain",
  "text/html, application/json;q=0.9",
  "text/plain, application/json;q=0.9",
  "text/*, application/json;q=0.9",
  "application/json;q=0.9, */*",
  "application/json;q=0",
  "application/json;q=0.000",
  "application/json;q=",
  "application/json;q=high",
  "application/json;q=-1",
  "application/jsonp",
  "application/json-seq",
  "text/json",
  "json",
  "application/javascript",
])("the Accept header %j does not prefer JSON", (accept) => {
  expect(prefersJson(accept)).toBe(false);
});

test("a weight above 1 counts as 1", () => {
  expect(prefersJson("application/json;q=0.9, text/html;q=1000")).toBe(false);
  expect(prefersJson("application/json, text/html;q=1000")).toBe(true);
});

test("a header of ten thousand ranges is read without an error", () => {
  expect(prefersJson("text/html;q=0.5,".repeat(10_000))).toBe(false);
});
