import { httpApiEvent } from "lambda-sessions/testing";
import { describe, expect, test } from "vitest";
import { openExchange } from "../../../shared/adapters/session-exchange.ts";
import { SecureCookieSessionInterface } from "../../../shared/cookie.ts";
import { SessionUnavailableError } from "../../../shared/index.ts";
import { createWithSession } from "../../../shared/lambda.ts";

const sessionInterface = new SecureCookieSessionInterface({
  keys: ["a secret key of at least 32 bytes, for tests"],
  log: () => {},
});
const withSession = createWithSession({ sessionInterface, log: () => {} });

async function open(event = httpApiEvent()) {
  const exchange = await openExchange(withSession, event);
  if (!exchange.session) throw new Error(`refused with ${exchange.refusal.statusCode}`);
  return exchange;
}

describe("a request whose session is open", () => {
  test("a saved exchange resolves to the response with the session's cookie", async () => {
    const { session, save } = await open();
    session.set("user", "Ada");
    const result = await save({ statusCode: 201, headers: { vary: "Accept" } });
    expect(result.statusCode).toBe(201);
    expect(result.headers).toEqual({ vary: "Accept, Cookie", "cache-control": "no-store" });
    expect(result.cookies).toHaveLength(1);
    expect(() => session.set("user", "Eve")).toThrow();
  });

  test("a failed exchange rejects with the handler's own error, and saves nothing", async () => {
    const { fail } = await open();
    await expect(fail(new RangeError("mine"))).rejects.toThrow(new RangeError("mine"));
  });

  test("a failed exchange resolves to the refusal that answers an error of the session layer", async () => {
    const { fail } = await open();
    expect(await fail(new SessionUnavailableError("the table is down"))).toMatchObject({ statusCode: 503 });
  });

  test("a request of another site is refused before the session is open", async () => {
    const event = httpApiEvent({ method: "POST", headers: { "sec-fetch-site": "cross-site" } });
    expect(await openExchange(withSession, event)).toMatchObject({ refusal: { statusCode: 403 } });
  });

  test("an unexpected failure to open rejects", async () => {
    const open = () => Promise.reject(new TypeError("broken"));
    const save = () => Promise.reject(new TypeError("not reached"));
    const broken = createWithSession({ sessionInterface: { open, save } });
    await expect(openExchange(broken, httpApiEvent())).rejects.toThrow(new TypeError("broken"));
  });
});
