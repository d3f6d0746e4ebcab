import { EVENT_FORMS, type EventForm } from "lambda-sessions/gateway";
import type { HttpEvent } from "lambda-sessions/lambda";
import { expect, test } from "vitest";
import { SecureCookieSessionInterface } from "../../../../shared/cookie.ts";
import type { Session } from "../../../../shared/index.ts";
import { createWithSessions, nameSessions } from "../../../../shared/named-sessions.ts";
import { Random } from "../../../../shared/testing/random.ts";
import { runsOf, SEED } from "../../../support/proofs.ts";
import { KEY } from "./shop.ts";

const RESPONSES = runsOf({ all: 10_000, sampled: 300 });

/** Forms that have room for several cookies. */
const FORMS = EVENT_FORMS.filter(({ repeatedHeaders }) => repeatedHeaders === "all");

const NAMES = ["account", "basket", "cart"] as const;
type Data = Record<(typeof NAMES)[number], { count: number }>;

/** Changes of sessions, and the cookies that each of them sends. */
const USES = { none: false, read: false, change: true, "clear and change": true } as const;
type Use = keyof typeof USES;

const OWN = ["a=1", 'note="a, b"; Expires=Wed, 21 Oct 2037 07:28:00 GMT', "cart=mine; Path=/", "A="];

/** Changes and cookies that the handler makes in a request. */
interface Step {
  readonly uses: Readonly<Record<string, Use>>;
  readonly cookies: readonly string[];
}

function randomStep(random: Random): Step {
  const uses = NAMES.map((name) => [name, random.pick(Object.keys(USES) as Use[])] as const);
  const cookies = Array.from({ length: random.between(0, 4) }, () => random.pick(OWN));
  return { uses: Object.fromEntries(uses), cookies };
}

function use(session: Session<{ count: number }>, how: Use, count: number): void {
  if (how === "read") session.get("count");
  if (how === "clear and change") session.clear();
  if (USES[how]) session.set("count", count);
}

/** Sends the requests of one visitor, and returns how many cookies arrived. */
async function send(form: EventForm, seed: number): Promise<number> {
  const random = new Random(seed);
  const sessions = nameSessions(
    Object.fromEntries(NAMES.map((name) => [name, {}])) as Record<keyof Data, object>,
    (settings) => new SecureCookieSessionInterface({ keys: [KEY], settings, log: () => {} }),
  );
  let step = randomStep(random);
  let index = 0;
  let found: Record<string, number | undefined> = {};
  const handler = createWithSessions<Data>({ sessions, log: () => {} })<HttpEvent>((event, named) => {
    found = Object.fromEntries(NAMES.map((name) => [name, peek(named[name], step.uses[name])]));
    for (const name of NAMES) use(named[name], step.uses[name] as Use, index);
    const cookies = [...step.cookies];
    const own = "httpMethod" in event ? { multiValueHeaders: { "Set-Cookie": cookies } } : { cookies };
    return { statusCode: 200, body: "", ...own };
  });
  const stored = new Map<string, { readonly pair: string; readonly count: number }>();
  let arrived = 0;
  for (; index < RESPONSES; index++) {
    step = randomStep(random);
    const headers = [...stored.values()].map(({ pair }) => ["cookie", pair] as const);
    const response = await form.invoke(handler, { ...REQUEST, headers });
    const setCookies = response.headers.filter(([name]) => name.toLowerCase() === "set-cookie");
    const pairs = setCookies.map(([, value]) => value.split(";", 1).join());
    const changed = NAMES.filter((name) => USES[step.uses[name] as Use]);
    const where = `seed ${seed}, response ${index}`;
    expect(
      setCookies.slice(0, step.cookies.length).map(([, value]) => value),
      where,
    ).toEqual(step.cookies);
    const ofSessions = pairs.slice(step.cookies.length);
    expect(
      ofSessions.map((pair) => pair.split("=", 1).join()),
      where,
    ).toEqual(changed.map((name) => `__Host-${name}`));
    for (const [name, count] of Object.entries(found))
      if (count !== undefined) expect(stored.get(name)?.count ?? -1, where).toBe(count);
    for (const [position, name] of changed.entries())
      stored.set(name, { pair: ofSessions[position] as string, count: index });
    arrived += pairs.length;
  }
  return arrived;
}

/** Returns what a session has before it is used, or `undefined` for a session that stays unused. */
function peek(session: Session<{ count: number }>, how: Use | undefined): number | undefined {
  return how === "none" ? undefined : (session.get("count") ?? -1);
}

const REQUEST = { method: "GET", path: "/", queryString: "", body: Buffer.alloc(0) };

test.each(FORMS)(
  `none of the cookies of three sessions and the handler is lost in ${RESPONSES} random responses: $name`,
  async (form) => {
    expect(await send(form, SEED)).toBeGreaterThan(RESPONSES);
  },
);
