import { beforeEach, describe, expect, test } from "vitest";
import { SecureCookieSessionInterface } from "../../../shared/cookie/secure-cookie-session-interface.ts";
import type { SecretKeys } from "../../../shared/crypto/secret-keys.ts";
import { ServerSideSessionInterface } from "../../../shared/server-side/server-side-session-interface.ts";
import type { SessionInterface } from "../../../shared/session/session-interface.ts";
import type { SessionSettings } from "../../../shared/session/session-settings.ts";
import { MemoryStore } from "../../../shared/stores/memory-store.ts";
import { Clock } from "../../../shared/testing/clock.ts";
import { CookieJar } from "../../../shared/testing/cookie-jar.ts";
import { Visitor } from "../../../shared/testing/visitor.ts";
import { RevocableCookieSessionInterface } from "../../../shared/users/revocable-cookie-session-interface.ts";
import { HOUR, KEY as OLD_KEY, type Use } from "./secure-cookie-fixture.ts";

const NEW_KEY = "a secret key of at least 32 bytes, which is new";
const PUBLISHED = [OLD_KEY, NEW_KEY];
const ROTATED = [NEW_KEY, OLD_KEY];
const LIFETIME = 10 * HOUR;

let clock: Clock;
let store: MemoryStore;
let keys: SecretKeys;

beforeEach(() => {
  clock = new Clock();
  store = new MemoryStore();
  keys = PUBLISHED;
});

const log = () => {};
const read: Use = (session) => session.get("a");
const begin: Use = (session) => session.set("a", 1);
const write: Use = (session) => session.set("b", 2);
const renew: Use = (session) => session.renew();

type Make = (list: () => Promise<SecretKeys>, settings: SessionSettings) => SessionInterface;

const cookieSession: Make = (list, settings) =>
  new SecureCookieSessionInterface({ keys: list, settings, clock: clock.now, log });
const revocableSession: Make = (list, settings) =>
  new RevocableCookieSessionInterface({ keys: list, settings, store, clock: clock.now, log });
const storedSession: Make = (list, settings) =>
  new ServerSideSessionInterface({ keys: list, settings, store, clock: clock.now, log });

function visitorOf(make: Make, settings: SessionSettings = {}): Visitor {
  return new Visitor(
    make(async () => keys, { lifetime: LIFETIME, ...settings }),
    new CookieJar(clock.now),
  );
}

/** Returns the value that a function with only these keys reads from a visitor's session. */
async function valueReadWith(list: SecretKeys, make: Make, visitor: Visitor): Promise<unknown> {
  const reader = new Visitor(
    make(async () => list, { lifetime: LIFETIME }),
    visitor.jar,
  );
  return (await reader.visit(read)).result;
}

describe.each<[string, Make]>([
  ["a cookie session", cookieSession],
  ["a revocable cookie session", revocableSession],
  ["a server-side session", storedSession],
])("%s during a key rotation", (name, make) => {
  test(`${name} that was signed with the old key is still read, and not sent again, when the new key signs`, async () => {
    const visitor = visitorOf(make);
    await visitor.visit(begin);
    keys = ROTATED;
    const { result, setCookie } = await visitor.visit(read);
    expect([result, setCookie]).toEqual([1, undefined]);
  });

  test(`${name} that was signed with the new key is read by a function that still signs with the old one`, async () => {
    keys = ROTATED;
    const visitor = visitorOf(make);
    await visitor.visit(begin);
    expect(await valueReadWith(PUBLISHED, make, visitor)).toBe(1);
  });

  test.each<[string, Use, seconds: number, settings: SessionSettings]>([
    ["refresh after a tenth of its lifetime", read, LIFETIME / 10, { permanent: true }],
    ["refresh with refreshEachRequest", read, 1, { permanent: true, refreshEachRequest: true }],
    ["renewal", renew, 1, {}],
    ["write after a tenth of its lifetime", write, LIFETIME / 10, {}],
  ])(
    `${name} that was signed with the old key is signed with the new one at its next %s`,
    async (_when, use, seconds, settings) => {
      const visitor = visitorOf(make, settings);
      await visitor.visit(begin);
      keys = ROTATED;
      clock.advance(seconds);
      await visitor.visit(use);
      expect(await valueReadWith([NEW_KEY], make, visitor)).toBe(1);
    },
  );

  test(`${name} that was signed with the old key is refused when that key was removed`, async () => {
    const visitor = visitorOf(make);
    await visitor.visit(begin);
    keys = [NEW_KEY];
    expect((await visitor.visit(read)).result).toBeUndefined();
  });
});

test.each<[string, Make]>([
  ["a cookie session", cookieSession],
  ["a revocable cookie session", revocableSession],
])(
  "%s that was signed with the old key is signed with the new one at its next write",
  async (_name, make) => {
    const visitor = visitorOf(make);
    await visitor.visit(begin);
    keys = ROTATED;
    await visitor.visit(write);
    expect(await valueReadWith([NEW_KEY], make, visitor)).toBe(1);
  },
);

test("a write to a server-side session goes to the store, and the cookie keeps its old signature", async () => {
  const visitor = visitorOf(storedSession);
  await visitor.visit(begin);
  keys = ROTATED;
  expect((await visitor.visit(write)).setCookie).toBeUndefined();
  expect(await valueReadWith([OLD_KEY], storedSession, visitor)).toBe(1);
});
