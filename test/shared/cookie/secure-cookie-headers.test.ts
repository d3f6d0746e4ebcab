import { beforeEach, describe, expect, test } from "vitest";
import type { SessionSettings } from "../../../shared/session/session-settings.ts";
import { attributesOf, HOUR, kindOf, SecureCookieFixture, type Use } from "./secure-cookie-fixture.ts";

const DAY = 24 * HOUR;
const LIFETIME = 10 * HOUR;

const untouched: Use = () => {};
const read: Use = (session) => session.get("a");
const change: Use = (session) => session.set("a", 2);
const empty: Use = (session) => session.delete("a");
const nothing: Use = (session) => session.delete("b");

let fixture: SecureCookieFixture;

beforeEach(() => {
  fixture = new SecureCookieFixture();
});

describe("the Set-Cookie and Vary headers", () => {
  type Stored = "no session" | "a session" | "a permanent session";
  type Row = [
    stored: Stored,
    hours: number,
    name: string,
    Use,
    cookie: ReturnType<typeof kindOf>,
    vary: boolean,
  ];

  async function save(settings: SessionSettings, stored: Stored, hours: number, use: Use) {
    const visitor = fixture.makeVisitor({ settings: { lifetime: LIFETIME, ...settings } });
    const permanent = stored === "a permanent session";
    if (stored !== "no session")
      await visitor.visit((session) => Object.assign(session.set("a", 1), { permanent }));
    fixture.clock.advance(hours * HOUR);
    return visitor.visit(use);
  }

  const always: Row[] = [
    ["no session", 0, "untouched", untouched, "none", false],
    ["no session", 0, "read", read, "none", true],
    ["no session", 0, "not really changed", nothing, "none", true],
    ["no session", 0, "changed", change, "set", true],
    ["no session", 0, "filled and emptied", (session) => [change(session), empty(session)], "none", true],
    ["no session", 0, "cleared", (session) => session.clear(), "none", true],
    [
      "no session",
      0,
      "made permanent alone",
      (session) => Object.assign(session, { permanent: true }),
      "none",
      true,
    ],
    ["a session", 0, "untouched", untouched, "none", false],
    ["a session", 0, "read", read, "none", true],
    ["a session", 0, "not really changed", nothing, "none", true],
    ["a session", 0, "changed", change, "set", true],
    ["a session", 0, "renewed", (session) => session.renew(), "set", true],
    ["a session", 0, "emptied", empty, "delete", true],
    ["a session", 0, "emptied and filled", (session) => [session.clear(), change(session)], "set", true],
    ["a session", 9, "untouched", untouched, "none", false],
    ["a session", 9, "read", read, "none", true],
    ["a permanent session", 0, "changed", change, "set", true],
    ["a permanent session", 0, "emptied", empty, "delete", true],
  ];

  test.each<Row>([
    ...always,
    ["a permanent session", 0, "untouched", untouched, "none", false],
    ["a permanent session", 0.999, "read", read, "none", true],
    ["a permanent session", 1, "read", read, "set", true],
    ["a permanent session", 1, "untouched", untouched, "none", false],
  ])(
    "%s after %s hours, %s: Set-Cookie and Vary are as in Flask",
    async (stored, hours, _name, use, cookie, vary) => {
      const { setCookie, ...saved } = await save({}, stored, hours, use);
      expect([kindOf(setCookie), saved.vary]).toEqual([cookie, vary]);
    },
  );

  test.each<Row>([
    ...always,
    ["a permanent session", 0, "untouched", untouched, "set", true],
    ["a permanent session", 0, "read", read, "set", true],
  ])(
    "%s after %s hours, %s: Set-Cookie and Vary are as in Flask with refreshEachRequest",
    async (stored, hours, _name, use, cookie, vary) => {
      const { setCookie, ...saved } = await save({ refreshEachRequest: true }, stored, hours, use);
      expect([kindOf(setCookie), saved.vary]).toEqual([cookie, vary]);
    },
  );

  test("the cookie of a permanent session gets its full Max-Age when a read refreshes it", async () => {
    const { setCookie } = await save({}, "a permanent session", 1, read);
    expect(attributesOf(setCookie)).toContain(`Max-Age=${LIFETIME}`);
  });

  test("the cookie of an expired session is deleted when the session is read", async () => {
    const visitor = fixture.makeVisitor({ settings: { lifetime: LIFETIME } });
    await visitor.visit(change);
    fixture.clock.advance(LIFETIME + 1);
    expect(kindOf((await visitor.visit(untouched)).setCookie)).toBe("none");
    const { setCookie, vary } = await visitor.visit(read);
    expect([kindOf(setCookie), vary]).toEqual(["delete", true]);
  });

  describe("a request that changes nothing and takes longer than three seconds", () => {
    const slow: Use = (session) => [session.get("a"), fixture.clock.advance(4)];
    const slowUntouched: Use = () => fixture.clock.advance(4);

    test.each<[string, Use, boolean]>([
      ["reads the session", slow, false],
      ["reads the session with refreshEachRequest", slow, true],
      ["does not use the session with refreshEachRequest", slowUntouched, true],
    ])(
      "a request that takes longer than three seconds and %s refreshes no cookie",
      async (_what, use, refreshEachRequest) => {
        const { setCookie } = await save({ refreshEachRequest }, "a permanent session", 1, use);
        expect(kindOf(setCookie)).toBe("none");
      },
    );

    test("a request that takes three seconds refreshes the cookie", async () => {
      const use: Use = (session) => [session.get("a"), fixture.clock.advance(3)];
      expect(kindOf((await save({}, "a permanent session", 1, use)).setCookie)).toBe("set");
    });

    test("the next request refreshes the cookie that a slow one did not", async () => {
      const visitor = fixture.makeVisitor({ settings: { lifetime: LIFETIME, permanent: true } });
      await visitor.visit(change);
      fixture.clock.advance(HOUR);
      await visitor.visit(slow);
      expect(kindOf((await visitor.visit(read)).setCookie)).toBe("set");
    });

    test.each<[string, Use, user: string | undefined]>([
      ["a sign-out", (session) => session.signOut(), undefined],
      ["a sign-in of another user", (session) => session.signIn({ id: "bob", name: "Bob" }), "bob"],
    ])("%s is not undone by a slow request that reads the session", async (_what, use, user) => {
      const settings = { lifetime: LIFETIME, permanent: true, refreshEachRequest: true };
      const visitor = fixture.makeVisitor({ settings });
      await visitor.visit((session) => session.signIn({ id: "ada", name: "Ada" }));
      fixture.clock.advance(HOUR);
      await visitor.visit(async (session) => {
        session.get("a");
        fixture.clock.advance(4);
        await visitor.visit(use);
      });
      expect((await visitor.visit((session) => session.user?.id)).result).toBe(user);
    });

    test("the cookie of a new session is not deleted by a slow request that reads an expired one", async () => {
      const visitor = fixture.makeVisitor({ settings: { lifetime: LIFETIME } });
      await visitor.visit(change);
      fixture.clock.advance(LIFETIME + 1);
      await visitor.visit(async (session) => {
        session.get("a");
        fixture.clock.advance(4);
        await visitor.visit((other) => other.set("a", 5));
      });
      expect((await visitor.visit((session) => session.get("a"))).result).toBe(5);
    });

    test("a change that takes longer is saved", async () => {
      const use: Use = (session) => [session.set("a", 9), fixture.clock.advance(20)];
      expect(kindOf((await save({}, "a permanent session", 0, use)).setCookie)).toBe("set");
    });
  });

  test("the cookie of an expired session is replaced when data is set", async () => {
    const visitor = fixture.makeVisitor({ settings: { lifetime: LIFETIME } });
    await visitor.visit(change);
    fixture.clock.advance(LIFETIME + 1);
    expect(kindOf((await visitor.visit(change)).setCookie)).toBe("set");
  });
});

