import type { Session } from "lambda-sessions";
import type { Browser } from "lambda-sessions/testing";
import { beforeEach, describe, expect, test, vi } from "vitest";
import type { SessionData } from "../../../functions/runtime/session-data.ts";
import { PAGES, startDemo, submit, textOf } from "./demo.ts";

let browser: Browser<SessionData>;

beforeEach(async () => {
  browser = await startDemo();
});

/** Returns the entries of the session. */
function data(): Promise<object> {
  return browser.editSession((session) => Object.fromEntries((session as unknown as Session).entries()));
}

describe("POST /demo/entries", () => {
  test.each<[type: string, typed: string, value: unknown]>([
    ["text", "teal", "teal"],
    ["text", "", ""],
    ["text", "two\r\nlines", "two\nlines"],
    ["text", " ünï ☃ 𝄞 ", " ünï ☃ 𝄞 "],
    ["number", "42", 42],
    ["number", " -3.5 ", -3.5],
    ["number", "1e3", 1000],
    ["number", "12345678901234567890", 12345678901234567890n],
    ["date", "2026-11-26", new Date("2026-11-26T00:00:00Z")],
    ["date", "2026-11-26T09:30", new Date("2026-11-26T09:30:00Z")],
    ["date", "2026-11-26 09:30:15.250", new Date("2026-11-26T09:30:15.250Z")],
    ["list", "one\r\n\r\ntwo\n", ["one", "two"]],
    ["list", "", []],
  ])("POST /demo/entries saves an entry of type %s: %j", async (type, value, stored) => {
    const response = await browser.post("/demo/entries", { name: "name", type, value });
    expect([response.status, response.headers.get("location")]).toEqual([303, "/demo?cookie=sent"]);
    expect(await data()).toEqual({ name: stored });
  });

  test("POST /demo/entries leads to a page that says what was done", async () => {
    const set = await submit(browser, "/demo/entries", { name: "color", type: "text", value: "teal" });
    expect(textOf(set)).toContain("color is saved.");
    const deleted = await submit(browser, "/demo/entries", { name: "color", action: "delete" });
    expect(textOf(deleted)).toContain("The entry is deleted.");
    expect(await data()).toEqual({});
    expect(textOf(await submit(browser, "/demo/entries", { name: "color", action: "delete" }))).toContain(
      "There was no such entry.",
    );
  });

  test.each(["visits", "key", "claims", "providerTokens"])(
    "POST /demo/entries deletes the application's own entry %s, but does not save it",
    async (name) => {
      await browser.post("/demo/visits");
      await browser.editSession((session) => session.set("key" as never, "value" as never));
      expect((await browser.post("/demo/entries", { name, type: "text", value: "many" })).status).toBe(400);
      expect(await data()).toEqual({ visits: 1, key: "value" });
      await browser.post("/demo/entries", { name, action: "delete" });
      expect(await data()).not.toHaveProperty(name);
      expect((await browser.post("/demo/visits")).status).toBe(303);
    },
  );

  test.each(["__proto__", "constructor", "toString", "a.b c", "ü☃", " padded "])(
    "POST /demo/entries accepts any name, such as %j",
    async (name) => {
      expect((await browser.post("/demo/entries", { name, type: "text", value: "x" })).status).toBe(303);
      expect(Object.entries(await data())).toEqual([[name.trim(), "x"]]);
    },
  );

  const valid = { name: "name", type: "text", value: "x" };

  test.each<[string, Readonly<Record<string, string>>, RegExp]>([
    ["no name", { ...valid, name: " " }, /name/],
    ["a name of 101 characters", { ...valid, name: "x".repeat(101) }, /at most 100/],
    ["a name of two lines", { ...valid, name: "one\ntwo" }, /line breaks/],
    ["a reserved name", { ...valid, name: "_user" }, /_user/],
    ["a reserved name to delete", { name: "_user", action: "delete" }, /_user/],
    ["no type", { name: "name", value: "x" }, /type/],
    ["an unknown type", { ...valid, type: "toString" }, /type/],
    ["a hexadecimal number", { ...valid, type: "number", value: "0x10" }, /number/],
    ["an empty number", { ...valid, type: "number", value: "" }, /number/],
    ["an infinite number", { ...valid, type: "number", value: "1e999" }, /number/],
    ["not a number", { ...valid, type: "number", value: "NaN" }, /number/],
    ["a word as date", { ...valid, type: "date", value: "tomorrow" }, /date/],
    ["a date that does not exist", { ...valid, type: "date", value: "2026-02-30" }, /date/],
    ["a time that does not exist", { ...valid, type: "date", value: "2026-02-03 25:00" }, /date/],
    ["a year that a cookie cannot store", { ...valid, type: "date", value: "0001-01-01" }, /date/],
  ])(
    "POST /demo/entries answers %s with 400 and a sentence, and changes nothing",
    async (_what, form, sentence) => {
      await browser.post("/demo/visits");
      const response = await browser.post("/demo/entries", form);
      expect([response.status, response.cookies]).toEqual([400, []]);
      expect(response.body).toMatch(/^[A-Z_].*\.\n$/);
      expect(response.body).toMatch(sentence);
      expect(await data()).toEqual({ visits: 1 });
    },
  );

  test("POST /demo/entries answers an entry that does not fit with 413 and a page, and changes nothing", async () => {
    const log = vi.spyOn(console, "error").mockReturnValue();
    await browser.post("/demo/visits");
    const response = await submit(browser, "/demo/entries", { ...valid, value: "x".repeat(4000) });
    expect([response.status, response.cookies]).toEqual([413, []]);
    expect(textOf(response)).toContain("nothing was saved. Back to the page");
    expect(await data()).toEqual({ visits: 1 });
    expect(log.mock.calls.flat().join()).not.toContain("xxx");
  });

  test("POST /demo/entries deletes an entry of a session that is full", async () => {
    vi.spyOn(console, "error").mockReturnValue();
    await browser.post("/demo/entries", { name: "small", type: "text", value: "x" });
    let room = 2980;
    while (
      (await browser.post("/demo/entries", { name: "large", type: "text", value: "x".repeat(room) }))
        .status === 413
    )
      room -= 3;
    await browser.get("/demo");
    const response = await submit(browser, "/demo/entries", { name: "small", action: "delete" });
    expect([response.status, textOf(response)]).toEqual([
      200,
      expect.stringContaining("The entry is deleted."),
    ]);
    expect((await browser.post("/demo/entries", { name: "absent", action: "delete" })).status).toBe(303);
  });

  test("POST /demo/entries answers a form of another site with 403 and a page", async () => {
    vi.spyOn(console, "warn").mockReturnValue();
    const response = await browser.post("/demo/entries", valid, {
      from: "https://evil.example",
      headers: PAGES,
    });
    expect([response.status, response.cookies]).toEqual([403, []]);
    expect(textOf(response)).toMatch(/Error 403 This request came from another site/);
    expect(await data()).toEqual({});
  });
});
