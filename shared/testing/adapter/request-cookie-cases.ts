import assert from "node:assert/strict";
import type { WireRequest } from "../../gateway/event-forms/wire.ts";
import type { AdapterCase, AdapterUnderTest, Script } from "./adapter-under-test.ts";
import {
  type Application,
  cookieLines,
  onlySessionCookie,
  respond,
  SESSION_COOKIE,
  toCookie,
  withApplication,
} from "./application.ts";

/** Counts visits. Its body is the count. */
const COUNT: Script = (session) => {
  session.set("visits", (session.get("visits") ?? 0) + 1);
  return respond({ body: `${session.get("visits")}` });
};

type Counts = (name: string, expected: number, cookies: (own: string) => string[]) => AdapterCase;

/** Returns the cases of requests with several, unusual and hostile cookies. */
export function requestCookieCases(adapter: AdapterUnderTest): AdapterCase[] {
  const counts: Counts = (name, expected, cookies) => ({
    name,
    run: () =>
      withApplication(adapter, COUNT, async (application) => {
        const own = toCookie(onlySessionCookie(await application.send()));
        assert.equal(await visits(application, { headers: cookieLines(...cookies(own)) }), expected);
      }),
  });
  return [
    counts("the session is found among several cookies of one header", 2, (own) => [`a=1; ${own}; b=2`]),
    ...severalHeaders(adapter, counts),
    counts("the session is found beside quoted cookies", 2, (own) => [`a="x, y"; ${own}; b="\\"="`]),
    counts("the session is found beside cookies without a name or a value", 2, (own) => [
      `=; ;; lonely; a%ZZ=%FF; ${own};`,
    ]),
    counts("the session is found beside a forged cookie of the same name", 2, (own) => [
      `${SESSION_COOKIE}eyJ2aXNpdHMiOjl9.ab.cd; ${own}`,
    ]),
    counts("a changed cookie opens no session", 1, (own) => [`${own}x`]),
    counts("an encoded spelling of the cookie opens no session", 1, (own) => [own.replaceAll(".", "%2E")]),
    counts("a long cookie of an attacker opens no session", 1, () => [SESSION_COOKIE + "a".repeat(7000)]),
  ];
}

/**
 * Where an event form passes one header, or joins them with commas, a cookie of another one cannot be found.
 */
function severalHeaders({ repeatedHeaders = "all" }: AdapterUnderTest, counts: Counts): AdapterCase[] {
  const first = counts("the session is found in the first of several Cookie headers", 2, (own) => [
    own,
    "a=1",
  ]);
  const last = counts("the session is found in the last of several Cookie headers", 2, (own) => ["a=1", own]);
  return { all: [first, last], last: [last], joined: [] }[repeatedHeaders];
}

async function visits({ send }: Application, request: Partial<WireRequest>): Promise<number> {
  const { statusCode, body } = await send(request);
  assert.equal(statusCode, 200);
  return Number(body.toString());
}
