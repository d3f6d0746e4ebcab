import assert from "node:assert/strict";
import type { AdapterCase, AdapterUnderTest, Script } from "./adapter-under-test.ts";
import {
  cookieLines,
  OWN_COOKIES,
  onlySessionCookie,
  respond,
  SESSION_COOKIE,
  toCookie,
  valuesOf,
  withApplication,
} from "./application.ts";

/** Settings of target groups with which a response has room for more than one cookie. */
const REMEDIES = { last: "lambda.multi_value_headers.enabled", joined: "V2" };

const CHANGE: Script = (session) => {
  session.set("user", "Ada");
  return respond();
};

/** Returns the cases of responses that set cookies beside the session's. */
export function responseCookieCases(adapter: AdapterUnderTest): AdapterCase[] {
  const { repeatedHeaders = "all" } = adapter;
  const single = repeatedHeaders !== "all";
  return [
    {
      name: "a changed session sends exactly one cookie",
      run: () =>
        withApplication(adapter, CHANGE, async ({ send }) => {
          onlySessionCookie(await send());
        }),
    },
    { name: "an unused session sends no cookie", run: () => ownCookies(adapter, [], () => {}) },
    single ? refusesSecondCookie(adapter, REMEDIES[repeatedHeaders]) : keepsCookies(adapter),
    {
      name: "the handler's own cookies are sent in their order when the session was read alone",
      run: () =>
        ownCookies(adapter, single ? [OWN_COOKIES[0]] : OWN_COOKIES, (session) => session.get("user")),
    },
    deletesCookie(adapter),
    ...(single ? [] : [deletesOthers(adapter)]),
  ];
}

function keepsCookies(adapter: AdapterUnderTest): AdapterCase {
  const script: Script = (session) => {
    session.set("user", "Ada");
    return respond({ cookies: OWN_COOKIES });
  };
  return {
    name: "the handler's own three cookies are sent in their order, and the session's after them",
    run: () =>
      withApplication(adapter, script, async ({ send }) => {
        const cookies = valuesOf(await send(), "set-cookie");
        assert.deepEqual(cookies.slice(0, -1), OWN_COOKIES);
        assert.ok(cookies.at(-1)?.startsWith(SESSION_COOKIE), `the last cookie is ${cookies.at(-1)}`);
      }),
  };
}

/** Without room for a second cookie, losing one is an error. */
function refusesSecondCookie(adapter: AdapterUnderTest, remedy: string): AdapterCase {
  const script: Script = (session) => {
    session.set("user", "Ada");
    return respond({ cookies: OWN_COOKIES.slice(0, 1) });
  };
  return {
    name: `a second cookie where one fits is an error that names ${remedy}`,
    run: () =>
      withApplication(adapter, script, ({ send }) =>
        assert.rejects(send(), ({ message }: Error) => message.includes(remedy)),
      ),
  };
}

function ownCookies(
  adapter: AdapterUnderTest,
  cookies: readonly string[],
  use: (session: Parameters<Script>[0]) => unknown,
): Promise<void> {
  const script: Script = (session) => {
    use(session);
    return respond({ cookies });
  };
  return withApplication(adapter, script, async ({ send }) => {
    assert.deepEqual(valuesOf(await send(), "set-cookie"), cookies);
  });
}

function deletesCookie(adapter: AdapterUnderTest): AdapterCase {
  const script: Script = (session, { method }) => {
    if (method === "POST") session.clear();
    else session.set("user", "Ada");
    return respond();
  };
  return {
    name: "an emptied session deletes its cookie",
    run: () =>
      withApplication(adapter, script, async ({ send }) => {
        const own = toCookie(onlySessionCookie(await send()));
        const cookies = valuesOf(await send({ method: "POST", headers: cookieLines(own) }), "set-cookie");
        assert.notDeepEqual(cookies, []);
        for (const cookie of cookies) assert.match(cookie, /^__Host-session=;.* Max-Age=0/);
      }),
  };
}

/** A browser may hold several cookies of the name, which settings of before have left. */
function deletesOthers(adapter: AdapterUnderTest): AdapterCase {
  const script: Script = (session) => {
    session.set("visits", (session.get("visits") ?? 0) + 1);
    return respond({ cookies: OWN_COOKIES.slice(0, 1) });
  };
  return {
    name: "other cookies of the session's name are deleted before it is set",
    run: () =>
      withApplication(adapter, script, async ({ send }) => {
        const setCookies = [await send(), await send()].map((response) => valuesOf(response, "set-cookie"));
        const both = setCookies.map((cookies) => toCookie(cookies.at(-1) ?? "")).join("; ");
        const [own, ...cookies] = valuesOf(await send({ headers: cookieLines(both) }), "set-cookie");
        assert.equal(own, OWN_COOKIES[0]);
        assert.match(cookies.pop() ?? "", /^__Host-session=[^;]/);
        assert.notDeepEqual(cookies, []);
        for (const cookie of cookies) assert.match(cookie, /^__Host-session=;.* Max-Age=0/);
      }),
  };
}
