import { describe, expect, test } from "vitest";
import {
  SessionConflictError,
  SessionLimitError,
  SessionTooLargeError,
  SessionUnavailableError,
} from "../../../../shared/index.ts";
import type { RequestRecord } from "../../../../shared/lambda.ts";
import { createWithSessions, nameSessions } from "../../../../shared/named-sessions.ts";
import type { SavedSession } from "../../../../shared/session-interface.ts";
import { httpApiEvent, LogCollector, lambdaContext } from "../../../../shared/testing.ts";
import { EchoSessionInterface } from "../../lambda/echo-session-interface.ts";
import { openShop } from "./shop.ts";

type Outcome = SavedSession | Error;

/** Returns the response to a request whose sessions have these outcomes when they are saved. */
async function save(outcomes: Readonly<Record<string, Outcome>>) {
  const log = new LogCollector<RequestRecord>();
  const settings = Object.fromEntries(Object.keys(outcomes).map((name) => [name, {}]));
  const sessions = nameSessions(settings, (_settings, name) => new EchoSessionInterface(outcomes[name]));
  const handler = createWithSessions<Record<string, object>>({ sessions, log: log.log })(() => "Saved!");
  const response = await handler(httpApiEvent(), lambdaContext());
  return { response, log };
}

const CART = { setCookie: "__Host-cart=new", deletions: ["__Host-cart=; Path=/old"], vary: true };
const ENDED = new SessionConflictError("ended", { setCookie: "__Host-account=; Max-Age=0", vary: true });
const TOO_LARGE = new SessionTooLargeError(5000, 4096, [{ key: "text", bytes: 4800 }]);
const UNAVAILABLE = new SessionUnavailableError("the table failed");

describe("one of two sessions that is not saved", () => {
  test.each<[string, Error, status: number, cookies: string[]]>([
    ["ended meanwhile", ENDED, 409, ["__Host-account=; Max-Age=0"]],
    ["is beyond the user's limit", new SessionLimitError(5), 403, []],
    ["is too large", TOO_LARGE, 413, []],
    ["has a store that is down", UNAVAILABLE, 503, []],
  ])(
    "a session that %s is refused, with the cookies of the one that was saved",
    async (_why, error, status, own) => {
      for (const outcomes of [
        { cart: CART, account: error },
        { account: error, cart: CART },
      ]) {
        const { response } = await save(outcomes);
        expect(response.statusCode).toBe(status);
        expect(response.body).not.toContain("Saved!");
        expect(response.cookies).toEqual([...own, ...CART.deletions, CART.setCookie]);
        expect(response.headers).toMatchObject({ "cache-control": "no-store", vary: "Accept, Cookie" });
      }
    },
  );

  test("a refusal carries no cookie when the other session needs none", async () => {
    const { response } = await save({ cart: { vary: true }, account: UNAVAILABLE });
    expect(response).not.toHaveProperty("cookies");
    expect(response.headers).toMatchObject({ vary: "Accept, Cookie", "retry-after": "1" });
  });

  test("an unknown error of one session is left to Lambda", async () => {
    const broken = new RangeError("broken");
    await expect(save({ cart: broken, account: ENDED })).rejects.toThrow(broken);
    await expect(save({ cart: UNAVAILABLE, account: broken })).rejects.toThrow(broken);
  });
});

