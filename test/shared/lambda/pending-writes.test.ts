import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 as Result } from "aws-lambda";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { SecureCookieSessionInterface } from "../../../shared/cookie/secure-cookie-session-interface.ts";
import { createWithSession, type SessionHandler } from "../../../shared/lambda/with-session.ts";
import { ServerSideSessionInterface } from "../../../shared/server-side/server-side-session-interface.ts";
import type { AnyData, Session } from "../../../shared/session/session.ts";
import { SessionUnavailableError } from "../../../shared/session/session-errors.ts";
import type { SessionInterface } from "../../../shared/session/session-interface.ts";
import { functionUrlEvent, lambdaContext } from "../../../shared/testing/events.ts";
import { RevocableCookieSessionInterface } from "../../../shared/users/revocable-cookie-session-interface.ts";
import { SteeredStore } from "../server-side/steered-store.ts";

type Handler = SessionHandler<AnyData, APIGatewayProxyEventV2>;

const keys = ["a secret key of at least 32 bytes, for pending writes"];

/** The storages, each with the same steered store. */
const STORAGES: readonly [name: string, make: (store: SteeredStore["store"]) => SessionInterface][] = [
  ["cookies", () => new SecureCookieSessionInterface({ keys, log: () => {} })],
  ["revocable cookies", (store) => new RevocableCookieSessionInterface({ keys, store, log: () => {} })],
  ["a store", (store) => new ServerSideSessionInterface({ keys, store, log: () => {} })],
];

let steered: SteeredStore;
let cookies: string[];
let unhandled: unknown[];

const noteUnhandled = (reason: unknown): unknown => unhandled.push(reason);

beforeEach(() => {
  steered = new SteeredStore();
  cookies = [];
  unhandled = [];
  process.on("unhandledRejection", noteUnhandled);
});

/** Waits until rejections that nobody handles are reported. */
async function turn(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  await new Promise((resolve) => setImmediate(resolve));
}

afterEach(async () => {
  await turn();
  process.off("unhandledRejection", noteUnhandled);
  expect(unhandled).toEqual([]);
});

/** Returns a function that answers a request of the browser by a handler. */
function caller(sessionInterface: SessionInterface): (handler: Handler) => Promise<Result> {
  const withSession = createWithSession({ sessionInterface, log: () => {} });
  return async (handler) => {
    const event = { ...functionUrlEvent(), cookies } as unknown as APIGatewayProxyEventV2;
    const result = (await withSession<APIGatewayProxyEventV2>(handler)(event, lambdaContext())) as Result;
    for (const cookie of result.cookies ?? []) cookies = [cookie.split(";")[0] ?? ""];
    return result;
  };
}

/** Delays the next write of a session, and lets it fail afterwards if there is an error. */
function delayWrite(error?: Error): void {
  steered.around("change", async (forward) => {
    await turn();
    if (error !== undefined) throw error;
    return forward();
  });
}

