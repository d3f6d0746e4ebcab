import assert from "node:assert/strict";
import type { WireResponse } from "../../gateway/event-forms/wire.ts";
import { MemoryStore } from "../../stores/memory-store.ts";
import type { AdapterCase, AdapterUnderTest, Script } from "./adapter-under-test.ts";
import {
  type Application,
  cookieLines,
  onlySessionCookie,
  respond,
  storedSessions,
  toCookie,
  valuesOf,
  withApplication,
} from "./application.ts";

/** Requests of the case in which visitors send requests in parallel. */
const VISITORS = 20;

/** Returns the cases of handlers that fail, that change the session too late, and that run in parallel. */
export function failureCases(adapter: AdapterUnderTest): AdapterCase[] {
  return [
    savesNothing(adapter, "throws", "a cookie", () => {
      throw new Error("the handler's own error");
    }),
    savesNothing(adapter, "rejects", "a store", () => Promise.reject(new Error("the handler's own error"))),
    refusesLateChange(adapter),
    keepsVisitorsApart(adapter),
  ];
}

/** Counts visits, and fails for POST after the change. */
function savesNothing(
  adapter: AdapterUnderTest,
  word: string,
  storage: "a cookie" | "a store",
  fail: () => never | Promise<never>,
): AdapterCase {
  const sessions: Parameters<Script>[0][] = [];
  const script: Script = (session, { method }) => {
    sessions.push(session);
    session.set("visits", (session.get("visits") ?? 0) + 1);
    return method === "POST" ? fail() : respond({ body: `${session.get("visits")}` });
  };
  const use = async ({ send }: Application) => {
    const headers = cookieLines(toCookie(onlySessionCookie(await send())));
    const failed = await settled(send({ method: "POST", headers }));
    if (failed !== undefined) {
      assert.ok(failed.statusCode >= 500, `a failed handler is answered with ${failed.statusCode}`);
      assert.deepEqual(valuesOf(failed, "set-cookie"), []);
    }
    assert.throws(() => sessions.at(-1)?.set("visits", 9), "a failed request leaves its session open");
    assert.equal((await send({ headers })).body.toString(), "2");
  };
  const sessionInterface = storage === "a store" ? storedSessions(new MemoryStore()) : undefined;
  return {
    name: `a handler that ${word} saves nothing in ${storage}, and sends no cookie`,
    run: () => withApplication(adapter, script, use, sessionInterface),
  };
}

/** Resolves to the response, or to undefined if the function failed, which AWS answers without a cookie. */
function settled(response: Promise<WireResponse>): Promise<WireResponse | undefined> {
  return response.catch(() => undefined);
}

function refusesLateChange(adapter: AdapterUnderTest): AdapterCase {
  const sessions: Parameters<Script>[0][] = [];
  const script: Script = (session) => {
    sessions.push(session);
    session.set("user", "Ada");
    return respond();
  };
  return {
    name: "a change of the session after the response throws",
    run: () =>
      withApplication(adapter, script, async ({ send }) => {
        onlySessionCookie(await send());
        assert.equal(sessions.length, 1);
        assert.throws(() => sessions[0]?.set("user", "Eve"));
        assert.throws(() => sessions[0]?.clear());
      }),
  };
}

function keepsVisitorsApart(adapter: AdapterUnderTest): AdapterCase {
  const script: Script = async (session, { body }) => {
    if (body.length > 0) session.set("name", body.toString());
    await new Promise((resolve) => setImmediate(resolve));
    return respond({ body: `${session.get("name")}` });
  };
  return {
    name: "requests in parallel each get their own visitor's session",
    run: () =>
      withApplication(adapter, script, async (application) => {
        const names = Array.from({ length: VISITORS }, (_, index) => `visitor ${index}`);
        const answers = await Promise.all(names.map((name) => visitTwice(application, name)));
        assert.deepEqual(answers, names);
      }),
  };
}

/** Tells the application a visitor's name, and returns the name by which it knows the visitor afterwards. */
async function visitTwice({ send }: Application, name: string): Promise<string> {
  const first = await send({ method: "POST", body: Buffer.from(name) });
  const second = await send({ headers: cookieLines(toCookie(onlySessionCookie(first))) });
  return second.body.toString();
}