describe("both sessions that are not saved", () => {
  test("two sessions that ended meanwhile both lose their cookie", async () => {
    const setCookie = "__Host-cart=; Max-Age=0";
    const ended = new SessionConflictError("ended", { setCookie, vary: true });
    const { response } = await save({ cart: ended, account: ENDED });
    expect(response.statusCode).toBe(409);
    expect(response.cookies).toEqual([setCookie, "__Host-account=; Max-Age=0"]);
  });

  test.each<[string, Error[], status: number, event: string]>([
    [
      "a store that is down and a session that is too large",
      [TOO_LARGE, UNAVAILABLE],
      503,
      "session_unavailable",
    ],
    ["a session that is too large and one that ended", [ENDED, TOO_LARGE], 413, "session_too_large"],
  ])("of %s, the graver one is the response and in the log", async (_which, errors, status, event) => {
    for (const [one, other] of [errors, errors.toReversed()]) {
      const { response, log } = await save({ cart: one as Error, account: other as Error });
      expect(response.statusCode).toBe(status);
      expect(log.records).toMatchObject([{ event }]);
    }
  });

  test("a session that ended keeps its deletion in the refusal of the other", async () => {
    const { response } = await save({ cart: UNAVAILABLE, account: ENDED });
    expect([response.statusCode, response.cookies]).toEqual([503, ["__Host-account=; Max-Age=0"]]);
  });
});

describe("a cart in a cookie and an account in a table", () => {
  test("an account that ended during the request is refused with 409, and the cart is kept", async () => {
    const { send, read, browser, table, clock } = openShop();
    await send(({ account }) => `${account.set("plan", "free").size}`);
    const { status, cookies } = await send(async ({ cart, account }) => {
      cart.set("note", "x");
      account.set("plan", "paid");
      await table.store.end(account.id as string, { reason: "revoked", now: clock.seconds });
      return "saved";
    });
    expect(status).toBe(409);
    expect(cookies).toContainEqual(expect.stringMatching(/^__Host-cart=./));
    expect(browser.jar.header("https://app.example.com/")).not.toContain("__Host-account");
    expect(await read()).toEqual({ cart: { note: "x" }, account: {}, user: null });
  });

  test("a table that is down when the sessions are opened is answered with 503, and no session is saved", async () => {
    const { send, read, table, log } = openShop();
    await send(({ cart, account }) => `${cart.set("note", "x").size}${account.set("plan", "free").size}`);
    table.fail("read", new SessionUnavailableError("the table is down"));
    let calls = 0;
    const { status, cookies } = await send(() => `${++calls}`);
    expect([status, cookies, calls]).toEqual([503, [], 0]);
    expect(log.records).toMatchObject([{ event: "session_unavailable" }]);
    expect(await read()).toEqual({ cart: { note: "x" }, account: { plan: "free" }, user: null });
  });

  test("a table that is down when the sessions are saved is answered with 503, and the cart is kept", async () => {
    const { send, read, table, log } = openShop();
    table.fail("begin", new SessionUnavailableError("the table is down"));
    const { status } = await send(({ cart, account }) => {
      cart.set("note", "x");
      account.set("plan", "free");
      return "saved";
    });
    expect(status).toBe(503);
    expect(log.records).toMatchObject([{ event: "session_unavailable" }]);
    expect(await read()).toEqual({ cart: { note: "x" }, account: {}, user: null });
  });

  test("a cart that is too large is refused with 413, and the sign-in of the account is kept", async () => {
    const { send, read } = openShop();
    const { status } = await send(({ cart, account }) => {
      cart.set("note", "x".repeat(5000));
      account.signIn({ id: "u-1", name: "Ada" });
      return "signed in";
    });
    expect(status).toBe(413);
    expect(await read()).toEqual({ cart: {}, account: {}, user: "u-1" });
  });

  test("an update that fails and was not awaited fails the request, and the cart is not saved", async () => {
    const { send, read, table } = openShop();
    await send(({ account }) => `${account.set("plan", "free").size}`);
    table.fail("change", new SessionUnavailableError("the table is down"));
    const { status } = await send(({ cart, account }) => {
      cart.set("note", "x");
      void account.update("plan", () => "paid");
      return "not awaited";
    });
    expect(status).toBe(503);
    expect(await read()).toEqual({ cart: {}, account: { plan: "free" }, user: null });
  });
});

describe("a session interface that ignores its settings", () => {
  test("the first save is an error that names the session", async () => {
    const sessions = { cart: { setCookie: "__Host-session=x", vary: true }, account: { vary: false } };
    await expect(save(sessions)).rejects.toThrow("the session interface of cart must use the settings");
  });
});
