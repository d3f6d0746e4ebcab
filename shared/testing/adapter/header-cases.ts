import assert from "node:assert/strict";
import type { HeaderLines } from "../../gateway/event-forms/wire.ts";
import type { AdapterCase, AdapterUnderTest, Script } from "./adapter-under-test.ts";
import {
  cookieLines,
  onlySessionCookie,
  respond,
  toCookie,
  valuesOf,
  varyOf,
  withApplication,
} from "./application.ts";

/** Uses of a session, by the method of the request. */
const USES: Readonly<Record<string, (session: Parameters<Script>[0]) => unknown>> = {
  POST: (session) => session.set("visits", (session.get("visits") ?? 0) + 1),
  GET: (session) => session.get("visits"),
  PUT: () => {},
};

/** Headers of a response, for a method of {@link USES} and the handler's own headers. */
interface Expected {
  readonly name: string;
  readonly method: keyof typeof USES;
  readonly own?: HeaderLines;
  readonly cacheControl: readonly string[];
  /** Names in `Vary`, in lower case. */
  readonly vary: readonly string[];
  /** Number of Set-Cookie headers. */
  readonly cookies: number;
}

/** Returns whether a name in `Vary` is the handler's or the session layer's. Others may add `Origin`. */
function isOwnVary(name: string): boolean {
  return ["accept", "accept-language", "cookie"].includes(name);
}

const PUBLIC: HeaderLines = [["cache-control", "public, max-age=60"]];

/** Rules of `Vary` and `Cache-Control`, as `withSession` documents them. */
const EXPECTED: readonly Expected[] = [
  {
    name: "a response that changes the session may not be stored, and varies by the cookie",
    ...{ method: "POST", cacheControl: ["no-store"], vary: ["cookie"], cookies: 1 },
  },
  {
    name: "a response that depends on the session is private, and varies by the cookie",
    ...{ method: "GET", cacheControl: ["private, no-cache"], vary: ["cookie"], cookies: 0 },
  },
  {
    name: "a response that does not use the session has neither Vary nor Cache-Control",
    ...{ method: "PUT", cacheControl: [], vary: [], cookies: 0 },
  },
  {
    name: "the handler's Vary is kept beside the cookie",
    method: "POST",
    own: [["vary", "Accept, Accept-Language"]],
    ...{ cacheControl: ["no-store"], vary: ["accept", "accept-language", "cookie"], cookies: 1 },
  },
  {
    name: "a Vary that names the cookie already is kept as it is",
    method: "GET",
    own: [["vary", "COOKIE"]],
    ...{ cacheControl: ["private, no-cache"], vary: ["cookie"], cookies: 0 },
  },
  {
    name: "a public response becomes private when it changes the session",
    ...{ method: "POST", own: PUBLIC, cacheControl: ["private, max-age=60"], vary: ["cookie"], cookies: 1 },
  },
  {
    name: "a public response that only reads the session stays public",
    ...{ method: "GET", own: PUBLIC, cacheControl: ["public, max-age=60"], vary: ["cookie"], cookies: 0 },
  },
  {
    name: "the handler's Cache-Control is kept when it is private",
    method: "POST",
    own: [["cache-control", "private, max-age=5"]],
    ...{ cacheControl: ["private, max-age=5"], vary: ["cookie"], cookies: 1 },
  },
];

/** Returns the cases of the headers by which caches decide, and of the handler's own headers. */
export function headerCases(adapter: AdapterUnderTest): AdapterCase[] {
  const rules = EXPECTED.map((expected) => ({ name: expected.name, run: () => follows(adapter, expected) }));
  return [...rules, keepsRedirect(adapter), keepsOwnHeaders(adapter)];
}

function follows(adapter: AdapterUnderTest, { method, own = [], ...expected }: Expected): Promise<void> {
  const script: Script = (session, request) => {
    USES[request.method]?.(session);
    return respond({ headers: [["content-type", "text/plain"], ...own] });
  };
  return withApplication(adapter, script, async ({ send }) => {
    const cookie = toCookie(onlySessionCookie(await send({ method: "POST" })));
    const response = await send({ method, headers: cookieLines(cookie) });
    assert.deepEqual(valuesOf(response, "cache-control"), expected.cacheControl);
    assert.deepEqual(varyOf(response).filter(isOwnVary), expected.vary);
    assert.equal(valuesOf(response, "set-cookie").length, expected.cookies);
  });
}

function keepsRedirect(adapter: AdapterUnderTest): AdapterCase {
  const script: Script = (session) => {
    session.set("user", "Ada");
    return respond({ statusCode: 303, headers: [["location", "/welcome?a=1&b=%C3%A4"]], body: "" });
  };
  return {
    name: "a redirect keeps its status and its location, and sends the session's cookie",
    run: () =>
      withApplication(adapter, script, async ({ send }) => {
        const response = await send({ method: "POST" });
        assert.equal(response.statusCode, 303);
        assert.deepEqual(valuesOf(response, "location"), ["/welcome?a=1&b=%C3%A4"]);
        onlySessionCookie(response);
      }),
  };
}

function keepsOwnHeaders(adapter: AdapterUnderTest): AdapterCase {
  const own: HeaderLines = [
    ["content-type", "application/vnd.own+json"],
    ["x-own", 'a, "b"; c'],
    ["link", "</a>; rel=next, </b>; rel=prev"],
  ];
  const script: Script = (session, { method }) => {
    if (method === "POST") session.set("user", "Ada");
    return respond({ statusCode: 201, headers: own, body: "{}" });
  };
  return {
    name: "the handler's own status and headers are sent whether the session is used or not",
    run: () =>
      withApplication(adapter, script, async ({ send }) => {
        for (const method of ["GET", "POST"]) {
          const response = await send({ method });
          assert.equal(response.statusCode, 201);
          for (const [name, value] of own) assert.deepEqual(valuesOf(response, name), [value]);
        }
      }),
  };
}
