import { beforeEach, describe, expect, test } from "vitest";
import type { SessionSettings } from "../../../shared/session/session-settings.ts";
import { CookieJar } from "../../../shared/testing/cookie-jar.ts";
import { Visitor } from "../../../shared/testing/visitor.ts";
import { attributesOf, HOUR, kindOf, type Use } from "../cookie/secure-cookie-fixture.ts";
import { ServerSideFixture } from "./server-side-fixture.ts";

const LIFETIME = 10 * HOUR;

const untouched: Use = () => {};
const read: Use = (session) => session.get("a");
const change: Use = (session) => session.set("a", 2);
const empty: Use = (session) => session.delete("a");
const nothing: Use = (session) => session.delete("b");

let fixture: ServerSideFixture;

beforeEach(() => {
  fixture = new ServerSideFixture();
});

describe("the Set-Cookie and Vary headers", () => {
  type Stored = "no session" | "a session" | "a permanent session";
  type Row = [Stored, hours: number, name: string, Use, cookie: ReturnType<typeof kindOf>, vary: boolean];

  async function save(settings: SessionSettings, stored: Stored, hours: number, use: Use) {
    const visitor = fixture.makeVisitor({ lifetime: LIFETIME, ...settings });
    const permanent = stored === "a permanent session";
    if (stored !== "no session")
      await visitor.visit((session) => Object.assign(session.set("a", 1), { permanent }));
    fixture.clock.advance(hours * HOUR);
    const { setCookie, vary } = await visitor.visit(use);
    return [kindOf(setCookie), vary];
  }

  const makePermanent: Use = (session) => Object.assign(session, { permanent: true });
  const changePermanent: Use = (session) => [change(session), makePermanent(session)];
  const makeTransient: Use = (session) => Object.assign(session, { permanent: false });

  const always: Row[] = [
    ["no session", 0, "untouched", untouched, "none", false],
    ["no session", 0, "read", read, "none", true],
    ["no session", 0, "not really changed", nothing, "none", true],
    ["no session", 0, "changed", change, "set", true],
    ["no session", 0, "cleared", (session) => session.clear(), "none", true],
    ["no session", 0, "made permanent alone", makePermanent, "none", true],
    ["a session", 0, "untouched", untouched, "none", false],
    ["a session", 0, "read", read, "none", true],
    ["a session", 0, "not really changed", nothing, "none", true],
    ["a session", 0, "changed", change, "none", true],
    ["a session", 0, "incremented", (session) => session.increment("a"), "none", true],
    ["a session", 0, "renewed", (session) => session.renew(), "set", true],
    ["a session", 0, "made permanent", makePermanent, "set", true],
    ["a session", 0, "emptied", empty, "delete", true],
    ["a session", 0, "cleared", (session) => session.clear(), "delete", true],
    ["a session", 0, "emptied and filled", (session) => [empty(session), change(session)], "none", true],
    ["a session", 0, "cleared and filled", (session) => [session.clear(), change(session)], "set", true],
    ["a session", 0.999, "changed", change, "none", true],
    ["a session", 0.999, "read", read, "none", true],
    ["a session", 1, "read", read, "set", true],
    ["a session", 1, "changed", change, "set", true],
    ["a session", 1, "incremented", (session) => session.increment("a"), "set", true],
    ["a permanent session", 0, "emptied", empty, "delete", true],
    ["a permanent session", 0, "made one that is not", makeTransient, "set", true],
  ];

  test.each<Row>([
    ...always,
    ["a session", 9, "untouched", untouched, "none", false],
    ["a permanent session", 0, "untouched", untouched, "none", false],
    ["a permanent session", 0, "changed", change, "none", true],
    ["a permanent session", 0, "changed and made permanent again", changePermanent, "none", true],
    ["a permanent session", 0.999, "read", read, "none", true],
    ["a permanent session", 1, "read", read, "set", true],
    ["a permanent session", 1, "untouched", untouched, "none", false],
  ])(
    "%s after %s hours, %s: Set-Cookie and Vary are as in the table",
    async (stored, hours, _name, use, cookie, vary) => {
      expect(await save({}, stored, hours, use)).toEqual([cookie, vary]);
    },
  );

  const eachRequest = { refreshEachRequest: true };

  test.each<Row>([
    ...always.filter(([stored, , , use]) => stored !== "a session" || use !== untouched),
    ["a permanent session", 0, "untouched", untouched, "set", true],
    ["a permanent session", 0, "read", read, "set", true],
    ["a permanent session", 0, "changed", change, "set", true],
  ])(
    "%s after %s hours, %s: Set-Cookie and Vary are as in the table with refreshEachRequest",
    async (stored, hours, _name, use, cookie, vary) => {
      expect(await save(eachRequest, stored, hours, use)).toEqual([cookie, vary]);
    },
  );

  test("a session that is not used and not permanent needs no cookie and no Vary with refreshEachRequest", async () => {
    expect(await save(eachRequest, "a session", 0, untouched)).toEqual(["none", false]);
  });

  test("a visitor without a cookie gets none when the session is filled and emptied", async () => {
    const use: Use = (session) => [change(session), empty(session)];
    expect(await save({}, "no session", 0, use)).toEqual(["none", true]);
  });

  test("the cookie of an expired session is deleted when the session is read, and not before", async () => {
    const visitor = fixture.makeVisitor({ lifetime: LIFETIME });
    await visitor.visit(change);
    fixture.clock.advance(LIFETIME + 1);
    expect(await visitor.visit(untouched)).toEqual({ result: undefined, vary: false });
    const { setCookie, vary } = await visitor.visit(read);
    expect([kindOf(setCookie), vary]).toEqual(["delete", true]);
  });

  test("the cookie of an expired session is replaced when data is set", async () => {
    const visitor = fixture.makeVisitor({ lifetime: LIFETIME });
    await visitor.visit(change);
    fixture.clock.advance(LIFETIME + 1);
    expect(kindOf((await visitor.visit(change)).setCookie)).toBe("set");
    expect((await visitor.visit(read)).result).toBe(2);
  });

  test("a cookie that is refreshed keeps its token", async () => {
    const visitor = fixture.makeVisitor({ lifetime: LIFETIME });
    await visitor.visit(change);
    const token = fixture.tokenOf(visitor);
    fixture.clock.advance(HOUR);
    await visitor.visit(read);
    expect(fixture.tokenOf(visitor)).toEqual(token);
  });
});

