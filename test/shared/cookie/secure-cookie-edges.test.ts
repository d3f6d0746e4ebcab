import { describe, expect, test } from "vitest";
import { Session } from "../../../shared/session/session.ts";
import type { SessionRequest } from "../../../shared/session/session-interface.ts";
import { TaggedJSON } from "../../../shared/values/tagged-json.ts";
import { BARE_REQUEST } from "../../support/bare-request.ts";
import { HOUR, KEY, kindOf, SecureCookieFixture } from "./secure-cookie-fixture.ts";

function requestWith(...cookies: string[]): SessionRequest {
  return { cookies: cookies.map((value) => `__Host-session=${value}`), ...BARE_REQUEST };
}

async function messageOf(run: () => unknown): Promise<string> {
  try {
    await run();
  } catch (error) {
    return `${error} ${(error as Error).cause}`;
  }
  return expect.unreachable("no error was thrown");
}

describe("a key provider that does not return an array of keys", () => {
  test.each([
    ["a string", async () => KEY],
    ["undefined", async () => undefined],
    ["a short key", async () => ["short key"]],
  ])(
    "opening a session throws an error without a key in it when the key provider returns %s",
    async (_, keys) => {
      const message = await messageOf(() =>
        new SecureCookieFixture().makeInterface({ keys: keys as never }).open(requestWith()),
      );
      expect(message).toContain("OptionError: keys");
      expect(message).not.toMatch(/secret key of|short key/);
    },
  );
});

describe("the time of creation in a cookie", () => {
  const absoluteLifetime = 10 * HOUR;

  test.each([
    ["a fraction, as Python's time.time() returns it", (now: number) => now - HOUR + 0.5],
    ["milliseconds", (now: number) => now * 1000],
    ["1e300", () => 1e300],
    ["before the epoch", () => -5],
    ["a string", () => "x"],
    ["an object", () => ({})],
    ["true", () => true],
    ["a bigint", () => 2n ** 70n],
  ])(
    "a session with a wrong time of creation still expires by the absolute lifetime: %s",
    async (_, created) => {
      const fixture = new SecureCookieFixture();
      const sessions = fixture.makeInterface({ settings: { absoluteLifetime, permanent: true } });
      let cookie = fixture.signed({ key: "value", _created: created(fixture.clock.seconds) });
      for (let hours = 0; hours < 9; hours++) {
        const request = requestWith(cookie);
        const session = await sessions.open(request);
        expect(session.get("key")).toBe("value");
        expect(session.createdAt?.getTime()).toBeLessThanOrEqual(fixture.clock.now());
        session.set("hours", hours);
        cookie = /=([^;]+)/.exec((await sessions.save(session, request)).setCookie ?? "")?.[1] ?? "";
        fixture.clock.advance(HOUR);
      }
      fixture.clock.advance(2 * HOUR);
      expect((await sessions.open(requestWith(cookie))).get("key")).toBeUndefined();
      expect(fixture.log.records.at(-1)).toMatchObject({ reason: "absolute_lifetime" });
    },
  );
});

describe("a cookie that cannot be verified", () => {
  const forged = "eyJrIjoxfQ.awNGUQ.4sH5Dz7m_Icx4_NMyYmIQV1WAcIyZmJc7ZnDys2ZQlI";

  test.each([
    ["is read", (session: Session) => session.get("key")],
    ["is made permanent", (session: Session) => Object.assign(session, { permanent: true })],
    ["is renewed", (session: Session) => session.renew()],
  ])("a cookie that cannot be verified is kept when its empty session %s", async (_, use) => {
    const sessions = new SecureCookieFixture().makeInterface();
    const session = await sessions.open(requestWith(forged));
    use(session);
    expect(await sessions.save(session, requestWith(forged))).toEqual({ vary: true });
  });

  test("a cookie that cannot be verified is kept when an expired one was sent with it", async () => {
    const fixture = new SecureCookieFixture();
    const ended = fixture.signed({ key: 1 }, { at: fixture.clock.seconds - 32 * 24 * HOUR });
    const request = requestWith(forged, ended);
    const sessions = fixture.makeInterface();
    const session = await sessions.open(request);
    session.get("key");
    expect(kindOf((await sessions.save(session, request)).setCookie)).toBe("none");
  });

  test("a cookie that cannot be verified is deleted when the handler signs out", async () => {
    const sessions = new SecureCookieFixture().makeInterface();
    const session = await sessions.open(requestWith(forged));
    session.signOut();
    expect(kindOf((await sessions.save(session, requestWith(forged))).setCookie)).toBe("delete");
  });
});

describe("a session that another session interface opened", () => {
  test("saving a session that another session interface opened throws", async () => {
    const sessions = new SecureCookieFixture().makeInterface();
    const open = () => ({ values: {}, isNew: true });
    const session = new Session({
      open,
      json: new TaggedJSON(),
      nowSeconds: () => 0,
      settings: { permanent: false },
    });
    session.set("key", "value");
    await expect(sessions.save(session, requestWith())).rejects.toThrow(/another session interface/);
  });
});

describe("a session that was cleared", () => {
  test("a session that was cleared is new, and has none of the earlier flashed messages", async () => {
    const fixture = new SecureCookieFixture();
    const cookie = fixture.signed({ key: "value", _flashes: [["message", "hello"]] });
    const session = await fixture.makeInterface().open(requestWith(cookie));
    expect(session.flashes()).toHaveLength(1);
    session.clear();
    session.set("key", "other");
    expect(session.flashes()).toEqual([]);
    expect({ isNew: session.isNew, bytes: session.storedBytes }).toEqual({ isNew: true, bytes: 0 });
  });
});
