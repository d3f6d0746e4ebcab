import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { PROJECT_ROOT } from "../../../infra/bundling.ts";
import type { LocalServer } from "../../../shared/local-run/local-server.ts";
import { startChromium, startWithThirdPartyCookies } from "./chromium.ts";
import { startStack } from "./local-stack.ts";
import { openWindow } from "./open-window.ts";
import { type PageServer, servePages, serveVisits } from "./other-origins.ts";

let pages: PageServer;
/** Origin of the same site as the API's, by the rule of the Public Suffix List for unknown suffixes. */
let sameSite: string;
let otherSite: string;

beforeAll(async () => {
  pages = await servePages();
  sameSite = `http://app.shop.localhost:${pages.port}`;
  otherSite = `http://127.0.0.1:${pages.port}`;
});

afterAll(() => pages.close());

interface ScriptRequest {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

/** Sends a request from the script of a page, with cookies. Returns the status and the body, or the error. */
function call(page: Page, url: string, request: ScriptRequest = {}): Promise<string> {
  return page.evaluate(
    async ([address, options]) => {
      try {
        const response = await fetch(address, { credentials: "include", ...options });
        return `${response.status} ${await response.text()}`;
      } catch (error) {
        return String(error);
      }
    },
    [url, request] as const,
  );
}

const UNREADABLE = "TypeError: Failed to fetch";

describe("a page of another origin", () => {
  let chromium: Browser;
  let stack: LocalServer;
  let api: string;

  beforeAll(async () => {
    chromium = await startChromium();
    const trustedOrigins = `${sameSite},${otherSite}`;
    // Tokens in headers need a storage with a table. Other requests are answered as with cookies alone.
    const context = { trustedOrigins, sessionTransport: "both" };
    stack = await startStack("revocable-cookie", { SESSION_SETTINGS: "{}" }, context);
    api = stack.url.replace("localhost", "api.shop.localhost");
  });

  afterAll(async () => {
    await chromium?.close();
    await stack?.close();
  });

  async function open(origin: string): Promise<Page> {
    const context = await openWindow(chromium);
    const page = await context.newPage();
    await page.goto(origin);
    return page;
  }

  test("the script of a trusted origin has one session for all requests", async () => {
    const page = await open(sameSite);
    expect(await call(page, `${api}/visits`)).toBe('200 {"visits":1}');
    expect(await call(page, `${api}/visits`)).toBe('200 {"visits":2}');
  });

  test("the script of a trusted origin can sign the visitor in", async () => {
    const page = await open(sameSite);
    const body = new URLSearchParams({ name: "Ada" }).toString();
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    expect(await call(page, `${api}/sign-in`, { method: "POST", headers, body })).toMatch(
      /^200 .*Hello, Ada/s,
    );
    expect(await call(page, `${api}/session`)).toContain('"user":{"id":"Ada","name":"Ada"}');
  });

  test("the script of another site has a session without cookies, whose token it reads and sends in headers", async () => {
    const page = await open(otherSite);
    const answers = await page.evaluate(async (url) => {
      const first = await fetch(url, { headers: { "session-transport": "header" } });
      const token = first.headers.get("session-token");
      const second = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
      return [await first.json(), await second.json()];
    }, `${api}/visits`);
    expect(answers).toEqual([{ visits: 1 }, { visits: 2 }]);
    expect(await page.context().cookies()).toEqual([]);
  });

  test("a preflight request lets JSON pass, and the script can read the refusal of the function", async () => {
    const page = await open(sameSite);
    const headers = { "content-type": "application/json", accept: "application/json" };
    const answer = await call(page, `${api}/sign-in`, { method: "POST", headers, body: "{}" });
    expect(answer).toMatch(/^415 \{"type":"about:blank"/);
  });

  test("a header that is not allowed, and a method without a route, do not pass the preflight request", async () => {
    const page = await open(sameSite);
    expect(await call(page, `${api}/visits`, { headers: { "x-other": "1" } })).toBe(UNREADABLE);
    expect(await call(page, `${api}/visits`, { method: "DELETE" })).toBe(UNREADABLE);
  });

  test("a response of the API itself cannot be read, because AWS documents no headers for it", async () => {
    const page = await open(sameSite);
    expect(await call(page, `${api}/nowhere`)).toBe(UNREADABLE);
  });

  test("the script of an origin that is not trusted can neither read a response nor sign the visitor in", async () => {
    const page = await open(`http://evil.shop.localhost:${pages.port}`);
    expect(await call(page, `${api}/session`)).toBe(UNREADABLE);
    const body = new URLSearchParams({ name: "Eve" }).toString();
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    expect(await call(page, `${api}/sign-in`, { method: "POST", headers, body })).toBe(UNREADABLE);
    await page.goto(`${api}/session`);
    expect(await page.textContent("body")).toContain('"user":null');
  });
});

const PAGE = join(PROJECT_ROOT, "shared/docs/cross-origin.md");

/** Rows of the table of cookies: the settings of each, and its other cells. */
const ROWS = readFileSync(PAGE, "utf8")
  .split("\n")
  .filter((line) => line.startsWith("| `cookieSameSite="))
  .map((line) => {
    const [settings = "", ...cells] = line.split("|").slice(1, -1);
    return { settings: settings.trim(), cells: cells.map((cell) => cell.trim()) };
  });

function toCookie(settings: string) {
  const [, sameSite] = /cookieSameSite=(strict|lax|none)/.exec(settings) ?? [];
  return { sameSite, partitioned: settings.includes("cookiePartitioned=true") } as {
    readonly sameSite: "strict" | "lax" | "none";
    readonly partitioned: boolean;
  };
}

/** Describes which session two visits had, of a visitor whose session has counted `before` visits. */
function nameSession(before: number, visits: readonly number[]): string {
  const [first, second] = visits;
  if (first === before + 1 && second === before + 2) return "the session";
  return first === 1 && second === 2 ? "a session of its own" : "none";
}

describe("the cookie of a session", () => {
  let allowing: BrowserContext;
  let blocking: BrowserContext;

  beforeAll(async () => {
    allowing = await startWithThirdPartyCookies(true);
    blocking = await startWithThirdPartyCookies(false);
  });

  afterAll(async () => {
    await Promise.all([allowing?.close(), blocking?.close()]);
  });

  test.each(ROWS)(
    "the browser sends it where the page says so, with $settings",
    async ({ settings, cells }) => {
      const api = await serveVisits(toCookie(settings), [sameSite, otherSite]);
      onTestFinished(() => api.close());
      const url = `http://api.shop.localhost:${api.port}/visits`;
      const visitor = await Visitor.of(allowing, url);
      const blocked = await Visitor.of(blocking, url);
      const form = `<form method="post" action="${url}"><button id="go">Visit</button></form>`;
      expect([
        await visitor.byScript(sameSite),
        await visitor.byScript(otherSite),
        await blocked.byScript(otherSite),
        await visitor.byElement(otherSite, `<a id="go" href="${url}">Visit</a>`),
        await visitor.byElement(otherSite, form),
      ]).toEqual(cells);
      expect(await blocked.byScript(sameSite)).toBe(cells[0]);
      expect(await visitor.visit()).toBeGreaterThan(5);
    },
  );
});

/** Visitor of an API that counts visits, with a session at the API's own address. */
class Visitor {
  readonly #page: Page;
  readonly #url: string;

  private constructor(page: Page, url: string) {
    this.#page = page;
    this.#url = url;
  }

  /** Opens a page of a browser whose earlier cookies are deleted. */
  static async of(browser: BrowserContext, url: string): Promise<Visitor> {
    await browser.clearCookies();
    const page = await browser.newPage();
    onTestFinished(() => page.close());
    return new Visitor(page, url);
  }

  /** Visits the API's own address, and returns the number of visits in the session there. */
  async visit(): Promise<number> {
    await this.#page.goto(this.#url);
    return this.#read();
  }

  /** Visits twice by a script of a page. Returns which session the visits had. */
  async byScript(origin: string): Promise<string> {
    const before = await this.visit();
    await this.#page.goto(origin);
    const answers = [await call(this.#page, this.#url), await call(this.#page, this.#url)];
    return nameSession(
      before,
      answers.map((answer) => Number(answer.replace(/^200 /, ""))),
    );
  }

  /** Visits twice by a click on an element with the id `go`. Returns which session the visits had. */
  async byElement(origin: string, element: string): Promise<string> {
    const before = await this.visit();
    const visits: number[] = [];
    for (const _ of [1, 2]) {
      await this.#page.goto(origin);
      await this.#page.setContent(element);
      await this.#page.click("#go");
      await this.#page.waitForURL(this.#url);
      visits.push(await this.#read());
    }
    return nameSession(before, visits);
  }

  async #read(): Promise<number> {
    return Number(await this.#page.textContent("body"));
  }
}

test("the page has a row for every value of SameSite, and for partitioned cookies", () => {
  const values = ROWS.map(({ settings }) => settings.replaceAll("`", ""));
  expect(values).toEqual([
    "cookieSameSite=strict",
    "cookieSameSite=lax",
    "cookieSameSite=none",
    "cookieSameSite=none, cookiePartitioned=true",
  ]);
});
