import { createWithSession } from "lambda-sessions/lambda";
import { middySession } from "lambda-sessions/middy";
import { httpApiEvent } from "lambda-sessions/testing";
import { expect, test } from "vitest";
import { SecureCookieSessionInterface } from "../../../../shared/cookie.ts";
import type { Session } from "../../../../shared/index.ts";
import { middlewares } from "./middy-engine.ts";

const sessionInterface = new SecureCookieSessionInterface({ keys: ["k".repeat(32)], log: () => {} });
const withSession = createWithSession({ sessionInterface, log: () => {} });

/** Answers an error in place of the handler. */
const teapot = {
  onError: (request: { response: unknown }) => {
    request.response = { statusCode: 418 };
  },
};

type Handler = (event: unknown, context: { session: Session }) => unknown;

/** Calls a handler in a Middy that is called by another one. Both have the middleware. */
async function call(handler: Handler) {
  const inner = middlewares().use(middySession(withSession)).use(teapot).handler(handler);
  const change = ({ internal }: { internal: { session: Session } }) => {
    internal.session.set("outer", 1);
  };
  const app = middlewares()
    .use(middySession(withSession))
    .use({ before: change })
    .use(middySession(withSession))
    .handler(inner as never);
  return app(httpApiEvent() as never, {} as never) as Promise<{ statusCode: number; cookies?: string[] }>;
}

/** Returns the names of the data in the sessions that a response saves. */
async function namesIn(cookies: readonly string[] = []) {
  const read = withSession((_event, session) => session.keys());
  const events = cookies.map((cookie) => httpApiEvent({ headers: { cookie } }));
  return Promise.all(events.map(async (event) => JSON.parse(`${(await read(event, {} as never)).body}`)));
}

test("a Middy inside of another one changes the same session, which is saved once", async () => {
  const { cookies } = await call((_event, { session }) => session.set("inner", 1) && null);
  expect(await namesIn(cookies)).toEqual([["outer", "inner"]]);
});

test("an error in a Middy inside of another one saves nothing, although it is answered there", async () => {
  const kept: Session[] = [];
  const result = await call((_event, { session }) => {
    kept.push(session);
    session.set("inner", 1);
    throw new RangeError("mine");
  });
  expect([result.statusCode, result.cookies]).toEqual([418, undefined]);
  expect(() => kept[0]?.set("inner", 2)).toThrow("the session was saved before this change");
});
