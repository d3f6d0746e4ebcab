import { beforeEach, describe, expect, test } from "vitest";
import { SessionLimitError } from "../../../shared/session/session-errors.ts";
import { resolveSettings, type SessionSettings } from "../../../shared/session/session-settings.ts";
import { Clock } from "../../../shared/testing/clock.ts";
import { SessionLogCollector } from "../../../shared/testing/session-log-collector.ts";
import { UserSessionList } from "../../../shared/users/user-session-list.ts";
import { HOUR } from "../cookie/secure-cookie-fixture.ts";
import { SteeredStore } from "../server-side/steered-store.ts";

const USER = "user-key";
const LIFETIME = 10 * HOUR;

let clock: Clock;
let log: SessionLogCollector;
let steered: SteeredStore;
let sessions: UserSessionList;

function start(settings: SessionSettings = {}): void {
  sessions = new UserSessionList({
    store: steered.store,
    settings: resolveSettings({ lifetime: LIFETIME, ...settings }),
    nowSeconds: () => clock.seconds,
    log: log.log,
  });
}

beforeEach(() => {
  clock = new Clock();
  log = new SessionLogCollector();
  steered = new SteeredStore();
  start();
});

function request(headers: Readonly<Record<string, string>> = {}, address?: string) {
  return { method: "GET", path: "/", cookies: [], header: (name: string) => headers[name], address };
}

/** Adds sessions, one per second. */
async function add(...ids: string[]): Promise<void> {
  for (const id of ids) {
    await sessions.add(USER, id, request());
    clock.advance(1);
  }
}

async function listed(): Promise<string[]> {
  return [...((await steered.store.readUser(USER))?.sessions.keys() ?? [])];
}

async function entry(id: string) {
  return (await steered.store.readUser(USER))?.sessions.get(id);
}

describe("add", () => {
  test("a session is listed with its times, its User-Agent and its address", async () => {
    await sessions.add(USER, "a", request({ "user-agent": "Browser/1.0" }, "192.0.2.1"));
    expect(await entry("a")).toEqual({
      createdAt: clock.seconds,
      lastSeenAt: clock.seconds,
      expiresAt: clock.seconds + 10 * HOUR,
      userAgent: "Browser/1",
      address: "192.0.2.1",
    });
  });

  test("a session is listed without a User-Agent and an address that the request lacks", async () => {
    await sessions.add(USER, "a", request());
    expect(await entry("a")).toMatchObject({ userAgent: undefined, address: undefined });
  });

  test.each<[string, string, kept: string]>([
    ["of 64 characters", "x".repeat(64), "x".repeat(64)],
    ["of 65 characters", "x".repeat(65), "x".repeat(64)],
    ["of a megabyte", "x".repeat(1024 * 1024), "x".repeat(64)],
    ["without characters", "", ""],
    ["of markup", "<script>", "<script>"],
    ["with a version", "Browser/1.2.3", "Browser/1"],
  ])("a User-Agent %s is stored up to 64 characters", async (_what, given, kept) => {
    await sessions.add(USER, "a", request({ "user-agent": given }));
    expect((await entry("a"))?.userAgent).toBe(kept);
  });

  test("a User-Agent that is cut inside a surrogate pair is stored well-formed", async () => {
    await sessions.add(USER, "a", request({ "user-agent": `${"x".repeat(63)}😀` }));
    expect((await entry("a"))?.userAgent?.isWellFormed()).toBe(true);
  });

  test("an entry expires at the latest with the absolute lifetime", async () => {
    start({ absoluteLifetime: HOUR });
    await add("a");
    expect(await entry("a")).toMatchObject({ expiresAt: clock.seconds - 1 + HOUR });
  });

  test("a session is added to the existing ones", async () => {
    await add("a", "b", "c");
    expect(await listed()).toEqual(["a", "b", "c"]);
    expect(log.records).toEqual([]);
  });

  test("a session that is added again is listed once, with new times", async () => {
    await add("a", "b", "a");
    expect(new Set(await listed())).toEqual(new Set(["a", "b"]));
    expect(await entry("a")).toMatchObject({ createdAt: clock.seconds - 1 });
  });
});

