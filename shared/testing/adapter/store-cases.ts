import assert from "node:assert/strict";
import { SessionUnavailableError } from "../../session/session-errors.ts";
import { MemoryStore } from "../../stores/memory-store.ts";
import type { SessionStore } from "../../stores/session-store.ts";
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

/** Requests in parallel of the case with one visitor. */
const REQUESTS = 10;

/** Counts visits: with `increment` for POST, and with `set` for every other method. */
const COUNT: Script = async (session, { method }) => {
  if (method === "POST") await session.increment("visits");
  else session.set("visits", (session.get("visits") ?? 0) + 1);
  return respond({ body: `${session.get("visits")}` });
};

/** Returns the cases of sessions in a store, whose changes need no cookie. */
export function storeCases(adapter: AdapterUnderTest): AdapterCase[] {
  return [waitsForStore(adapter), countsAll(adapter), settles(adapter), answersFailure(adapter)];
}

function stored(
  name: string,
  [adapter, script]: readonly [AdapterUnderTest, Script],
  use: (
    application: Application,
    headers: ReturnType<typeof cookieLines>,
    store: SessionStore,
  ) => Promise<void>,
): AdapterCase {
  const run = () => {
    const store = new MemoryStore();
    const visit = async (application: Application) => {
      const first = await application.send();
      await use(application, cookieLines(toCookie(onlySessionCookie(first))), store);
    };
    return withApplication(adapter, script, visit, storedSessions(store));
  };
  return { name, run };
}

function waitsForStore(adapter: AdapterUnderTest): AdapterCase {
  const name = "the response waits until a slow store has the change";
  return stored(name, [adapter, COUNT], async ({ send }, headers, store) => {
    let changes = 0;
    const change = store.change.bind(store);
    store.change = async (...parameters) => {
      for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
      changes += 1;
      return change(...parameters);
    };
    await send({ headers });
    assert.equal(changes, 1);
  });
}

function countsAll(adapter: AdapterUnderTest): AdapterCase {
  const name = "all requests in parallel of one visitor are counted";
  return stored(name, [adapter, COUNT], async ({ send }, headers) => {
    await Promise.all(Array.from({ length: REQUESTS }, () => send({ method: "POST", headers })));
    assert.equal((await send({ headers })).body.toString(), `${REQUESTS + 2}`);
  });
}

function settles(adapter: AdapterUnderTest): AdapterCase {
  const script: Script = (session, request) => {
    if (request.method !== "POST") return COUNT(session, request);
    session.increment("visits");
    return respond();
  };
  const name = "a change that the handler does not await is saved";
  return stored(name, [adapter, script], async ({ send }, headers) => {
    await send({ method: "POST", headers });
    assert.equal((await send({ headers })).body.toString(), "3");
  });
}

function answersFailure(adapter: AdapterUnderTest): AdapterCase {
  const name = "a store that fails while the handler runs is answered with 503 and Retry-After";
  return stored(name, [adapter, COUNT], async ({ send }, headers, store) => {
    store.change = () => Promise.reject(new SessionUnavailableError("the store does not respond"));
    const response = await send({ method: "POST", headers });
    assert.equal(response.statusCode, 503);
    assert.deepEqual(valuesOf(response, "retry-after"), ["1"]);
    assert.deepEqual(valuesOf(response, "set-cookie"), []);
  });
}