describe("the cookie of a server-side session", () => {
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
      "everything at once",
      everything,
      ["Domain=example.com", "Partitioned", "Path=/app", "Priority=High", "SameSite=None", "Secure"],
    ],
  ])(
    "the cookie has the attributes of its settings, also when it is deleted: %s",
    async (_name, cookie = {}, attributes) => {
      const sessions = fixture.makeInterface({ cookie });
      const visitor = new Visitor(sessions, new CookieJar(fixture.clock.now), "https://app.example.com/app");
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

  test("the cookie's Max-Age is a tenth longer than the lifetime of its session", async () => {
    const visitor = fixture.makeVisitor({ permanent: true, lifetime: LIFETIME });
    expect(attributesOf((await visitor.visit(change)).setCookie)).toContain(`Max-Age=${11 * HOUR}`);
  });

  test("the cookie's Max-Age ends with the absolute lifetime", async () => {
    const settings = { permanent: true, lifetime: LIFETIME, absoluteLifetime: 15 * HOUR };
    const visitor = fixture.makeVisitor(settings);
    await visitor.visit(change);
    fixture.clock.advance(9 * HOUR);
    expect(attributesOf((await visitor.visit(change)).setCookie)).toContain(`Max-Age=${6 * HOUR}`);
  });

  test("the cookie has a Max-Age only while the session is permanent", async () => {
    const visitor = fixture.makeVisitor();
    await visitor.visit(change);
    const on = await visitor.visit((session) => Object.assign(session, { permanent: true }));
    expect(attributesOf(on.setCookie).join()).toContain("Max-Age");
    const off = await visitor.visit((session) => Object.assign(session, { permanent: false }));
    expect(attributesOf(off.setCookie)).toEqual(["HttpOnly", "Path=/", "SameSite=Lax", "Secure"]);
    expect((await visitor.visit((session) => session.permanent)).result).toBe(false);
  });
});
