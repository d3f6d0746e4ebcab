import { describe, expect, test } from "vitest";
import { Session } from "../../../shared/session/session.ts";
import type { SessionRequest } from "../../../shared/session/session-interface.ts";
import { TaggedJSON } from "../../../shared/values/tagged-json.ts";
import { HOUR, KEY, kindOf, SecureCookieFixture } from "./secure-cookie-fixture.ts";

function requestWith(...cookies: string[]): SessionRequest {
  return { cookies: cookies.map((value) => `__Host-session=${value}`), header: () => undefined };
}

async function messageOf(run: () => unknown): Promise<string> {
  try {
    await run();
  } catch (error) {
    return `${error} ${(error as Error).cause}`;
  }
  return expect.unreachable("nothing was thrown");
}

describe("a key provider that gives no list", () => {
  test.each([
    ["a text", async () => KEY],

    ["nothing", async () => undefined],
    ["a short key", async () => ["short key"]],
  ])("is an error that holds no key: %s", async (_, keys) => {
    const message = await messageOf(() =>
      new SecureCookieFixture().makeInterface({ keys: keys as never }).open(requestWith()),
    );
    expect(message).toContain("OptionError: keys");
    expect(message).not.toMatch(/secret key of|short key/);
  });
});

describe("when the session began", () => {
  const absoluteLifetime = 10 * HOUR;

  test.each([
    ["a fraction, as Python's time.time() gives it", (now: number) => now - HOUR + 0.5],
    ["milliseconds", (now: number) => now * 1000],
    ["far beyond", () => 1e300],
    ["before the epoch", () => -5],
    ["a text", () => "x"],
    ["a dictionary", () => ({})],
    ["true", () => true],
    ["a bigint", () => 2n ** 70n],
  ])("may be told wrongly by who has the key, and the session still ends: %s", async (_, created) => {
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
  });
});

describe("a cookie that is not understood", () => {
  const forged = "eyJrIjoxfQ.awNGUQ.4sH5Dz7m_Icx4_NMyYmIQV1WAcIyZmJc7ZnDys2ZQlI";

  test.each([
    ["is read", (session: Session) => session.get("key")],
    ["is made permanent", (session: Session) => Object.assign(session, { permanent: true })],
    ["is renewed", (session: Session) => session.renew()],
  ])("stays when the empty session %s", async (_, use) => {
    const sessions = new SecureCookieFixture().makeInterface();
    const session = await sessions.open(requestWith(forged));
    use(session);
    expect(await sessions.save(session, requestWith(forged))).toEqual({ vary: true });
  });

  test("stays when one that has ended is beside it", async () => {
    const fixture = new SecureCookieFixture();
    const ended = fixture.signed({ key: 1 }, { at: fixture.clock.seconds - 32 * 24 * HOUR });
    const request = requestWith(forged, ended);
    const sessions = fixture.makeInterface();
    const session = await sessions.open(request);
    session.get("key");
    expect(kindOf((await sessions.save(session, request)).setCookie)).toBe("none");
  });

  test("goes when the handler signs out", async () => {
    const sessions = new SecureCookieFixture().makeInterface();
    const session = await sessions.open(requestWith(forged));
    session.signOut();
    expect(kindOf((await sessions.save(session, requestWith(forged))).setCookie)).toBe("delete");
  });
});

describe("a session of somebody else's making", () => {
  test("is not saved in silence", async () => {
    const sessions = new SecureCookieFixture().makeInterface();
    const open = () => ({ values: {}, isNew: true });
    const session = new Session({ open, json: new TaggedJSON(), nowSeconds: () => 0, permanent: false });
    session.set("key", "value");
    await expect(sessions.save(session, requestWith())).rejects.toThrow(/another session interface/);
  });
});

describe("after clear", () => {
  test("the session is new, and the messages of the one before are gone", async () => {
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
