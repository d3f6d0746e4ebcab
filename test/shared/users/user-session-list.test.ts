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
  return { cookies: [], header: (name: string) => headers[name], address };
}

/** Adds sessions, a second after each other. */
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

describe("a session that a user begins", () => {
  test("is listed with its times, and where it came from", async () => {
    await sessions.add(USER, "a", request({ "user-agent": "Browser/1.0" }, "192.0.2.1"));
    expect(await entry("a")).toEqual({
      createdAt: clock.seconds,
      lastSeenAt: clock.seconds,
      expiresAt: clock.seconds + 11 * HOUR,
      userAgent: "Browser/1.0",
      address: "192.0.2.1",
    });
  });

  test("is listed without what is not known", async () => {
    await sessions.add(USER, "a", request());
    expect(await entry("a")).toMatchObject({ userAgent: undefined, address: undefined });
  });

  test.each<[string, string, kept: string]>([
    ["of 256 characters", "x".repeat(256), "x".repeat(256)],
    ["of 257 characters", "x".repeat(257), "x".repeat(256)],
    ["of a megabyte", "x".repeat(1024 * 1024), "x".repeat(256)],
    ["of nothing", "", ""],
    ["of markup", "<script>", "<script>"],
  ])("keeps a user agent %s to 256 characters", async (_what, given, kept) => {
    await sessions.add(USER, "a", request({ "user-agent": given }));
    expect((await entry("a"))?.userAgent).toBe(kept);
  });

  test("keeps no half of a character at the end of a user agent", async () => {
    await sessions.add(USER, "a", request({ "user-agent": `${"x".repeat(255)}😀` }));
    expect((await entry("a"))?.userAgent?.isWellFormed()).toBe(true);
  });

  test("ends at the latest with the absolute lifetime", async () => {
    start({ absoluteLifetime: HOUR });
    await add("a");
    expect(await entry("a")).toMatchObject({ expiresAt: clock.seconds - 1 + HOUR });
  });

  test("is beside those of before", async () => {
    await add("a", "b", "c");
    expect(await listed()).toEqual(["a", "b", "c"]);
    expect(log.records).toEqual([]);
  });

  test("is listed once when it begins again, with new times", async () => {
    await add("a", "b", "a");
    expect(new Set(await listed())).toEqual(new Set(["a", "b"]));
    expect(await entry("a")).toMatchObject({ createdAt: clock.seconds - 1 });
  });
});