describe.each(STORAGES)("writes that the handler does not await, with sessions in %s", (_storage, make) => {
  let call: (handler: Handler) => Promise<Result>;

  const read = async (): Promise<unknown> =>
    JSON.parse((await call((_event, session) => JSON.stringify(session.toJSON()))).body ?? "");

  beforeEach(async () => {
    call = caller(make(steered.store));
    await call((_event, session) => {
      session.set("n", 1).set("text", "a");
      return "";
    });
  });

  test("an increment and an update that are not awaited are saved before the response", async () => {
    delayWrite();
    const { statusCode } = await call((_event, session) => {
      session.increment("n");
      session.update("text", (text) => `${text}b`);
      return "";
    });
    expect([statusCode, await read()]).toEqual([200, { n: 2, text: "ab" }]);
  });

  test("a change that follows an increment which the handler did not await is saved", async () => {
    delayWrite();
    await call((_event, session) => {
      const follow = async () => session.set("sum", await session.increment("n"));
      void follow();
      return "";
    });
    expect(await read()).toEqual({ n: 2, text: "a", sum: 2 });
  });

  test("all steps of a function that is not awaited are saved, although each awaits the one before", async () => {
    await call((_event, session) => {
      const count = async () => session.set("last", await session.increment("n"));
      const run = async () => {
        for (let step = 0; step < 5; step++) await count();
        await session.update("text", (text) => `${text}b`);
        session.set("done", true);
      };
      void run();
      return "";
    });
    expect(await read()).toEqual({ n: 6, text: "ab", last: 6, done: true });
  });

  test("a response does not wait for the clock of a test that replaces all timers", async () => {
    vi.useFakeTimers();
    try {
      await call(async (_event, session) => `${await session.increment("n")}`);
    } finally {
      vi.useRealTimers();
    }
    expect(await read()).toEqual({ n: 2, text: "a" });
  });

  test("a failure that a function which is not awaited catches later does not fail the request", async () => {
    await call((_event, session) => {
      const run = async () => {
        const failing = session.increment("text");
        await session.increment("n");
        session.set("error", await failing.catch((error: Error) => error.name));
      };
      void run();
      return "";
    });
    expect(await read()).toEqual({ n: 2, text: "a", error: "TypeError" });
  });

  test("an increment of a string that is not awaited fails the request, and nothing is saved", async () => {
    const failing = call((_event, session) => {
      session.set("b", 1);
      session.increment("text");
      return "";
    });
    await expect(failing).rejects.toThrow("session value at text is not a number");
    expect(await read()).toEqual({ n: 1, text: "a" });
  });

  test("an increment of a string that has failed before the handler returns fails the request", async () => {
    const failing = call(async (_event, session) => {
      session.increment("text");
      await turn();
      return "";
    });
    await expect(failing).rejects.toThrow("session value at text is not a number");
  });

  test("a failure that the handler catches does not fail the request", async () => {
    const { body } = await call(async (_event, session) => {
      session.update("text", () => Symbol("none")).catch(() => {});
      session.set("b", 1);
      return session.increment("text").then(String, (error) => error.name);
    });
    expect([body, await read()]).toEqual(["TypeError", { n: 1, text: "a", b: 1 }]);
  });

  test("a failure that the handler catches after further steps does not fail the request", async () => {
    const { statusCode, body } = await call(async (_event, session) => {
      const steps = session.increment("text").then((n) => n + 1);
      session.increment("text").then(String).catch(String).then(String);
      return { statusCode: 200, body: await steps.catch((error: Error) => error.name) };
    });
    expect([statusCode, body]).toEqual([200, "TypeError"]);
  });

  test.each<[string, (promise: Promise<number>) => Promise<unknown>]>([
    ["then", (promise) => promise.then(String)],
    ["then, twice", (promise) => promise.then(String).then(String)],
    ["finally", (promise) => promise.finally(() => {})],
    ["finally and then", (promise) => promise.finally(() => {}).then(String)],
  ])("a failure that only %s follows fails the request, and ends no process", async (_steps, follow) => {
    const failing = call((_event, session) => {
      follow(session.increment("text"));
      return "";
    });
    await expect(failing).rejects.toThrow("session value at text is not a number");
    const late = call(async (_event, session) => {
      const promise = session.increment("text");
      await turn();
      follow(promise);
      return "";
    });
    await expect(late).rejects.toThrow("session value at text is not a number");
  });

  test("the handler's own error wins over that of an increment which it did not await", async () => {
    const failing = call((_event, session) => {
      session.increment("text");
      throw new Error("broken");
    });
    await expect(failing).rejects.toThrow("broken");
    expect(await read()).toEqual({ n: 1, text: "a" });
  });

  test("an increment after the response rejects, and changes nothing", async () => {
    let kept: Session | undefined;
    await call((_event, session) => {
      kept = session;
      return "";
    });
    await expect(kept?.increment("n")).rejects.toThrow("the session was saved before this change");
    kept?.increment("n");
    expect(await read()).toEqual({ n: 1, text: "a" });
  });
});

describe("writes that the handler does not await, with sessions in a store", () => {
  let call: (handler: Handler) => Promise<Result>;

  beforeEach(async () => {
    call = caller(new ServerSideSessionInterface({ keys, store: steered.store, log: () => {} }));
    await call((_event, session) => {
      session.set("n", 1);
      return "";
    });
  });

  const increment: Handler = (_event, session) => {
    session.increment("n");
    return "";
  };

  test("an increment that is not awaited is answered with 503 when the store fails", async () => {
    delayWrite(new SessionUnavailableError("down"));
    expect(await call(increment)).toMatchObject({ statusCode: 503, headers: { "retry-after": "1" } });
  });

  test("an increment that is not awaited is answered with 409 when the session ended meanwhile", async () => {
    const before = cookies;
    const { statusCode } = await call(async (_event, session) => {
      await call((_other, same) => {
        same.signOut();
        return "";
      });
      cookies = before;
      session.increment("n");
      return "";
    });
    expect(statusCode).toBe(409);
  });

  test("an update that is not awaited is answered with 413 when the session would be too large", async () => {
    const { statusCode } = await call((_event, session) => {
      session.update("text", () => "x".repeat(500_000));
      return "";
    });
    expect(statusCode).toBe(413);
  });

  test("the response of a handler that throws waits for an increment under way, which is kept", async () => {
    delayWrite();
    const failing = call((_event, session) => {
      session.increment("n");
      throw new Error("broken");
    });
    await expect(failing).rejects.toThrow("broken");
    expect((await call((_event, session) => `${session.get("n")}`)).body).toBe("2");
  });

  test("the next request is answered after an increment failed that was not awaited", async () => {
    delayWrite(new SessionUnavailableError("down"));
    await call(increment);
    await turn();
    expect((await call((_event, session) => `${session.get("n")}`)).body).toBe("1");
  });
});
