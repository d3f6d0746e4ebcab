import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatHttpDate, isHttpDate, parseHttpDate } from "../../../../shared/values/types/http-date.ts";

describe("a date as a string", () => {
  test.each([
    ["2026-11-23T02:20:00.000Z", "Mon, 23 Nov 2026 02:20:00 GMT"],
    ["2026-11-23T02:20:00.123Z", "Mon, 23 Nov 2026 02:20:00 GMT (123 ms)"],
    ["2026-11-23T02:20:00.007Z", "Mon, 23 Nov 2026 02:20:00 GMT (7 ms)"],
    ["1970-01-01T00:00:00.000Z", "Thu, 01 Jan 1970 00:00:00 GMT"],
    ["1969-12-31T23:59:59.999Z", "Wed, 31 Dec 1969 23:59:59 GMT (999 ms)"],
    ["0100-01-01T00:00:00.000Z", "Fri, 01 Jan 0100 00:00:00 GMT"],
    ["9999-12-31T23:59:59.999Z", "Fri, 31 Dec 9999 23:59:59 GMT (999 ms)"],
  ])("%s is written in Flask's format with the milliseconds in a comment, and read again", (iso, text) => {
    expect(formatHttpDate(new Date(iso))).toBe(text);
    expect(parseHttpDate(text)).toEqual(new Date(iso));
  });

  test("any date is read again to the millisecond", () => {
    const dates = fc.date({
      min: new Date("0100-01-01T00:00:00Z"),
      max: new Date("9999-12-31T23:59:59.999Z"),
      noInvalidDate: true,
    });
    const expectSame = (date: Date): void => {
      expect(parseHttpDate(formatHttpDate(date))).toEqual(date);
    };
    fc.assert(fc.property(dates, expectSame));
  });

  test.each([
    "",
    "not a date",
    "not a date 5",
    "1",
    "2026",
    "(5 ms)",
    "2026-11-23T02:20:00Z",
    "Mon, 30 Feb 2026 02:20:00 GMT",
    "Mon, 99 Nov 2026 02:20:00 GMT",
  ])("%j is read as null, as Werkzeug reads None", (text) => {
    expect(parseHttpDate(text)).toBeNull();
  });
});

describe("isHttpDate", () => {
  test.each<[string, boolean]>([
    ["0099-12-31T23:59:59.999Z", false],
    ["0100-01-01T00:00:00.000Z", true],
    ["9999-12-31T23:59:59.999Z", true],
    ["+010000-01-01T00:00:00.000Z", false],
    ["-000100-01-01T00:00:00.000Z", false],
    ["no date", false],
  ])("isHttpDate accepts a date only if its year is 100 to 9999: %s", (iso, expected) => {
    expect(isHttpDate(new Date(iso))).toBe(expected);
  });
});