describe("the session cookie", () => {
  test("the session cookie has a __Host- name, HttpOnly, Secure and SameSite=Lax by default", async () => {
    const { setCookie = "" } = await fixture.makeVisitor().visit(change);
    expect(setCookie).toMatch(/^__Host-session=[\w.-]+;/);
    expect(attributesOf(setCookie)).toEqual(["HttpOnly", "Path=/", "SameSite=Lax", "Secure"]);
  });

  const everything: SessionSettings["cookie"] = {
    name: "sid",
    domain: "example.com",
    path: "/app",
    httpOnly: false,
    sameSite: "none",
    partitioned: true,
    priority: "high",
  };

  test.each<[string, SessionSettings["cookie"], attributes: string[]]>([
    ["no setting", {}, ["HttpOnly", "Path=/", "SameSite=Lax", "Secure"]],
    [
      "a domain",
      { domain: "example.com" },
      ["Domain=example.com", "HttpOnly", "Path=/", "SameSite=Lax", "Secure"],
    ],
    ["a path", { path: "/app" }, ["HttpOnly", "Path=/app", "SameSite=Lax", "Secure"]],
    ["secure: false", { secure: false }, ["HttpOnly", "Path=/", "SameSite=Lax"]],
    ["httpOnly: false", { httpOnly: false }, ["Path=/", "SameSite=Lax", "Secure"]],
    ["sameSite: strict", { sameSite: "strict" }, ["HttpOnly", "Path=/", "SameSite=Strict", "Secure"]],
    ["sameSite: none", { sameSite: "none" }, ["HttpOnly", "Path=/", "SameSite=None", "Secure"]],
    ["sameSite: unset", { sameSite: "unset" }, ["HttpOnly", "Path=/", "Secure"]],
    ["partitioned", { partitioned: true }, ["HttpOnly", "Partitioned", "Path=/", "SameSite=Lax", "Secure"]],
    ["a priority", { priority: "low" }, ["HttpOnly", "Path=/", "Priority=Low", "SameSite=Lax", "Secure"]],
    [
      "everything at once",
      everything,
      ["Domain=example.com", "Partitioned", "Path=/app", "Priority=High", "SameSite=None", "Secure"],
    ],
  ])(
    "the session cookie has the attributes of its settings, also when it is deleted: %s",
    async (_name, cookie = {}, attributes) => {
      const visitor = fixture.makeVisitor({ settings: { cookie } }, "https://app.example.com/app");
      const { setCookie = "" } = await visitor.visit(change);
      const deletion = (await visitor.visit(empty)).setCookie ?? "";
      expect(attributesOf(setCookie)).toEqual(attributes);
      expect(attributesOf(deletion)).toEqual(
        [...attributes, "Expires=Thu, 01 Jan 1970 00:00:00 GMT", "Max-Age=0"].sort(),
      );
      expect(deletion.split("=")[0]).toBe(setCookie.split("=")[0]);
      expect(visitor.token).toBeUndefined();
    },
  );

  test("the cookie of a permanent session has Max-Age and Expires", async () => {
    const { setCookie } = await fixture.makeVisitor({ settings: { permanent: true } }).visit(change);
    const expires = new Date(fixture.clock.now() + 30 * DAY * 1000).toUTCString();
    expect(attributesOf(setCookie)).toEqual(
      expect.arrayContaining([`Max-Age=${30 * DAY}`, `Expires=${expires}`]),
    );
  });

  test("the cookie of a permanent session ends with the absolute lifetime", async () => {
    const settings = { permanent: true, lifetime: LIFETIME, absoluteLifetime: 15 * HOUR };
    const visitor = fixture.makeVisitor({ settings });
    await visitor.visit(change);
    fixture.clock.advance(LIFETIME - HOUR);
    expect(attributesOf((await visitor.visit(change)).setCookie)).toContain(`Max-Age=${6 * HOUR}`);
  });
});
