import { deepStrictEqual } from "node:assert/strict";
import { beforeEach, describe, expect, test } from "vitest";
import type { Session } from "../../../shared/session/session.ts";
import type { SessionInterface } from "../../../shared/session/session-interface.ts";
import type { SessionLog } from "../../../shared/session/session-log.ts";
import type { SessionSettings } from "../../../shared/session/session-settings.ts";
import { Clock } from "../../../shared/testing/clock.ts";
import { CookieJar } from "../../../shared/testing/cookie-jar.ts";
import { SessionLogCollector } from "../../../shared/testing/session-log-collector.ts";
import { Visitor } from "../../../shared/testing/visitor.ts";
import { Markup } from "../../../shared/values/types/markup.ts";
import { Tuple } from "../../../shared/values/types/tuple.ts";
import { UUID } from "../../../shared/values/types/uuid.ts";

/** What the suite asks of an interface: to live by this clock and these settings, and to log here. */
export interface ContractOptions {
  /** The time in milliseconds since the epoch. */
  readonly clock: () => number;
  readonly log: SessionLog;
  readonly settings: SessionSettings;
}

/** Makes an interface whose sessions nobody else has. */
export type MakeInterface = (options: ContractOptions) => SessionInterface | Promise<SessionInterface>;

const HOUR = 60 * 60;
const ADA = { id: "1", name: "Ada" };
const BOB = { id: "2", name: "Bob" };

/**
 * What every session interface promises, whatever it keeps its sessions in. Call it in a test file of your own:
 *
 * ```ts
 * describeSessionInterface("RedisSessionInterface", (options) => new RedisSessionInterface({ ...options, redis }));
 * ```
 */