describe("the cap on sessions", () => {
  test("a session over the cap evicts the least recently used one, and add returns its id", async () => {
    start({ maxSessionsPerUser: 2 });
    await add("a", "b");
    const seen = { lastSeenAt: clock.seconds, expiresAt: clock.seconds + LIFETIME };
    await steered.store.touchUserSession(USER, "a", seen);
    expect(await sessions.add(USER, "c", request())).toEqual(["b"]);
    expect(await listed()).toEqual(["a", "c"]);
  });

  test("add evicts as many sessions as exceed a cap that was lowered", async () => {
    await add("a", "b", "c", "d");
    start({ maxSessionsPerUser: 2 });
    expect(await sessions.add(USER, "e", request())).toEqual(["a", "b", "c"]);
    expect(await listed()).toEqual(["d", "e"]);
  });

  test("a cap of one keeps the new session", async () => {
    start({ maxSessionsPerUser: 1 });
    await add("a", "b");
    expect(await listed()).toEqual(["b"]);
  });

  test("a session that is added again does not count towards the cap", async () => {
    for (const sessionLimitPolicy of ["end-oldest", "refuse-new"] as const) {
      start({ maxSessionsPerUser: 1, sessionLimitPolicy });
      await add("a", "a");
      expect(await listed()).toEqual(["a"]);
    }
  });

  test("a session over the cap is refused with refuse-new, and the list stays unchanged", async () => {
    start({ maxSessionsPerUser: 2, sessionLimitPolicy: "refuse-new" });
    await add("a", "b");
    const adding = sessions.add(USER, "c", request());
    await expect(adding).rejects.toThrow(SessionLimitError);
    await expect(adding).rejects.toMatchObject({ limit: 2, statusCode: 403, saved: { vary: true } });
    expect(await listed()).toEqual(["a", "b"]);
    expect(log.records).toEqual([{ level: "WARN", event: "session_limit_reached", session: "c" }]);
  });

  test("an expired session does not count towards the cap, and is removed without a log record", async () => {
    for (const sessionLimitPolicy of ["end-oldest", "refuse-new"] as const) {
      start({ maxSessionsPerUser: 2, sessionLimitPolicy });
      await add("a", "b");
      clock.advance(10 * HOUR + 1);
      expect(await sessions.add(USER, "c", request())).toEqual([]);
      expect(await listed()).toEqual(["c"]);
      await steered.store.removeUserSessions(USER);
    }
    expect(log.records).toEqual([]);
  });

  test("a session in its last second counts towards the cap", async () => {
    start({ maxSessionsPerUser: 1, sessionLimitPolicy: "refuse-new" });
    await sessions.add(USER, "a", request());
    clock.advance(10 * HOUR);
    await expect(sessions.add(USER, "b", request())).rejects.toThrow(SessionLimitError);
    clock.advance(1);
    await sessions.add(USER, "b", request());
    expect(await listed()).toEqual(["b"]);
  });

  test("the cap applies to each user separately", async () => {
    start({ maxSessionsPerUser: 1 });
    await add("a");
    await sessions.add("another", "b", request());
    expect(await listed()).toEqual(["a"]);
  });

  test("the cap holds for twenty parallel sign-ins", async () => {
    start({ maxSessionsPerUser: 3 });
    const ids = Array.from({ length: 20 }, (_, number) => `session ${number}`);
    const added = await Promise.all(ids.map((id) => sessions.add(USER, id, request())));
    const evicted = added.flatMap((one) => one ?? []);
    const left = await listed();
    expect(left).toHaveLength(3);
    expect(new Set([...evicted.flat(), ...left])).toEqual(new Set(ids));
    expect(evicted.flat()).toHaveLength(17);
  });

  test("the cap holds for ten parallel sign-ins with refuse-new", async () => {
    start({ maxSessionsPerUser: 3, sessionLimitPolicy: "refuse-new" });
    const ids = Array.from({ length: 10 }, (_, number) => `session ${number}`);
    const done = await Promise.allSettled(ids.map((id) => sessions.add(USER, id, request())));
    expect(done.filter(({ status }) => status === "fulfilled")).toHaveLength(3);
    expect(await listed()).toHaveLength(3);
  });

  test("a sign-in evicts a session that a parallel sign-in has just added", async () => {
    start({ maxSessionsPerUser: 1 });
    steered.before("addUserSession", () => sessions.add(USER, "quick", request()));
    expect(await sessions.add(USER, "slow", request())).toEqual(["quick"]);
    expect(await listed()).toEqual(["slow"]);
  });
});

describe("touch", () => {
  async function touch(): Promise<boolean> {
    const session = await entry("a");
    return session === undefined ? false : sessions.touch(USER, "a", session, session.createdAt);
  }

  beforeEach(() => sessions.add(USER, "a", request({ "user-agent": "Browser" }, "192.0.2.1")));

  test("touch extends an entry when a tenth of the lifetime has passed, and not before", async () => {
    const before = await entry("a");
    clock.advance(HOUR - 1);
    steered.forget();
    expect([await touch(), steered.names.includes("touchUserSession")]).toEqual([true, false]);
    expect(await entry("a")).toEqual(before);
    clock.advance(1);
    expect(await touch()).toBe(true);
    expect(await entry("a")).toEqual({
      ...before,
      lastSeenAt: clock.seconds,
      expiresAt: clock.seconds + 10 * HOUR,
    });
  });

  test("touch returns false for a session that is not in the list any more, and does not add it", async () => {
    const session = await entry("a");
    await steered.store.removeUserSessions(USER);
    clock.advance(HOUR);
    expect(session && (await sessions.touch(USER, "a", session, session.createdAt))).toBe(false);
    expect(await listed()).toEqual([]);
  });

  test("touch with a clock that is behind does not change the entry", async () => {
    const before = await entry("a");
    clock.advance(-5 * HOUR);
    expect(await touch()).toBe(true);
    expect(await entry("a")).toEqual(before);
  });

  test("touch with a clock that is behind extends an entry that the read before it could not extend", async () => {
    const session = await entry("a");
    clock.advance(9 * HOUR);
    const lastSeenAt = clock.seconds;
    if (session) await sessions.touch(USER, "a", session, session.createdAt, session.expiresAt);
    clock.advance(-2);
    expect(await touch()).toBe(true);
    expect(await entry("a")).toEqual({ ...session, lastSeenAt, expiresAt: clock.seconds + 10 * HOUR });
  });

  test("touch does not extend an entry beyond the absolute lifetime", async () => {
    start({ absoluteLifetime: 12 * HOUR });
    const end = clock.seconds + 12 * HOUR;
    clock.advance(5 * HOUR);
    await touch();
    expect(await entry("a")).toMatchObject({ expiresAt: end });
  });
});
