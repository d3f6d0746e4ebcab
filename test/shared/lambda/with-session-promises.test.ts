import { describe, expect, test } from "vitest";
import { SecureCookieSessionInterface } from "../../../shared/cookie/secure-cookie-session-interface.ts";
import { createWithSession } from "../../../shared/lambda/with-session.ts";
import type { Session } from "../../../shared/session/session.ts";
import { functionUrlEvent, lambdaContext } from "../../../shared/testing/events.ts";
import { EchoSessionInterface } from "./echo-session-interface.ts";

const KEY = "a secret key of at least 32 bytes, for tests";
const withSession = createWithSession({
  sessionInterface: new SecureCookieSessionInterface({ keys: [KEY] }),
});
const call = (handler: Parameters<typeof withSession>[0]) =>
  withSession(handler)(functionUrlEvent() as never, lambdaContext());

describe("a change after the response", () => {
  test.each([
    ["set", (session: Session) => session.set("key", "late")],
    ["delete", (session: Session) => session.delete("key")],
    ["signIn", (session: Session) => session.signIn({ id: "1", name: "Ada" })],
    ["flash", (session: Session) => session.flash("late")],
    ["clear", (session: Session) => session.clear()],
  ])("a late change by %s throws", async (_, change) => {
    let kept: Session | undefined;
    await call((_event, session) => {
      kept = session;
      return "done";
    });
    expect(() => change(kept as Session)).toThrow("the session was saved before this change");
  });

  test("a change after a handler that failed throws too", async () => {
    let kept: Session | undefined;
    const failing = call((_event, session) => {
      kept = session;
      throw new Error("broken");
    });
    await expect(failing).rejects.toThrow("broken");
    expect(() => kept?.set("key", "late")).toThrow("saved before");
  });

  test("a change after a save by an interface that asks for no outcome throws too", async () => {
    let kept: Session | undefined;
    const echo = createWithSession({ sessionInterface: new EchoSessionInterface() });
    await echo((_event, session) => {
      kept = session;
      return "done";
    })(functionUrlEvent() as never, lambdaContext());
    expect(() => kept?.set("key", "late")).toThrow("saved before");
  });

  test("reading after the response works", async () => {
    let kept: Session | undefined;
    await call((_event, session) => {
      kept = session.set("key", "value");
      return "done";
    });
    expect(kept?.get("key")).toBe("value");
  });
});

describe("a result that API Gateway would misread", () => {
  test.each([undefined, null, "200", 200.5, Number.NaN])(
    "a result with the statusCode %s is an error",
    async (statusCode) => {
      const result = call((_event, session) => {
        session.set("key", "value");
        return { statusCode, body: "page" } as never;
      });
      await expect(result).rejects.toThrow("statusCode");
    },
  );

  test.each([() => 1, Symbol("s")])("a result that is %s is an error", async (value) => {
    await expect(call(() => value as never)).rejects.toThrow("cannot return");
  });
});

describe("an event that nobody's gateway sends", () => {
  test.each([
    ["cookies that are null", { cookies: null }],
    ["cookies that are no strings", { cookies: [null, 5] }],
    ["headers that are null", { headers: null, cookies: undefined }],
    ["a Cookie header that is no string", { headers: { cookie: 5 }, cookies: undefined }],
    ["no request context", { requestContext: undefined }],
  ])("an event with a malformed part gets an empty session: %s", async (_, changes) => {
    const event = { ...functionUrlEvent(), ...changes };
    const { body } = await withSession((_event, session) => `${session.size}`)(
      event as never,
      lambdaContext(),
    );
    expect(body).toBe("0");
  });
});