describe("the cap on sessions", () => {
  test("ends those that were not seen for longest, and names them", async () => {
    start({ maxSessionsPerUser: 2 });
    await add("a", "b");
    const seen = { lastSeenAt: clock.seconds, expiresAt: clock.seconds + LIFETIME };
    await steered.store.touchUserSession(USER, "a", seen);
    expect(await sessions.add(USER, "c", request())).toEqual(["b"]);
    expect(await listed()).toEqual(["a", "c"]);
    expect(log.records).toEqual([{ level: "INFO", event: "session_evicted", session: "b" }]);
  });

  test("ends as many as are too many since it was lowered", async () => {
    await add("a", "b", "c", "d");
    start({ maxSessionsPerUser: 2 });
    expect(await sessions.add(USER, "e", request())).toEqual(["a", "b", "c"]);
    expect(await listed()).toEqual(["d", "e"]);
    expect(log.records).toHaveLength(3);
  });

  test("of one leaves the new one alone", async () => {
    start({ maxSessionsPerUser: 1 });
    await add("a", "b");
    expect(await listed()).toEqual(["b"]);
  });

  test("does not count the session that begins again", async () => {
    for (const sessionLimitPolicy of ["end-oldest", "refuse-new"] as const) {
      start({ maxSessionsPerUser: 1, sessionLimitPolicy });
      await add("a", "a");
      expect(await listed()).toEqual(["a"]);
    }
  });

  test("refuses the new one where the settings say so, and changes nothing", async () => {
    start({ maxSessionsPerUser: 2, sessionLimitPolicy: "refuse-new" });
    await add("a", "b");
    const adding = sessions.add(USER, "c", request());
    await expect(adding).rejects.toThrow(SessionLimitError);
    await expect(adding).rejects.toMatchObject({ limit: 2, statusCode: 403, saved: { vary: true } });
    expect(await listed()).toEqual(["a", "b"]);
    expect(log.records).toEqual([{ level: "WARN", event: "session_limit_reached", session: "c" }]);
  });

  test("does not count what has expired, and takes it off the list without a word", async () => {
    for (const sessionLimitPolicy of ["end-oldest", "refuse-new"] as const) {
      start({ maxSessionsPerUser: 2, sessionLimitPolicy });
      await add("a", "b");
      clock.advance(11 * HOUR);
      expect(await sessions.add(USER, "c", request())).toEqual([]);
      expect(await listed()).toEqual(["c"]);
      await steered.store.removeUserSessions(USER);
    }
    expect(log.records).toEqual([]);
  });

  test("counts a session in its last second", async () => {
    start({ maxSessionsPerUser: 1, sessionLimitPolicy: "refuse-new" });
    await sessions.add(USER, "a", request());
    clock.advance(11 * HOUR);
    await expect(sessions.add(USER, "b", request())).rejects.toThrow(SessionLimitError);
    clock.advance(1);
    await sessions.add(USER, "b", request());
    expect(await listed()).toEqual(["b"]);
  });

  test("is of each user apart", async () => {
    start({ maxSessionsPerUser: 1 });
    await add("a");
    await sessions.add("another", "b", request());
    expect(await listed()).toEqual(["a"]);
  });

  test("holds for sign-ins that are parallel: with twenty at a time, three stay", async () => {
    start({ maxSessionsPerUser: 3 });
    const ids = Array.from({ length: 20 }, (_, number) => `session ${number}`);
    const added = await Promise.all(ids.map((id) => sessions.add(USER, id, request())));
    const capped = added.flatMap((one) => one ?? []);
    const left = await listed();
    expect(left).toHaveLength(3);
    expect(new Set([...capped.flat(), ...left])).toEqual(new Set(ids));
    expect(capped.flat()).toHaveLength(17);
  });

  test("lets no more in than it says where new ones are refused, however parallel", async () => {
    start({ maxSessionsPerUser: 3, sessionLimitPolicy: "refuse-new" });
    const ids = Array.from({ length: 10 }, (_, number) => `session ${number}`);
    const done = await Promise.allSettled(ids.map((id) => sessions.add(USER, id, request())));
    expect(done.filter(({ status }) => status === "fulfilled")).toHaveLength(3);
    expect(await listed()).toHaveLength(3);
  });

  test("judges what is there by now when another sign-in was quicker", async () => {
    start({ maxSessionsPerUser: 1 });
    steered.before("addUserSession", () => sessions.add(USER, "quick", request()));
    expect(await sessions.add(USER, "slow", request())).toEqual(["quick"]);
    expect(await listed()).toEqual(["slow"]);
  });
});

describe("a session that is seen", () => {
  async function touch(): Promise<boolean> {
    const session = await entry("a");
    return session === undefined ? false : sessions.touch(USER, "a", session, session.createdAt);
  }

  beforeEach(() => sessions.add(USER, "a", request({ "user-agent": "Browser" }, "192.0.2.1")));

  test("is noted when a tenth of the lifetime has passed, and not before", async () => {
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
      expiresAt: clock.seconds + 11 * HOUR,
    });
  });

  test("is over when it is not on the list any more, as the touch tells", async () => {
    const session = await entry("a");
    await steered.store.removeUserSessions(USER);
    clock.advance(HOUR);
    expect(session && (await sessions.touch(USER, "a", session, session.createdAt))).toBe(false);
    expect(await listed()).toEqual([]);
  });

  test("is not seen earlier by a clock that is behind", async () => {
    const before = await entry("a");
    clock.advance(-5 * HOUR);
    expect(await touch()).toBe(true);
    expect(await entry("a")).toEqual(before);
  });

  test("is never listed past its absolute lifetime", async () => {
    start({ absoluteLifetime: 12 * HOUR });
    const end = clock.seconds + 12 * HOUR;
    clock.advance(5 * HOUR);
    await touch();
    expect(await entry("a")).toMatchObject({ expiresAt: end });
  });
});
