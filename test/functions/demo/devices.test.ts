import { APP_ORIGIN, type Browser } from "lambda-sessions/testing";
import { beforeEach, describe, expect, test, vi } from "vitest";
import type { SessionData } from "../../../functions/runtime/session-data.ts";
import { USER_STORAGES } from "../memory-sessions.ts";
import { DemoWithUsers, PAGES, startDemo, submit, textOf } from "./demo.ts";

const LAPTOP = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
const PHONE =
  "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1";

test("with storage=cookie, the page says how to start the project with a list of devices", async () => {
  const browser = await startDemo();
  expect(textOf(await submit(browser, "/demo/sign-in", { name: "Ada" }))).toContain(
    "npm start -- -c storage=dynamodb",
  );
});

describe.each(USER_STORAGES)("with storage=%s,", (storage) => {
  let demo: DemoWithUsers;
  let laptop: Browser<SessionData>;
  let phone: Browser<SessionData>;

  beforeEach(async () => {
    demo = await DemoWithUsers.start(storage);
    laptop = await demo.device("Ada", LAPTOP);
    phone = await demo.device("Ada", PHONE);
  });

  async function page(browser: Browser<SessionData>): Promise<string> {
    return textOf(await browser.get("/demo"));
  }

  /** Returns the ids of the sessions that the page offers to end. */
  async function ids(browser: Browser<SessionData>): Promise<string[]> {
    return [...(await browser.get("/demo")).body.matchAll(/name="id" value="([^"]*)"/g)].map(
      ([, id = ""]) => id,
    );
  }

  test("the page lists no sessions for a visitor who is not signed in", async () => {
    const visitor = demo.browser();
    await visitor.post("/demo/visits");
    expect(await page(visitor)).toContain("Sign in to see your sessions on all devices");
    expect(await ids(visitor)).toEqual([]);
  });

  test("the page lists the user's sessions, the last seen first, and marks the current one", async () => {
    await demo.device("Bob", PHONE);
    expect(await page(laptop)).toMatch(
      /Safari on iOS 192\.0\.2\.1 .* Firefox on Linux this one 192\.0\.2\.1/,
    );
    expect(await page(phone)).toMatch(/Safari on iOS this one .* Firefox on Linux 192/);
    expect(await ids(laptop)).toHaveLength(2);
  });

  test("the page escapes the name of an unknown browser", async () => {
    const strange = await demo.device("Eve", "<img src=x onerror=alert(1)>");
    const { body } = await strange.get("/demo");
    expect(body).toContain("<strong>&#60;img src=x onerror=alert(1)&#62;</strong>");
    expect(body).not.toContain("<img");
  });

  test("a user can end one session, and its browser is refused from then on", async () => {
    vi.spyOn(console, "warn").mockReturnValue();
    const [newest = ""] = await ids(laptop);
    const response = await submit(laptop, "/demo/sessions/end", { id: newest });
    expect(textOf(response)).toContain("That session has ended. Hello, Ada");
    expect(await ids(laptop)).toHaveLength(1);
    expect(await page(phone)).toMatch(
      /Hello, visitor .*Refused: revoked\. The session was ended on another device or elsewhere\./,
    );
  });

  test("a user can end all other sessions", async () => {
    const response = await submit(laptop, "/demo/sessions/end", { which: "others" });
    expect(textOf(response)).toContain("All your other sessions have ended.");
    expect(response.body).toMatch(/value="others" disabled>/);
    expect(await page(phone)).toContain("Hello, visitor");
    expect(await page(laptop)).toContain("Hello, Ada");
  });

  test("a user whose session is full can end all other sessions", async () => {
    vi.spyOn(console, "error").mockReturnValue();
    const large = storage === "dynamodb" ? 408_000 : 3000;
    for (let room = large; room > 0; room -= 3) {
      const form = { name: "large", type: "text", value: "x".repeat(room) };
      if ((await laptop.post("/demo/entries", form)).status === 303) break;
    }
    await laptop.get("/demo");
    const response = await submit(laptop, "/demo/sessions/end", { which: "others" });
    expect([response.status, textOf(response)]).toEqual([
      200,
      expect.stringContaining("All your other sessions"),
    ]);
    expect(await page(phone)).toContain("Hello, visitor");
  });

  test("a user can end all sessions, the current one too", async () => {
    const response = await submit(laptop, "/demo/sessions/end", { which: "all" });
    expect(textOf(response)).toContain("All your sessions have ended. Hello, visitor");
    expect(await page(phone)).toContain("Hello, visitor");
  });

  test("ending another user's session is answered with 404 and a page", async () => {
    const bob = await demo.device("Bob", PHONE);
    const [id = ""] = await ids(bob);
    const response = await submit(laptop, "/demo/sessions/end", { id });
    expect([response.status, textOf(response)]).toEqual([
      404,
      expect.stringContaining("You have no such session."),
    ]);
    expect(await page(bob)).toContain("Hello, Bob");
  });

  test("the page shows no part of the cookie that could open the session", async () => {
    const { body } = await laptop.get("/demo");
    const parts = laptop.jar.cookies(APP_ORIGIN)[0]?.value.split(".") ?? [];
    const [payload = "", , signature = ""] = parts;
    const secrets =
      storage === "dynamodb" ? [payload, payload.slice(0, 22), payload.slice(22, 44), payload.slice(44)] : [];
    for (const secret of [...secrets, signature]) {
      expect(secret.length).toBeGreaterThan(20);
      expect(body).not.toContain(secret.slice(0, 8));
      expect(body).not.toContain(secret.slice(-8));
    }
  });

  test("a visitor can flip a bit of the cookie, and flip it back", async () => {
    vi.spyOn(console, "warn").mockReturnValue();
    expect(textOf(await submit(laptop, "/demo/tamper"))).toContain("Refused: bad_signature.");
    expect(textOf(await submit(laptop, "/demo/tamper", { back: "yes" }))).toContain("Hello, Ada");
  });

  test("the page is answered with 503 while the table fails, and with 200 afterwards", async () => {
    vi.spyOn(console, "error").mockReturnValue();
    // Imported here, because the functions have just loaded their modules again.
    const { SessionUnavailableError } = await import("lambda-sessions");
    const fail = () => Promise.reject(new SessionUnavailableError("DynamoDB failed"));
    const spies = (["read", "readUser"] as const).map((name) =>
      vi.spyOn(demo.sessions.store, name).mockImplementation(fail),
    );
    const response = await laptop.get("/demo", { headers: PAGES });
    expect([response.status, response.headers.get("retry-after")]).toEqual([503, "1"]);
    expect(textOf(response)).toContain("Error 503 Sessions are not available at the moment.");
    for (const spy of spies) spy.mockRestore();
    expect(await page(laptop)).toContain("Hello, Ada");
  });
});

test("with storage=dynamodb, the page shows the sizes of item and cookie, the session's id and the cookie's parts", async () => {
  const demo = await DemoWithUsers.start("dynamodb");
  const laptop = await demo.device("Ada", LAPTOP);
  const text = textOf(await laptop.get("/demo"));
  expect(text).toMatch(/The item in the table: \d+ of 409,600 bytes/);
  expect(text).toMatch(/The cookie: \d+ of 4,096 bytes/);
  expect(text).toMatch(/Table key 22 characters .* id [\w-]{22} .*Token 22 characters .*User 43 characters/);
});
