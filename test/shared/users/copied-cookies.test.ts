import { beforeEach, describe, expect, test } from "vitest";
import {
  type SecureCookieOptions,
  SecureCookieSessionInterface,
} from "../../../shared/cookie/secure-cookie-session-interface.ts";
import { ServerSideSessionInterface } from "../../../shared/server-side/server-side-session-interface.ts";
import type { SessionInterface } from "../../../shared/session/session-interface.ts";
import type { SessionSettings } from "../../../shared/session/session-settings.ts";
import { MemoryStore } from "../../../shared/stores/memory-store.ts";
import { Clock } from "../../../shared/testing/clock.ts";
import { CookieJar } from "../../../shared/testing/cookie-jar.ts";
import { Visitor } from "../../../shared/testing/visitor.ts";
import { RevocableCookieSessionInterface } from "../../../shared/users/revocable-cookie-session-interface.ts";
import { SessionDirectory } from "../../../shared/users/session-directory.ts";
import { HOUR, KEY } from "../cookie/secure-cookie-fixture.ts";
import { ADA, cookiesOf } from "../server-side/server-side-fixture.ts";

const SETTINGS: SessionSettings = { lifetime: HOUR, absoluteLifetime: 8 * HOUR, permanent: true };
const log = (): void => {};

type Interface = new (options: SecureCookieOptions & { readonly store: MemoryStore }) => SessionInterface;

let clock: Clock;
let store: MemoryStore;
let directory: SessionDirectory;
let phone: Visitor;
let laptop: Visitor;

/** Returns a device; after a deployment with other settings, one with the same cookies. */
function makeDevice(Made: Interface, settings = SETTINGS, jar = new CookieJar(clock.now)): Visitor {
  return new Visitor(new Made({ keys: [KEY], store, settings, clock: clock.now, log }), jar);
}

/** Returns whether somebody who has a copy of a device's cookie is signed in with it. */
async function isOpen(Made: Interface, copy: ReturnType<typeof cookiesOf>, settings = SETTINGS) {
  return (await makeDevice(Made, settings).visit((session) => session.user !== undefined, copy)).result;
}

async function begin(Made: Interface): Promise<void> {
  clock = new Clock();
  store = new MemoryStore();
  directory = new SessionDirectory({ users: store, store, clock: clock.now, log });
  phone = makeDevice(Made);
  laptop = makeDevice(Made);
  for (const device of [phone, laptop]) await device.visit((session) => session.signIn(ADA));
}

/** Everything that ends the session of the phone. Some of it happens on the laptop, or without a request. */
const ENDINGS: readonly [what: string, end: () => unknown][] = [
  ["its user has signed out", () => phone.visit((session) => session.signOut())],
  ["its user has signed in again", () => phone.visit((session) => session.signIn(ADA))],
  [
    "its user has ended it on another device",
    () =>
      laptop.visit(async (session) => {
        const other = (await directory.list(session)).find(({ isCurrent }) => !isCurrent);
        return directory.end(session, other?.id ?? "");
      }),
  ],
  [
    "its user has changed the password and ended the other sessions on another device",
    () => laptop.visit((session) => directory.endOthers(session)),
  ],
  ["the account was disabled, and its sessions were ended", () => directory.endAllOf(ADA.id)],
];

describe.each<[string, Interface]>([
  ["revocable cookies", RevocableCookieSessionInterface],
  ["a store", ServerSideSessionInterface],
])("with %s", (_storage, Made) => {
  beforeEach(() => begin(Made));

  test.each(ENDINGS)("a copy of the cookie opens no session after %s", async (_what, end) => {
    const copy = cookiesOf(phone);
    expect(await isOpen(Made, copy)).toBe(true);
    await end();
    expect(await isOpen(Made, copy)).toBe(false);
  });

  test("the session on which a user ends all others stays open", async () => {
    await laptop.visit((session) => directory.endOthers(session));
    expect(await isOpen(Made, cookiesOf(laptop))).toBe(true);
  });
});

describe.each<[string, Interface]>([
  ["signed cookies", SecureCookieSessionInterface],
  ["revocable cookies", RevocableCookieSessionInterface],
  ["a store", ServerSideSessionInterface],
])("the times with %s", (_storage, Made) => {
  beforeEach(() => begin(Made));

  test("a copy of the cookie opens no session after an hour without use", async () => {
    const copy = cookiesOf(phone);
    clock.advance(HOUR + 1);
    expect(await isOpen(Made, copy)).toBe(false);
  });

  test("a copy of the cookie opens no session after eight hours, however often its user came", async () => {
    for (let halves = 0; halves < 15; halves++) {
      clock.advance(HOUR / 2);
      await phone.visit((session) => session.user);
    }
    const copy = cookiesOf(phone);
    clock.advance(HOUR / 2);
    expect(await isOpen(Made, copy)).toBe(true);
    clock.advance(1);
    expect(await isOpen(Made, copy)).toBe(false);
  });

  test("the sessions of all users end when an operator changes the salt", async () => {
    const copies = [cookiesOf(phone), cookiesOf(laptop)];
    for (const copy of copies) {
      expect(await isOpen(Made, copy)).toBe(true);
      expect(await isOpen(Made, copy, { ...SETTINGS, salt: "another" })).toBe(false);
    }
  });
});

test("with signed cookies alone, a copy of the cookie stays open after a sign-out, until it expires", async () => {
  await begin(SecureCookieSessionInterface);
  const copy = cookiesOf(phone);
  await phone.visit((session) => session.signOut());
  expect(phone.token).toBeUndefined();
  expect(await isOpen(SecureCookieSessionInterface, copy)).toBe(true);
  clock.advance(HOUR + 1);
  expect(await isOpen(SecureCookieSessionInterface, copy)).toBe(false);
});
