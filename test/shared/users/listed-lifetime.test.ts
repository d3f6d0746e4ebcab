import { beforeEach, describe, expect, test } from "vitest";
import { ServerSideSessionInterface } from "../../../shared/server-side/server-side-session-interface.ts";
import type { Session } from "../../../shared/session/session.ts";
import type { SessionInterface } from "../../../shared/session/session-interface.ts";
import type { SessionSettings } from "../../../shared/session/session-settings.ts";
import { MemoryStore } from "../../../shared/stores/memory-store.ts";
import { Clock } from "../../../shared/testing/clock.ts";
import { CookieJar } from "../../../shared/testing/cookie-jar.ts";
import { Visitor } from "../../../shared/testing/visitor.ts";
import { RevocableCookieSessionInterface } from "../../../shared/users/revocable-cookie-session-interface.ts";
import { SessionDirectory } from "../../../shared/users/session-directory.ts";
import { HOUR, KEY } from "../cookie/secure-cookie-fixture.ts";
import { ADA, cookiesOf, idOf } from "../server-side/server-side-fixture.ts";

const LIFETIME = 10 * HOUR;
const log = (): void => {};

type MakeInterface = (options: {
  readonly store: MemoryStore;
  readonly settings: SessionSettings;
  readonly clock: () => number;
}) => SessionInterface;

const STORAGES: readonly [storage: string, own: SessionSettings, make: MakeInterface][] = [
  ["a table", {}, (options) => new ServerSideSessionInterface({ ...options, keys: [KEY], log })],
  [
    "a table, with renewed tokens",
    { renewAfter: HOUR },
    (options) => new ServerSideSessionInterface({ ...options, keys: [KEY], log }),
  ],
  [
    "revocable cookies",
    { permanent: false },
    (options) => new RevocableCookieSessionInterface({ ...options, keys: [KEY], log }),
  ],
  [
    "permanent revocable cookies",
    { permanent: true },
    (options) => new RevocableCookieSessionInterface({ ...options, keys: [KEY], log }),
  ],
];

describe.each(STORAGES)("the list of a user's sessions in %s", (_storage, own, make) => {
  let clock: Clock;
  let store: MemoryStore;
  let sessions: SessionDirectory;
  let phone: Visitor;

  function makeVisitor(settings: SessionSettings = {}, jar = new CookieJar(clock.now)): Visitor {
    const all = { lifetime: LIFETIME, ...own, ...settings };
    return new Visitor(make({ store, settings: all, clock: clock.now }), jar);
  }

  async function signedIn(settings: SessionSettings = {}, agent = "Browser"): Promise<Visitor> {
    const visitor = makeVisitor(settings);
    await visitor.visit((session) => session.signIn(ADA), { headers: { "user-agent": agent } });
    return visitor;
  }

  /** Calls the directory in a request of a device that signs in now and out again. */
  async function ask<T>(use: (session: Session) => Promise<T>): Promise<T> {
    const device = await signedIn({ maxSessionsPerUser: 200 });
    const { result } = await device.visit(use);
    await device.visit((session) => session.signOut());
    return result;
  }

  /** Returns the ids in the list of a user who has just signed in elsewhere. */
  async function listed(): Promise<string[]> {
    const all = await sessions.list({ user: ADA, id: undefined, signOut: () => {} });
    return all.map(({ id }) => id);
  }

  /** Returns whether a cookie opens the user's session, without using the session. */
  async function isAlive(cookies: ReturnType<typeof cookiesOf>): Promise<boolean> {
    const sessionInterface = make({ store, settings: { lifetime: LIFETIME, ...own }, clock: clock.now });
    const session = await sessionInterface.open({
      ...cookies,
      method: "GET",
      path: "/",
      header: () => undefined,
    });
    return session.user !== undefined;
  }

  beforeEach(async () => {
    clock = new Clock();
    store = new MemoryStore();
    sessions = new SessionDirectory({ users: store, store, clock: clock.now, log });
    phone = await signedIn();
  });

  test("a session is listed until its last second, and not a second longer", async () => {
    const [id, cookies] = [await idOf(phone), cookiesOf(phone)];
    clock.advance(LIFETIME);
    expect([await listed(), await isAlive(cookies)]).toEqual([[id], true]);
    clock.advance(1);
    expect([await listed(), await isAlive(cookies)]).toEqual([[], false]);
  });

  test.each<[string, (session: Session) => unknown]>([
    ["reads", (session) => session.get("a")],
    ["changes", (session) => session.set("a", Math.random())],
    ["does not use", () => {}],
    ["counts in", (session) => session.increment("n")],
    ["renews", (session) => session.renew()],
    [
      "reads or changes",
      (session) => (clock.seconds % 2 ? session.get("a") : session.set("a", clock.seconds)),
    ],
  ])("the list has a session that its user %s exactly as long as its cookie opens it", async (_what, use) => {
    for (const step of [1, 1800, 3599, 1, 3601, 20_000, 3600, 9 * HOUR - 1, 7, 3 * HOUR, 6 * HOUR, 5]) {
      clock.advance(step);
      await phone.visit(use);
      const cookies = cookiesOf(phone);
      for (const later of [
        0,
        HOUR / 2,
        9 * HOUR,
        9.5 * HOUR,
        LIFETIME - 1,
        LIFETIME,
        LIFETIME + 1,
        11 * HOUR,
      ]) {
        clock.advance(later);
        expect([step, later, (await listed()).length]).toEqual([step, later, Number(await isAlive(cookies))]);
        clock.advance(-later);
      }
    }
  });

  test("a sign-in is refused by the cap until the other session has expired", async () => {
    const settings = { maxSessionsPerUser: 1, sessionLimitPolicy: "refuse-new" } as const;
    clock.advance(LIFETIME);
    await expect(signedIn(settings)).rejects.toMatchObject({ statusCode: 403 });
    clock.advance(1);
    expect(await isAlive(cookiesOf(await signedIn(settings)))).toBe(true);
  });

  test("end, endOthers, endAll and endAllOf do not count a session that has expired", async () => {
    const id = await idOf(phone);
    clock.advance(LIFETIME + 1);
    const counts = [
      await ask((session) => sessions.end(session, id)),
      await ask((session) => sessions.endOthers(session)),
      await ask((session) => sessions.endAll(session)),
      await sessions.endAllOf(ADA.id),
    ];
    expect(counts).toEqual([false, 0, 1, 0]);
  });

  test("a session says the same last second as the list", async () => {
    clock.advance(HOUR / 2);
    await phone.visit((session) => session.set("a", 1));
    const { result } = await phone.visit(async (session) => [
      session.expiresAt,
      (await sessions.list(session))[0]?.expiresAt,
    ]);
    expect(result[0]).toEqual(result[1]);
  });

  test("a renewed session keeps its sign-in in the list, and is listed no longer than the absolute lifetime", async () => {
    await sessions.endAllOf(ADA.id);
    const settings = { absoluteLifetime: LIFETIME };
    const tablet = await signedIn(settings, "Tablet");
    const createdAt = new Date(clock.now());
    clock.advance(5 * HOUR);
    await tablet.visit((session) => session.renew(), { headers: { "user-agent": "Other" } });
    const { result } = await tablet.visit((session) => sessions.list(session));
    expect(result).toMatchObject([{ createdAt, userAgent: "Tablet" }]);
    clock.advance(5 * HOUR + 1);
    expect(await listed()).toEqual([]);
  });
});
