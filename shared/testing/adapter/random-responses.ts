import assert from "node:assert/strict";
import type { WireResponse } from "../../gateway/event-forms/wire.ts";
import { Random } from "../random.ts";
import type { AdapterUnderTest, Script } from "./adapter-under-test.ts";
import { cookieLines, SESSION_COOKIE, toCookie, valuesOf, withApplication } from "./application.ts";
import { type RandomStep, randomStep } from "./random-response.ts";

/** Numbers of a run in which every response was right. */
export interface RandomResponses {
  readonly responses: number;
  /** Set-Cookie headers of the handler and of the session layer, which have all arrived. */
  readonly cookies: number;
}

/**
 * Sends random responses through an adapter, one visitor after another request. Checks that every Set-Cookie
 * header arrives unchanged and in order, the session's as the last one, and that the status, the other
 * headers and the body arrive.
 *
 * @param count number of responses, such as 10,000
 * @param seed repeats a run; the message of an error has it
 */
export async function randomResponses(
  adapter: AdapterUnderTest,
  count: number,
  seed: number,
): Promise<RandomResponses> {
  const random = new Random(seed);
  let step = randomStep(random, adapter);
  let cookies = 0;
  let visits = 0;
  const script: Script = (session) => {
    if (step.use === "clear and change") session.clear();
    if (step.use === "read") session.get("visits");
    if (step.use.endsWith("change")) session.set("visits", ++visits);
    return step.response;
  };
  await withApplication(adapter, script, async ({ send }) => {
    let headers = cookieLines();
    for (let index = 0; index < count; index++) {
      step = randomStep(random, adapter);
      const response = await send({ method: step.method, headers });
      const setCookies = withSeed(seed, index, () => checkStep(step, response));
      const own = setCookies.findLast((cookie) => cookie.startsWith(SESSION_COOKIE));
      if (own !== undefined) headers = cookieLines(toCookie(own));
      cookies += setCookies.length;
    }
  });
  return { responses: count, cookies };
}

/** Checks a response, and returns its Set-Cookie headers. */
function checkStep({ method, use, response: own }: RandomStep, response: WireResponse): string[] {
  const setCookies = valuesOf(response, "set-cookie");
  const [ofHandler, ofSession] = [
    setCookies.slice(0, own.cookies.length),
    setCookies.slice(own.cookies.length),
  ];
  assert.equal(response.statusCode, own.statusCode);
  assert.deepEqual(ofHandler, own.cookies);
  assert.equal(ofSession.length, use.endsWith("change") ? 1 : 0, `${ofSession}`);
  assert.ok(ofSession.every((cookie) => cookie.startsWith(SESSION_COOKIE)));
  for (const [name, value] of own.headers.filter(([name]) => !/^(vary|cache-control)$/.test(name)))
    assert.deepEqual(valuesOf(response, name), [value]);
  if (method !== "HEAD") assert.deepEqual(response.body, Buffer.from(own.body));
  return setCookies;
}

function withSeed<T>(seed: number, index: number, check: () => T): T {
  try {
    return check();
  } catch (error) {
    throw new Error(`response ${index} of seed ${seed}: ${(error as Error).message}`, { cause: error });
  }
}
