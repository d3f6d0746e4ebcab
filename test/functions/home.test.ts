import { beforeEach, describe, expect, test } from "vitest";
import type { SessionData } from "../../functions/runtime/session-data.ts";
import type { Browser } from "../support/browser.ts";
import { startApplication } from "./application.ts";

let browser: Browser<SessionData>;

beforeEach(async () => {
  browser = await startApplication();
});

async function page(): Promise<string> {
  return (await browser.get("/")).body;
}

describe("GET /", () => {
  test("shows a new visitor a form for signing in, and begins no session", async () => {
    const response = await browser.get("/");
    expect([response.status, response.cookies]).toEqual([200, []]);
    expect(response.body).toMatch(/^<!doctype html>\n<html lang="en">/);
    expect(response.body).toContain("<h1>Hello, visitor</h1>");
    expect(response.body).toContain("Visits: 0.");
    expect(response.body).toContain('<form method="post" action="/sign-in">');
    expect(response.body).not.toContain("/sign-out");
  });

  test("shows name and visits, and a form for signing out", async () => {
    await browser.get("/visits");
    const { body } = await browser.post("/sign-in", { name: "Ada" }, { followRedirects: true });
    expect(body).toContain("<h1>Hello, Ada</h1>");
    expect(body).toContain("Visits: 1.");
    expect(body).toContain('<form method="post" action="/sign-out">');
    expect(body).not.toContain('action="/sign-in"');
  });

  test("shows each flash once", async () => {
    await browser.editSession((session) => {
      session.flash("first");
      session.flash("second");
    });
    expect(await page()).toContain("<li>first</li><li>second</li>");
    expect(await page()).not.toContain("<li>");
  });

  const hostile = `"><script>alert('x')</script>&amp;`;
  const escaped = "&#34;&#62;&#60;script&#62;alert(&#39;x&#39;)&#60;/script&#62;&#38;amp;";

  test("escapes the name wherever it stands", async () => {
    const { body } = await browser.post("/sign-in", { name: hostile }, { followRedirects: true });
    expect(body).toContain(`<h1>Hello, ${escaped}</h1>`);
    expect(body).toContain(`You are signed in as ${escaped}.`);
    expect(body).toContain(`Sign out ${escaped}`);
    expect(body).not.toContain("<script");
  });

  test("escapes flashes, but for those that are markup", async () => {
    // The class that the functions just loaded, which tests load anew.
    const { Markup } = await import("../../shared/session/types/markup.ts");
    await browser.editSession((session) => {
      session.flash(hostile);
      session.flash(new Markup("<b>safe</b>"));
    });
    expect(await page()).toContain(`<li>${escaped}</li><li><b>safe</b></li>`);
  });

  test("escapes visits that are no number", async () => {
    await browser.editSession((session) => session.set("visits", hostile as never));
    expect(await page()).toContain(`Visits: ${escaped}.`);
  });

  test("lets browsers load, run and frame nothing", async () => {
    const { headers } = await browser.get("/");
    expect(headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("content-security-policy")).toMatch(/default-src 'none';.*frame-ancestors 'none'/);
  });
});
