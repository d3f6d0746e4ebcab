import assert from "node:assert/strict";
import type { HeaderLines, WireRequest, WireResponse } from "../../gateway/event-forms/wire.ts";
import { SessionUnavailableError } from "../../session/session-errors.ts";
import type { SessionInterface } from "../../session/session-interface.ts";
import { MemoryStore } from "../../stores/memory-store.ts";
import type { AdapterCase, AdapterUnderTest, Script, ScriptedResponse } from "./adapter-under-test.ts";
import {
  type Application,
  cookieLines,
  OWN_COOKIES,
  onlySessionCookie,
  respond,
  storedSessions,
  toCookie,
  valuesOf,
  varyOf,
  withApplication,
} from "./application.ts";

const HOST = "app.example.com";

const ADA = { id: "1", name: "Ada" };

/** Returns the cases of the session layer's own responses, which replace the handler's. */
export function refusalCases(adapter: AdapterUnderTest): AdapterCase[] {
  return [
    crossSite(adapter, "site", [["sec-fetch-site", "cross-site"]]),
    crossSite(adapter, "origin", [
      ["host", HOST],
      ["origin", "https://other.example"],
    ]),
    ownOrigin(adapter),
    tooLarge(adapter),
    unavailable(adapter, "read"),
    unavailable(adapter, "begin"),
    ended(adapter),
    tooManySessions(adapter),
  ];
}

function crossSite(adapter: AdapterUnderTest, word: string, headers: HeaderLines): AdapterCase {
  let calls = 0;
  const script: Script = () => {
    calls += 1;
    return respond({ headers: [["x-own", "1"]] });
  };
  return refused(`a request of another ${word} is refused with 403, and does not reach the handler`, 403, {
    ...{ adapter, script, request: async () => ({ method: "POST", headers }) },
    check: () => assert.equal(calls, 0),
  });
}

function ownOrigin(adapter: AdapterUnderTest): AdapterCase {
  const headers: HeaderLines = [
    ["host", HOST],
    ["origin", `https://${HOST}`],
  ];
  return {
    name: "a request of the application's own origin reaches the handler",
    run: () =>
      withApplication(
        adapter,
        () => respond({ statusCode: 201 }),
        async ({ send }) => {
          assert.equal((await send({ method: "POST", headers })).statusCode, 201);
        },
      ),
  };
}

function tooLarge(adapter: AdapterUnderTest): AdapterCase {
  const script = setting((session) => session.set("user", "a".repeat(5000)));
  return refused("a session that is too large is refused with 413", 413, { adapter, script });
}

function unavailable(adapter: AdapterUnderTest, broken: "read" | "begin"): AdapterCase {
  const script = setting((session) => session.set("user", "Ada"));
  const store = new MemoryStore();
  return refused(`a store whose ${broken} fails is answered with 503 and Retry-After`, 503, {
    ...{ adapter, script, sessionInterface: storedSessions(store) },
    request: async (send) => {
      const cookie = toCookie(onlySessionCookie(await send()));
      const fail = () => Promise.reject(new SessionUnavailableError("the store does not respond"));
      Object.assign(store, { [broken]: fail });
      return { method: "PUT", headers: broken === "read" ? cookieLines(cookie) : [] };
    },
    check: (response) => assert.deepEqual(valuesOf(response, "retry-after"), ["1"]),
  });
}

function ended(adapter: AdapterUnderTest): AdapterCase {
  const store = new MemoryStore();
  const script: Script = async (session, { method }) => {
    session.set("visits", (session.get("visits") ?? 0) + 1);
    if (method === "PUT") await store.end(session.id ?? "", { reason: "revoked", now: Date.now() / 1000 });
    return respond(method === "PUT" ? OWN : {});
  };
  return refused("a change of a session that ended meanwhile is refused with 409", 409, {
    ...{ adapter, script, sessionInterface: storedSessions(store), isUsedUp: true },
    request: async (send) => ({
      method: "PUT",
      headers: cookieLines(toCookie(onlySessionCookie(await send()))),
    }),
    check: (response) =>
      assert.notDeepEqual(valuesOf(response, "set-cookie"), [], "the cookie is not deleted"),
  });
}

function tooManySessions(adapter: AdapterUnderTest): AdapterCase {
  const script = setting((session) => session.signIn(ADA));
  const settings = { maxSessionsPerUser: 1, sessionLimitPolicy: "refuse-new" } as const;
  return refused("a sign-in of a user with too many sessions is refused with 403", 403, {
    ...{ adapter, script, sessionInterface: storedSessions(new MemoryStore(), settings) },
    request: async (send) => {
      onlySessionCookie(await send());
      return { method: "PUT" };
    },
  });
}

/** Setting of one case. */
interface Refused {
  readonly adapter: AdapterUnderTest;
  readonly script: Script;
  readonly sessionInterface?: SessionInterface;
  /** Prepares the visitor, and returns the request that is refused. Default: PUT without a cookie. */
  readonly request?: (send: () => Promise<WireResponse>) => Promise<Partial<WireRequest>>;
  /** True if a second request needs a visitor of its own. Default: false. */
  readonly isUsedUp?: boolean;
  /** Checks what is particular to the case. */
  readonly check?: (response: WireResponse) => void;
}

/** Sends a request that is refused twice: as a visitor, and as a client that prefers JSON. */
function refused(name: string, statusCode: number, setting: Refused): AdapterCase {
  const { adapter, script, sessionInterface, request = async () => ({ method: "PUT" }) } = setting;
  const use = async ({ send }: Application) => {
    let prepared: Partial<WireRequest> = await request(send);
    const response = await send(prepared);
    setting.check?.(response);
    assertRefusal(response, statusCode);
    assert.match(response.body.toString(), /^[A-Z].*\.\n$/);
    if (setting.isUsedUp) prepared = await request(send);
    const accept = [...(prepared.headers ?? []), ["accept", "application/json"]] as const;
    const problem = await send({ ...prepared, headers: accept });
    assertRefusal(problem, statusCode);
    assert.equal(JSON.parse(problem.body.toString()).status, statusCode);
    assert.deepEqual(valuesOf(problem, "content-type"), ["application/problem+json"]);
  };
  return { name, run: () => withApplication(adapter, script, use, sessionInterface) };
}

/** Checks that nothing of the handler's response is left. */
function assertRefusal(response: WireResponse, statusCode: number): void {
  assert.equal(response.statusCode, statusCode);
  assert.deepEqual(valuesOf(response, "x-own"), []);
  assert.ok(varyOf(response).includes("accept"), "a refusal varies by Accept");
  const cookies = valuesOf(response, "set-cookie");
  const kept = cookies.filter((cookie) => !/^__Host-session=;.* Max-Age=0/.test(cookie));
  assert.deepEqual(kept, [], "a refusal sets no cookie, but may delete the session's");
}

/** Returns a script that changes the session, and whose response to PUT must not be sent. */
function setting(change: (session: Parameters<Script>[0]) => unknown): Script {
  return (session, { method }) => {
    change(session);
    return respond(method === "PUT" ? OWN : {});
  };
}

/** Parts of a response that a refusal replaces. */
const OWN: Partial<ScriptedResponse> = { headers: [["x-own", "1"]], cookies: OWN_COOKIES.slice(0, 1) };