export function describeSessionInterface(name: string, makeInterface: MakeInterface): void {
  let clock: Clock;
  let log: SessionLogCollector;
  let sessions: SessionInterface;
  let visitor: Visitor;

  async function start(settings: SessionSettings = {}): Promise<void> {
    clock = new Clock();
    log = new SessionLogCollector();
    sessions = await makeInterface({ clock: clock.now, log: log.log, settings });
    visitor = newVisitor();
  }

  function newVisitor(): Visitor {
    return new Visitor(sessions, new CookieJar(clock.now));
  }

  async function read<T>(use: (session: Session) => T): Promise<T> {
    return (await visitor.visit(use)).result;
  }

  /** The visitor's data, with nothing changed. */
  function data(): Promise<object> {
    return read((session) => session.toJSON());
  }

  describe(`${name}, as every session interface,`, () => {
    beforeEach(() => start());

    describe("keeps data", () => {
      test("and begins with none for a visitor without a cookie", async () => {
        const seen = await read(({ isNew, size, user, createdAt }) => ({ isNew, size, user, createdAt }));
        expect(seen).toEqual({ isNew: true, size: 0, user: undefined, createdAt: undefined });
      });

      test("which follows the visitor, and tells that the session is not new", async () => {
        await visitor.visit((session) => session.set("visits", 1));
        expect(await read((session) => [session.get("visits"), session.isNew])).toEqual([1, false]);
      });

      test("that changes from visit to visit", async () => {
        for (const visits of [1, 2, 3])
          expect((await visitor.visit((session) => session.increment("visits"))).result).toBe(visits);
      });

      test("of each visitor apart", async () => {
        const other = newVisitor();
        await visitor.visit((session) => session.set("name", "first"));
        await other.visit((session) => session.set("name", "second"));
        expect(await data()).toEqual({ name: "first" });
        expect((await other.visit((session) => session.toJSON())).result).toEqual({ name: "second" });
      });

      test("and notices changes inside lists and dictionaries", async () => {
        await visitor.visit((session) => session.set("cart", { items: [{ sku: "a", count: 1 }] }));
        await visitor.visit((session) => {
          session.get("cart").items[0].count = 2;
          session.get("cart").items.push({ sku: "b", count: 1 });
        });
        expect(await data()).toEqual({
          cart: {
            items: [
              { sku: "a", count: 2 },
              { sku: "b", count: 1 },
            ],
          },
        });
      });

      test("and forgets a deleted key alone", async () => {
        await visitor.visit((session) => session.set("a", 1).set("b", 2));
        await visitor.visit((session) => session.delete("a"));
        expect(await data()).toEqual({ b: 2 });
      });

      test("and forgets everything when it is cleared", async () => {
        await visitor.visit((session) => session.set("a", 1).signIn(ADA));
        await visitor.visit((session) => session.clear());
        expect(await read(({ isNew, size, user }) => ({ isNew, size, user }))).toEqual({
          isNew: true,
          size: 0,
          user: undefined,
        });
        expect(visitor.token).toBeUndefined();
      });

      test("but nothing of a visit that failed", async () => {
        const failing = visitor.visit((session) => {
          session.set("a", 1);
          throw new Error("the handler failed");
        });
        await expect(failing).rejects.toThrow("the handler failed");
        expect(await data()).toEqual({});
      });

      test.each<[type: string, value: unknown]>([
        ["texts", "ünï ☃ 𝄞 \u0000 \"'\\"],
        ["numbers", [0, -0, -1.5, 1e-7, 1e300, Number.MAX_SAFE_INTEGER]],
        ["integers past 2^53", [2n ** 53n, -(10n ** 40n)]],
        ["booleans and null", [true, false, null]],
        ["lists and dictionaries", { list: [[], [1, [2]]], dictionary: { "": {}, "a.b c": { d: null } } }],
        ["dates, to the millisecond", new Date(Date.UTC(2026, 10, 23, 2, 20, 0, 123))],
        ["bytes", Uint8Array.of(0, 127, 128, 255)],
        ["tuples", Tuple.of<unknown>("a", Tuple.of(1), [2])],
        ["markup", new Markup("<b>&amp;</b>")],
        ["UUIDs", new UUID("12345678-1234-5678-9234-567812345678")],
        ["dictionaries that look like a tag", [{ " t": [1] }, { " di": {} }, { " u__": "x" }]],
        ["hostile names", { constructor: { prototype: 1 }, ["__proto__"]: { polluted: true }, toString: 0 }],
      ])("of these types, which come back equal: %s", async (_type, value) => {
        await visitor.visit((session) => session.set("value", value));
        deepStrictEqual(await read((session) => session.get("value")), value);
      });
    });

    describe("tells what happens to a session", () => {
      beforeEach(() => visitor.visit((session) => session.set("list", [1])));

      test.each<[string, (session: Session) => unknown, accessed: boolean, modified: boolean]>([
        ["is left alone", () => {}, false, false],
        ["is read", (session) => session.get("list"), true, false],
        ["is set", (session) => session.set("other", 1), true, true],
        ["changes inside", (session) => session.get("list").push(2), true, true],
        ["loses a key", (session) => session.delete("list"), true, true],
        ["is to lose a key that it lacks", (session) => session.delete("other"), true, false],
        ["is cleared", (session) => session.clear(), true, true],
        ["is renewed", (session) => session.renew(), true, true],
      ])("that %s", async (_what, use, accessed, modified) => {
        const seen = await read((session) => {
          use(session);
          return [session.accessed, session.modified];
        });
        expect(seen).toEqual([accessed, modified]);
      });

      test("and asks for nothing when it was not used", async () => {
        expect(await visitor.visit(() => "unused")).toEqual({ result: "unused", vary: false });
      });

      test("and asks for Vary alone when it was only read", async () => {
        const { setCookie, vary } = await visitor.visit((session) => session.get("list"));
        expect({ setCookie, vary }).toEqual({ setCookie: undefined, vary: true });
      });

      test.each<[string, (session: Session) => unknown]>([
        ["changed", (session) => session.set("other", 1)],
        ["emptied", (session) => session.delete("list")],
      ])("and asks for Vary when it was %s", async (_how, use) => {
        expect((await visitor.visit(use)).vary).toBe(true);
      });
    });

    describe("logs that a session began", () => {
      test.each<[string, (session: Session) => unknown]>([
        ["with data", (session) => session.set("a", 1)],
        ["with a user", (session) => session.signIn(ADA)],
        ["with both", (session) => session.set("a", 1).signIn(ADA)],
        ["with a flash", (session) => session.flash("hello")],
      ])("once, %s", async (_what, use) => {
        await visitor.visit(use);
        await visitor.visit((session) => session.set("b", 2));
        await visitor.visit((session) => session.renew());
        expect(log.beginnings).toEqual([{ level: "INFO", event: "session_began", ...anyId() }]);
      });

      test("for each visitor, and again after its end", async () => {
        for (const one of [visitor, newVisitor()]) await one.visit((session) => session.set("a", 1));
        await visitor.visit((session) => session.destroy());
        expect(log.beginnings).toHaveLength(2);
        await visitor.visit((session) => session.set("a", 1));
        expect(log.beginnings).toHaveLength(3);
      });

      test.each<[string, (session: Session) => unknown]>([
        ["is left alone", () => {}],
        ["is read", (session) => session.get("a")],
        ["is permanent and empty", (session) => Object.assign(session, { permanent: true })],
        ["is emptied again", (session) => session.set("a", 1).delete("a")],
        ["is destroyed at once", (session) => session.set("a", 1).destroy()],
      ])("never, when it %s", async (_what, use) => {
        await visitor.visit(use);
        expect(log.beginnings).toEqual([]);
      });

      test("never, when the handler failed", async () => {
        const failing = (session: Session) => {
          session.set("a", 1);
          throw new Error("the handler failed");
        };
        await expect(visitor.visit(failing)).rejects.toThrow("the handler failed");
        expect(log.beginnings).toEqual([]);
      });

      test("and neither its cookie, its user nor its data", async () => {
        await visitor.visit((session) => session.set("a", "secret data").signIn(ADA));
        const secrets = ["secret data", "Ada", ...(visitor.token ?? "").split(".")];
        expect(log.beginnings).toHaveLength(1);
        expect(secrets.filter((secret) => log.text.includes(secret))).toEqual([]);
      });

      /** Its id, where the interface knows one. */
      function anyId(): object {
        const id = log.beginnings[0]?.session;
        return id === undefined ? {} : { session: expect.stringMatching(/^[\w-]{20,}$/) };
      }
    });

    describe("keeps flashes", () => {
      test("until they are taken, once, in their order", async () => {
        await visitor.visit((session) => session.flash("Saved"));
        await visitor.visit((session) => session.flash(new Markup("<b>Careful</b>"), "warning"));
        expect(await read((session) => session.flashes())).toEqual([
          { category: "message", message: "Saved" },
          { category: "warning", message: new Markup("<b>Careful</b>") },
        ]);
        expect(await read((session) => session.flashes())).toEqual([]);
      });
    });

    describe("binds a session to a user", () => {
      test("who stays signed in, beside the data", async () => {
        await visitor.visit((session) => session.set("cart", ["a"]));
        await visitor.visit((session) => session.signIn(ADA));
        expect(await read((session) => [session.user, session.toJSON()])).toEqual([ADA, { cart: ["a"] }]);
      });

      test("and forgets what somebody else left behind", async () => {
        await visitor.visit((session) => session.set("secret", "Ada's").signIn(ADA));
        await visitor.visit((session) => session.signIn(BOB));
        expect(await read((session) => [session.user, session.toJSON()])).toEqual([BOB, {}]);
      });

      test("and forgets user and data at sign-out", async () => {
        await visitor.visit((session) => session.set("secret", "Ada's").signIn(ADA));
        await visitor.visit((session) => session.signOut());
        expect(await read((session) => [session.user, session.toJSON()])).toEqual([undefined, {}]);
        expect(visitor.token).toBeUndefined();
      });

      test.each<[string, (session: Session) => unknown]>([
        ["sign-in", (session) => session.signIn(ADA)],
        ["sign-in as the same user", (session) => session.signIn(BOB)],
        ["sign-out, for what is stored afterwards", (session) => [session.signOut(), session.flash("Bye")]],
        ["renewal", (session) => session.renew()],
        ["destruction, for what is stored afterwards", (session) => [session.destroy(), session.set("a", 1)]],
      ])("with a new token at %s", async (_when, use) => {
        await visitor.visit((session) => session.set("a", 1).signIn(BOB));
        const before = visitor.token;
        clock.advance(1);
        await visitor.visit(use);
        expect(visitor.token).toEqual(expect.any(String));
        expect(visitor.token).not.toBe(before);
      });

      test("and keeps the data when it renews the token", async () => {
        await visitor.visit((session) => session.set("a", 1).signIn(ADA));
        await visitor.visit((session) => session.renew());
        expect(await read((session) => [session.user, session.toJSON()])).toEqual([ADA, { a: 1 }]);
      });

      test("and begins anew with what is stored after the end", async () => {
        await visitor.visit((session) => session.set("old", 1).signIn(ADA));
        clock.advance(HOUR);
        await visitor.visit((session) => {
          session.destroy();
          session.set("new", 1);
        });
        const seen = await read(({ user, createdAt }) => ({ user, createdAt }));
        expect(seen).toEqual({ user: undefined, createdAt: new Date(clock.now()) });
        expect(await data()).toEqual({ new: 1 });
      });
    });

    describe("knows permanent sessions", () => {
      test("which outlive the browser window, unlike others", async () => {
        await visitor.visit((session) => session.set("a", 1));
        visitor.jar.closeWindow();
        expect(await data()).toEqual({});
        await visitor.visit((session) => {
          session.set("a", 2);
          session.permanent = true;
        });
        visitor.jar.closeWindow();
        expect(await read((session) => [session.get("a"), session.permanent])).toEqual([2, true]);
      });

      test("which are the rule where the settings say so, but for those that say otherwise", async () => {
        await start({ permanent: true });
        await visitor.visit((session) => session.set("a", 1));
        visitor.jar.closeWindow();
        expect(await data()).toEqual({ a: 1 });
        await visitor.visit((session) => {
          session.permanent = false;
        });
        visitor.jar.closeWindow();
        expect(await data()).toEqual({});
      });

      test("which live on while they are only read", async () => {
        await start({ lifetime: HOUR, permanent: true });
        await visitor.visit((session) => session.set("a", 1));
        for (let count = 0; count < 4; count++) {
          clock.advance(HOUR / 2);
          expect(await data()).toEqual({ a: 1 });
        }
      });
    });

    describe("ends sessions", () => {
      beforeEach(() => start({ lifetime: HOUR, absoluteLifetime: 3 * HOUR }));

      test("that were not saved for their lifetime", async () => {
        await visitor.visit((session) => session.set("a", 1));
        clock.advance(HOUR + 1);
        expect(await read((session) => [session.toJSON(), session.isNew])).toEqual([{}, true]);
      });

      test("and not a second before", async () => {
        await visitor.visit((session) => session.set("a", 1));
        clock.advance(HOUR);
        expect(await read((session) => [session.toJSON(), session.isNew])).toEqual([{ a: 1 }, false]);
      });

      test("but not those that are changed in time", async () => {
        for (const count of [1, 2, 3, 4]) {
          expect((await visitor.visit((session) => session.increment("a"))).result).toBe(count);
          clock.advance(HOUR / 2);
        }
      });

      test("after their absolute lifetime, however often they are changed", async () => {
        for (let half = 0; half < 6; half++) {
          await visitor.visit((session) => session.increment("a"));
          clock.advance(HOUR / 2);
        }
        expect(await data()).toEqual({ a: 6 });
        clock.advance(1);
        expect(await data()).toEqual({});
      });

      test("and counts the absolute lifetime from the sign-in", async () => {
        await visitor.visit((session) => session.set("a", 1));
        for (let half = 0; half < 10; half++) {
          clock.advance(HOUR / 2);
          await visitor.visit((session) => session.set("a", half));
          if (half === 4) await visitor.visit((session) => session.signIn(ADA));
        }
        expect(await read((session) => session.user)).toEqual(ADA);
        clock.advance(HOUR / 2 + 1);
        expect(await read((session) => session.user)).toBeUndefined();
      });

      test("and tells when they began and will end", async () => {
        const began = clock.now();
        await visitor.visit((session) => session.set("a", 1));
        clock.advance(HOUR / 2);
        await visitor.visit((session) => session.set("a", 2));
        const seen = await read(({ createdAt, expiresAt }) => ({ createdAt, expiresAt }));
        expect(seen).toEqual({ createdAt: new Date(began), expiresAt: new Date(began + 1.5 * HOUR * 1000) });
      });

      test("and tells that they are over", async () => {
        await visitor.visit((session) => session.set("a", 1));
        clock.advance(HOUR + 1);
        expect(await read((session) => session.refusal)).toBe("expired");
      });

      test("and takes the cookie of one that is known to be over away", async () => {
        await visitor.visit((session) => session.set("a", 1));
        clock.advance(HOUR + 1);
        await visitor.visit((session) => session.get("a"));
        expect(visitor.token).toBeUndefined();
      });
    });

    describe("distrusts cookies", () => {
      let header: string;

      beforeEach(async () => {
        const { setCookie = "" } = await visitor.visit((session) => session.set("visits", 1));
        header = setCookie.split(";")[0] as string;
      });

      test.each<[string, (pair: string) => string]>([
        ["whose end was changed", (pair) => pair.slice(0, -1) + (pair.endsWith("A") ? "B" : "A")],
        [
          "whose beginning was changed",
          (pair) => pair.replace(/=./, (first) => (first === "=A" ? "=B" : "=A")),
        ],
        ["that was cut short", (pair) => pair.slice(0, -5)],
        ["that got an end", (pair) => `${pair}x`],
        ["that is text of any kind", (pair) => `${nameOf(pair)}=hello`],
        ["that is dots", (pair) => `${nameOf(pair)}=...`],
        ["in quotes", (pair) => `${nameOf(pair)}="${pair.slice(pair.indexOf("=") + 1)}"`],
        [
          "that is percent-encoded",
          (pair) => pair.replace(/=(.)/, (_, first) => `=%${first.charCodeAt(0).toString(16)}`),
        ],
        ["of bytes beyond ASCII", (pair) => `${pair}é☃`],
      ])("and gives a new session and logs one reason for one %s", async (_what, change) => {
        const cookies = [change(header)];
        const { result } = await visitor.visit(({ isNew, size }) => [isNew, size], { cookies });
        expect(result).toEqual([true, 0]);
        expect(log.records).toEqual([
          { level: "WARN", event: "session_refused", reason: expect.any(String), cookie: nameOf(header) },
        ]);
      });

      test("and tells the handler of a bad one why, and of others nothing", async () => {
        const refusal = async (...cookies: string[]) =>
          (await visitor.visit((session) => session.refusal, { cookies })).result;
        expect(await refusal(`${header.slice(0, -4)}AAAA`)).toBe("bad_signature");
        expect(await refusal(`${nameOf(header)}=hello; ${nameOf(header)}=...`)).toBe("malformed");
        expect([
          await refusal(header),
          await refusal(`${nameOf(header)}=hello; ${header}`),
          await refusal(),
        ]).toEqual([undefined, undefined, undefined]);
      });

      test("and tells why also after the session was begun anew", async () => {
        const { result } = await visitor.visit(
          (session) => {
            session.destroy();
            return session.refusal;
          },
          { cookies: [`${header.slice(0, -4)}AAAA`] },
        );
        expect(result).toBe("bad_signature");
      });

      test("and logs nothing of what they hold", async () => {
        await visitor.visit((session) => session.get("visits"), { cookies: [`${header.slice(0, -3)}AAA`] });
        expect(log.records).toHaveLength(1);
        expect(log.text).not.toContain(header.slice(header.indexOf("=") + 1, -3));
      });

      test("and stores what a visitor with a bad one does, in a session of its own", async () => {
        await visitor.visit((session) => session.set("visits", 7), { cookies: [`${header}x`] });
        expect(await data()).toEqual({ visits: 7 });
      });

      test.each<[string, (pair: string) => string[]]>([
        ["a bad one before it", (pair) => [`${nameOf(pair)}=hello; ${pair}`]],
        ["a bad one after it", (pair) => [`${pair}; ${nameOf(pair)}=hello`]],
        ["bad ones in other headers", (pair) => [`${nameOf(pair)}=a`, pair, `${nameOf(pair)}=b`]],
        ["cookies of other names around it", (pair) => [`a=1; ${pair}; x${nameOf(pair)}=2; =; b`]],
      ])("but takes the first that counts, with %s, and logs nothing", async (_what, around) => {
        const { result } = await visitor.visit((session) => session.get("visits"), {
          cookies: around(header),
        });
        expect(result).toBe(1);
        expect(log.records).toEqual([]);
      });

      test("and takes the first of two that count", async () => {
        const other = newVisitor();
        const { setCookie = "" } = await other.visit((session) => session.set("visits", 2));
        const cookies = [`${header}; ${setCookie.split(";")[0]}`];
        expect((await visitor.visit((session) => session.get("visits"), { cookies })).result).toBe(1);
      });

      test.each<[string, string[]]>([
        ["no cookies at all", []],
        ["an empty header", [""]],
        ["cookies of other names", ["a=1; b=2"]],
      ])("and logs nothing for %s", async (_what, cookies) => {
        expect((await visitor.visit((session) => session.isNew, { cookies })).result).toBe(true);
        expect(log.records).toEqual([]);
      });
    });
  });
}

function nameOf(pair: string): string {
  return pair.slice(0, pair.indexOf("="));
}
