import { inspect } from "node:util";
import fc from "fast-check";
import { expect, test } from "vitest";
import { SecureCookieSessionInterface } from "../../../shared/cookie/secure-cookie-session-interface.ts";
import { ServerSideSessionInterface } from "../../../shared/server-side/server-side-session-interface.ts";
import type { Session } from "../../../shared/session/session.ts";
import type { SessionSettings } from "../../../shared/session/session-settings.ts";
import { MemoryStore } from "../../../shared/stores/memory-store.ts";
import { Clock } from "../../../shared/testing/clock.ts";
import { CookieJar } from "../../../shared/testing/cookie-jar.ts";
import { Visitor } from "../../../shared/testing/visitor.ts";
import { RevocableCookieSessionInterface } from "../../../shared/users/revocable-cookie-session-interface.ts";
import { TaggedJSON } from "../../../shared/values/tagged-json.ts";
import { runsOf } from "../../support/proofs.ts";
import { KEY } from "../cookie/secure-cookie-fixture.ts";
import { storableValue } from "../values/storable-values.ts";

const json = new TaggedJSON();

/** A step of a handler: the name of a method below, with its parameters. */
type Step = [name: keyof typeof STEPS, ...parameters: unknown[]];

const STEPS = {
  // Each storage gets a copy, because the session owns the value from then on.
  set: (session: Session, key, value) => session.set(key, json.loads(json.dumps(value))).has(key),
  get: (session: Session, key) => session.get(key),
  delete: (session: Session, key) => session.delete(key),
  change: (session: Session, key) => changeInside(session.get(key)),
  increment: (session: Session, key, by) => session.increment(key, by),
  update: (session: Session, key) => session.update(key, (value) => [value ?? null]),
  append: (session: Session, text) => session.update("list", (list = []) => [...list, text]),
  flash: (session: Session, text) => session.flash(text),
  flashes: (session: Session) => session.flashes(),
  signIn: (session: Session, id, remember) => session.signIn({ id, name: "Ada" }, { remember }),
  signOut: (session: Session) => session.signOut(),
  renew: (session: Session) => session.renew(),
  permanent: (session: Session, permanent) => Object.assign(session, { permanent }).permanent,
  lifetime: (session: Session, lifetime) => Object.assign(session, { lifetime }).lifetime,
  // biome-ignore lint/suspicious/noExplicitAny: the parameters are those that the step below generates
} satisfies Record<string, (session: Session, ...parameters: any[]) => unknown>;

function changeInside(value: unknown): void {
  if (Array.isArray(value)) value.push(1);
  else if (value instanceof Date) value.setTime(0);
  else if (value instanceof Uint8Array) value.fill(7);
}

const key = fc.constantFrom("a", "n", "__proto__", "constructor", "", "~", "\ud800", "\\", "\n", '"');
const value = storableValue.filter((one) => json.dumps(one).length < 100);
const text = fc.string({ maxLength: 5 });

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.tuple(fc.constant("set" as const), key, value),
  fc.tuple(fc.constantFrom("get" as const, "delete" as const, "change" as const, "update" as const), key),
  fc.tuple(fc.constant("increment" as const), key, fc.integer({ min: -9, max: 9 })),
  fc.tuple(fc.constantFrom("append" as const, "flash" as const), text),
  fc.tuple(fc.constantFrom("flashes" as const, "signOut" as const, "renew" as const)),
  fc.tuple(fc.constant("signIn" as const), fc.constantFrom("1", "2", "ü".repeat(99)), fc.boolean()),
  fc.tuple(fc.constant("permanent" as const), fc.boolean()),
  fc.tuple(fc.constant("lifetime" as const), fc.constantFrom(undefined, 0, 90_000, 99_999_999)),
);

/** Requests of one visitor: the seconds before each, and the steps of its handler. */
const requests = fc.array(fc.tuple(fc.nat({ max: 60 }), fc.array(step, { minLength: 1, maxLength: 4 })), {
  minLength: 1,
  maxLength: 8,
});

const settings = fc.record<SessionSettings>(
  { permanent: fc.boolean(), refreshEachRequest: fc.boolean(), renewAfter: fc.constant(50) },
  { requiredKeys: [] },
);

/** Returns a visitor of each storage. They share a clock. */
function makeVisitors(settings: SessionSettings, clock: Clock): Visitor[] {
  const options = { keys: [KEY], clock: clock.now, log: () => {}, settings };
  const sealed = { ...options, settings: { ...settings, encrypt: true, compress: true } };
  return [
    new SecureCookieSessionInterface(options),
    new SecureCookieSessionInterface(sealed),
    new RevocableCookieSessionInterface({ ...options, store: new MemoryStore() }),
    new ServerSideSessionInterface({ ...options, store: new MemoryStore() }),
  ].map((sessions) => new Visitor(sessions, new CookieJar(clock.now)));
}

/** Returns the results of the steps, or the errors of those that throw. */
async function take(session: Session, steps: readonly Step[]): Promise<string[]> {
  const results: string[] = [];
  for (const [name, ...parameters] of steps) {
    try {
      results.push(inspect(await (STEPS[name] as (...all: unknown[]) => unknown)(session, ...parameters)));
    } catch (error) {
      results.push(`${error}`);
    }
  }
  return results;
}

/** Returns what the next request reads, without the order of keys. */
function look(session: Session): object {
  const { user, authentication, permanent, lifetime, isNew, createdAt, refusal } = session;
  const data = session.entries().map(([key, value]) => [key, json.dumps(value)]);
  return { data: data.sort(), user, authentication, permanent, lifetime, isNew, createdAt, refusal };
}

test("the same requests have the same results and leave the same session in every storage", async () => {
  const property = fc.asyncProperty(settings, requests, async (settings, requests) => {
    const clock = new Clock();
    const visitors = makeVisitors(settings, clock);
    for (const [seconds, steps] of requests) {
      clock.advance(seconds);
      const seen: object[] = [];
      for (const visitor of visitors) {
        const { result } = await visitor.visit((session) => take(session, steps));
        seen.push({ result, next: (await visitor.visit(look)).result });
      }
      expect(seen).toEqual(seen.map(() => seen[0]));
    }
  });
  await fc.assert(property, { numRuns: runsOf({ all: 150, sampled: 30 }) });
});
