import { createHash } from "node:crypto";
import { APP_ORIGIN, type Browser } from "lambda-sessions/testing";
import { beforeEach, describe, expect, test, vi } from "vitest";
import type { SessionData } from "../../../functions/runtime/session-data.ts";
import { startDemo, submit, textOf } from "./demo.ts";

let browser: Browser<SessionData>;

beforeEach(async () => {
  browser = await startDemo();
});

async function pageText(): Promise<string> {
  return textOf(await browser.get("/demo"));
}

function cookieValue(): string {
  return browser.jar.cookies(APP_ORIGIN)[0]?.value ?? "";
}

describe("the page", () => {
  test("the page greets a new visitor with a form for signing in, and begins no session", async () => {
    const response = await browser.get("/demo");
    expect([response.status, response.cookies]).toEqual([200, []]);
    expect(response.body).toMatch(/^<!doctype html>\n<html lang="en">/);
    expect(textOf(response)).toMatch(/Hello, visitor .*kept in a signed cookie\./);
    expect(textOf(response)).toContain("You have no session.");
    expect(response.body).toContain('<form class="fields" method="post" action="/demo/sign-in">');
    expect(response.body).not.toContain("/sign-out");
  });

  test("the page greets a signed-in user with a form for signing out", async () => {
    const response = await submit(browser, "/demo/sign-in", { name: "Ada" });
    expect(textOf(response)).toContain("Hello, Ada");
    expect(response.body).toContain('method="post" action="/demo/sign-out"');
    expect(response.body).not.toContain('action="/demo/sign-in"');
    expect(textOf(await submit(browser, "/demo/sign-out"))).toContain("You are signed out. Hello, visitor");
  });

  test("the page counts a visit when its form is posted, not when it is loaded", async () => {
    await browser.get("/demo");
    expect(textOf(await submit(browser, "/demo/visits"))).toContain("Visits: 1");
    await browser.get("/demo");
    expect(textOf(await submit(browser, "/demo/visits"))).toContain("Visits: 2");
  });

  test("the page shows each flash once", async () => {
    await browser.editSession((session) => {
      session.flash("first");
      session.flash("second", "warning");
    });
    const { body } = await browser.get("/demo");
    expect(body).toContain(
      '<p class="flash" data-category="message">first</p><p class="flash" data-category="warning">second</p>',
    );
    expect((await browser.get("/demo")).body).not.toContain('class="flash"');
  });

  test("the page shows the names, types and values of the entries", async () => {
    await browser.editSession((session) =>
      (session as unknown as { set(key: string, value: unknown): void }).set("mixed", [1, { a: null }]),
    );
    await submit(browser, "/demo/entries", { name: "color", type: "text", value: "teal" });
    await submit(browser, "/demo/entries", { name: "pi", type: "number", value: "3.14" });
    await submit(browser, "/demo/entries", { name: "born", type: "date", value: "1815-12-10" });
    const { body } = await submit(browser, "/demo/entries", {
      name: "books",
      type: "list",
      value: "one\r\ntwo",
    });
    expect(body).toContain(
      '<th scope="row">color <span class="type">text</span></th><td class="value">teal</td>',
    );
    expect(body).toContain(
      '<th scope="row">pi <span class="type">number</span></th><td class="value"><code>3.14</code></td>',
    );
    expect(body).toContain(
      '<span class="type">date</span></th><td class="value">1815-12-10 00:00:00 UTC</td>',
    );
    expect(body).toContain(
      '<span class="type">list</span></th><td class="value"><ul><li>one</li><li>two</li></ul></td>',
    );
    expect(body).toContain('<td class="value"><code>[1,{&#34;a&#34;:null}]</code></td>');
  });

  test("the page stays small when a compressed cookie contains long values", async () => {
    browser = await startDemo({ SESSION_SETTINGS: '{"compress":true}' });
    await submit(browser, "/demo/entries", { name: "list", type: "list", value: "<\n".repeat(5000) });
    await submit(browser, "/demo/entries", { name: "text", type: "text", value: "x".repeat(40_000) });
    const response = await browser.get("/demo");
    expect(response.body.length).toBeLessThan(40_000);
    expect(textOf(response)).toContain("and 4980 more");
    expect(response.body.match(/<li>&#60;<\/li>/g)).toHaveLength(20);
  });

  test("the page shows a hundred entries and the number of the others", async () => {
    browser = await startDemo({ SESSION_SETTINGS: '{"compress":true}' });
    await browser.editSession((session) => {
      for (let key = 0; key < 150; key++) session.set(`key${key}` as never, "x" as never);
    });
    const { body } = await browser.get("/demo");
    expect(body.match(/aria-label="Delete key/g)).toHaveLength(100);
    expect(body).toContain("<p>And 50 more.</p>");
  });

  test("the page shows the beginning of a long string", async () => {
    await submit(browser, "/demo/entries", { name: "long", type: "text", value: "x".repeat(300) });
    const { body } = await browser.get("/demo");
    expect(body).toContain(`<td class="value">${"x".repeat(200)}…</td>`);
  });

  test("the page is not cached and varies by the cookie", async () => {
    await browser.post("/demo/visits");
    const { headers } = await browser.get("/demo");
    expect([headers.get("cache-control"), headers.get("vary")]).toEqual(["no-store", "Cookie"]);
  });
});

describe("the page escapes", () => {
  const hostile = `"><script>alert('x')</script>&amp;<!--own cost-->`;
  const escaped =
    "&#34;&#62;&#60;script&#62;alert(&#39;x&#39;)&#60;/script&#62;&#38;amp;&#60;!--own cost--&#62;";

  test("the page escapes the name of the user", async () => {
    const { body } = await submit(browser, "/demo/sign-in", { name: hostile });
    expect(body).toContain(`<h1 id="top">Hello, ${escaped}</h1>`);
    expect(body).toContain(`You are signed in as ${escaped}.`);
    expect(body).not.toContain("<script>alert");
  });

  test("the page escapes names and values of entries, of all types", async () => {
    await submit(browser, "/demo/entries", { name: hostile, type: "text", value: hostile });
    await submit(browser, "/demo/entries", { name: `${hostile}2`, type: "list", value: hostile });
    await browser.editSession((session) => session.set("visits", { [hostile]: hostile } as never));
    const { body } = await browser.get("/demo");
    expect(body).toContain(
      `<th scope="row">${escaped} <span class="type">text</span></th><td class="value">${escaped}</td>`,
    );
    expect(body).toContain(`aria-label="Delete ${escaped}"`);
    expect(body).not.toContain("<script>alert");
  });

  test("the page escapes flashes and their categories, except flashes of the class Markup", async () => {
    // Imported here, because the functions have just loaded their modules again.
    const { Markup } = await import("lambda-sessions");
    await browser.editSession((session) => {
      session.flash(hostile, hostile);
      session.flash(new Markup("<b>safe</b>"));
    });
    const { body } = await browser.get("/demo");
    expect(body).toContain(`data-category="${escaped}">${escaped}</p>`);
    expect(body).toContain("<b>safe</b>");
    expect(body).not.toContain("<script>alert");
  });

  test("the page ignores costs and actions in the query that it does not know", async () => {
    const query = new URLSearchParams({ cookie: hostile, done: hostile, GetItem: hostile, [hostile]: "1" });
    const response = await browser.get(`/demo?${query}`);
    expect(textOf(response)).not.toContain("alert");
    expect(textOf(response)).not.toContain("Your last change");
    expect(response.body).toContain('<div id="status" role="status"></div>');
  });
});

describe("the page's resources", () => {
  const hashOf = (text = "") => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

  test("the Content-Security-Policy of the page allows its own style and script only", async () => {
    const { headers, body } = await browser.get("/demo");
    const [, style] = /<style>(.*?)<\/style>/s.exec(body) ?? [];
    const [, script] = /<script>(.*?)<\/script>/s.exec(body) ?? [];
    expect(headers.get("content-security-policy")).toBe(
      `default-src 'none'; style-src ${hashOf(style)}; script-src ${hashOf(script)}; connect-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
    );
    expect(body.match(/<style|<script|style="| on[a-z]+="/g)).toEqual(["<style", "<script"]);
    expect(headers.get("strict-transport-security")).toBe("max-age=31536000");
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("content-type")).toBe("text/html; charset=utf-8");
  });

  test("the page refers to no other address", async () => {
    const { body } = await browser.get("/demo");
    expect(body).not.toMatch(/https?:|\/\/[a-z]|url\(|@import/);
  });
});

describe("the inspection", () => {
  test("the inspection cuts a cookie into payload, timestamp and signature", async () => {
    vi.useFakeTimers({ now: Date.UTC(2026, 10, 26), toFake: ["Date"] });
    browser = await startDemo();
    await browser.post("/demo/visits");
    const [payload = "", timestamp = "", signature = ""] = cookieValue().split(".");
    const { body } = await browser.get("/demo");
    vi.useRealTimers();
    expect(body).toContain(`<span class="payload">${payload}</span>`);
    expect(body).toContain("{&#34;visits&#34;:1,&#34;_created&#34;:1795651200}</code>");
    expect(body).toContain(`.<span class="timestamp">${timestamp}</span>`);
    expect(body).toContain("1795651200, which is Thu, 26 Nov 2026 00:00:00 GMT");
    expect(body).toContain(`.<span class="signature">${signature.slice(0, 5)}${"•".repeat(38)}</span>`);
    expect(body).toContain('began <time datetime="2026-11-26T00:00:00.000Z">');
    expect(body).toContain('ends <time datetime="2026-12-26T00:00:00.000Z">');
  });

  test.each([
    ["the end is the absolute lifetime, which no change prolongs", {}, false],
    ["the session has no absolute lifetime", { flask: true }, true],
    ["the idle lifetime ends first", { lifetime: 3600 }, true],
  ])(
    "the inspection says that a change prolongs the session only where one does: %s",
    async (_how, settings, isProlonged) => {
      browser = await startDemo({ SESSION_SETTINGS: JSON.stringify(settings) });
      await submit(browser, "/demo/visits");
      const sentence = /It ends [^.]*\./.exec(await pageText())?.[0];
      expect(sentence?.includes("; a change prolongs it.")).toBe(isProlonged);
    },
  );

  test("the inspection shows neither the whole cookie nor its signature, so the page cannot leak the session", async () => {
    await submit(browser, "/demo/sign-in", { name: "Ada" });
    const { body } = await browser.get("/demo");
    const signature = cookieValue().split(".")[2] ?? "";
    expect(signature).toHaveLength(43);
    expect(body).not.toContain(cookieValue());
    expect(body).not.toContain(signature.slice(0, 6));
    expect(body).not.toContain(signature.slice(-5));
  });

  test("the sizes in the inspection add up to the size of the cookie", async () => {
    await submit(browser, "/demo/entries", { name: "ü☃", type: "text", value: "é".repeat(50) });
    await browser.get("/demo");
    const { body } = await browser.get("/demo");
    const rows = [...body.matchAll(/<td class="number">(-?[\d,]+)<\/td>/g)].map(([, bytes = ""]) =>
      Number(bytes.replace(",", "")),
    );
    const total = "__Host-session".length + cookieValue().length;
    expect(rows).toHaveLength(2);
    expect(rows.reduce((sum, bytes) => sum + bytes, 0)).toBe(total);
    expect(body).toContain(`The cookie: ${total} of 4,096 bytes`);
  });

  test("the inspection counts flashes that the same page shows", async () => {
    await browser.post("/demo/visits");
    await browser.editSession((session) => session.flash("hello"));
    expect(await pageText()).toContain("_flashes");
    expect(await pageText()).not.toContain("_flashes");
  });

  test.each<[string, Record<string, unknown>, RegExp]>([
    ["in Flask’s format", { flask: true }, /Payload .* in base64/],
    ["compressed", { compress: true }, /Payload .* compressed with zlib and then in base64/],
    ["encrypted", { encrypt: true }, /Sealed .* Only the functions can read it/],
  ])("the inspection explains a cookie that is %s", async (_how, settings, meaning) => {
    browser = await startDemo({ SESSION_SETTINGS: JSON.stringify(settings) });
    await submit(browser, "/demo/entries", { name: "text", type: "text", value: "again and ".repeat(60) });
    const response = await browser.get("/demo");
    expect(textOf(response)).toMatch(meaning);
    expect(textOf(response)).toContain("again and again and");
    expect(textOf(response)).toContain(
      settings.encrypt ? "kept in an encrypted cookie" : "in a signed cookie",
    );
    expect(response.body.includes("{&#34;text&#34;:")).toBe(!settings.encrypt);
  });

  test("the inspection shows no parts when a request has several cookies of the session's name", async () => {
    vi.spyOn(console, "warn").mockReturnValue();
    await browser.post("/demo/visits");
    const cookie = `__Host-session=eyJwbGFudGVkIjp0cnVlfQ.awe17w.AAAA; __Host-session=${cookieValue()}`;
    const response = await browser.get("/demo", { headers: { cookie } });
    expect(textOf(response)).toContain(
      "2 cookies of the session’s name came with this request. The valid one signed last counts.",
    );
    expect(response.body).not.toContain("planted");
  });

  test.each([
    "hello",
    "...",
    "~",
    ".",
    "a.b",
    ".x.y.z",
    "eyJwbGFudGVkIjp0cnVlfQ.awe17w.AAAA",
    "~AAAA",
    "x".repeat(4000),
    `${"é".repeat(50)}.a.b`,
    "<script>.a.b",
  ])("the inspection refuses the cookie value %s and does not decode it", async (value) => {
    const warn = vi.spyOn(console, "warn").mockReturnValue();
    const response = await browser.get("/demo", { headers: { cookie: `__Host-session=${value}` } });
    expect([response.status, response.cookies]).toEqual([200, []]);
    expect(textOf(response)).toMatch(/Refused: (malformed|bad_signature)\./);
    expect(response.body).not.toMatch(/planted|<script>\.|which is/);
    expect(textOf(response)).not.toContain("Bytes by entry");
    expect(response.body).not.toContain('action="/demo/tamper"');
    expect(warn).toHaveBeenCalledOnce();
  });

  test("the inspection says when a cookie has expired", async () => {
    vi.spyOn(console, "warn").mockReturnValue();
    browser = await startDemo({ SESSION_SETTINGS: '{"lifetime":1}' });
    vi.useFakeTimers({ now: Date.now(), toFake: ["Date"] });
    await browser.post("/demo/visits");
    const cookie = `__Host-session=${cookieValue()}`;
    vi.setSystemTime(Date.now() + 5000);
    const response = await browser.get("/demo", { headers: { cookie } });
    vi.useRealTimers();
    expect(textOf(response)).toContain("Refused: expired. The session’s lifetime is over.");
    expect(textOf(response)).toContain("Your next change begins a new session.");
    expect(response.body).not.toContain('action="/demo/tamper"');
    expect(response.cookies.at(-1)).toContain("Max-Age=0");
  });
});

describe("the cost on the page", () => {
  test("the page shows the cost of itself and of the last change", async () => {
    expect(await pageText()).toContain("This page No new cookie, no database call.");
    const changed = textOf(await submit(browser, "/demo/visits"));
    expect(changed).toContain("Your last change The cookie was sent anew, no database call.");
    expect(changed).toContain("This page No new cookie, no database call.");
  });

  test("the page shows a new cookie as its own cost when it removes a flash from the session", async () => {
    await browser.post("/demo/visits");
    await browser.editSession((session) => session.flash("hello"));
    expect(await pageText()).toContain("This page The cookie was sent anew, no database call.");
  });

  test("the page shows the deleted cookie as its own cost after a sign-out", async () => {
    await submit(browser, "/demo/sign-in", { name: "Ada" });
    const { headers } = await browser.post("/demo/sign-out");
    expect(headers.get("location")).toBe("/demo?cookie=sent");
    expect(await pageText()).toContain("This page The cookie was taken away, no database call.");
  });
});

test("the page is answered with 200 when the functions have no secret key", async () => {
  browser = await startDemo({ SESSION_SECRET_KEYS: undefined, SESSION_SECRET_ARN: undefined });
  expect((await browser.get("/demo")).status).toBe(200);
  const response = await browser.get("/demo", {
    headers: { cookie: "__Host-session=eyJhIjoxfQ.awe17w.AAAA" },
  });
  expect(response.status).toBe(200);
  expect(textOf(response)).toContain("The functions have no secret key, so they read no cookie.");
});
