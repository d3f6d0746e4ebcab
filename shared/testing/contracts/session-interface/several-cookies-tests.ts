import { beforeEach, describe, expect, test } from "vitest";
import type { CookieSettings } from "../../../session/cookie-settings.ts";
import type { Session } from "../../../session/session.ts";
import { APP_ORIGIN } from "../../events.ts";
import type { Visitor } from "../../visitor.ts";
import { nameOf } from "./cookie-tests.ts";
import { ADA, BOB, type InterfaceContract } from "./interface-contract.ts";

const APP = `${APP_ORIGIN}/app`;
const HOST = new URL(APP_ORIGIN).host;
const SITE = HOST.slice(HOST.indexOf(".") + 1);

/** Tests of requests with several cookies of the session's name. */
export function testSeveralCookies(contract: InterfaceContract): void {
  let pair: string;

  beforeEach(async () => {
    pair = await newPair(1);
  });

  /** Returns name and value of the cookie of a new session. */
  async function newPair(visits: number): Promise<string> {
    const { setCookie = "" } = await contract.newVisitor().visit((session) => session.set("visits", visits));
    return setCookie.split(";")[0] as string;
  }

  async function visitsWith(...cookies: string[]): Promise<unknown> {
    return (await contract.visitor.visit((session) => session.get("visits"), { cookies })).result;
  }

  test.each<[string, (pair: string) => string[]]>([
    ["an invalid one before it", (pair) => [`${nameOf(pair)}=hello; ${pair}`]],
    ["an invalid one after it", (pair) => [`${pair}; ${nameOf(pair)}=hello`]],
    ["invalid ones in other headers", (pair) => [`${nameOf(pair)}=a`, pair, `${nameOf(pair)}=b`]],
    ["cookies with other names around it", (pair) => [`a=1; ${pair}; x${nameOf(pair)}=2; =; b`]],
  ])("the valid cookie is used, and nothing is logged, with %s", async (_description, around) => {
    expect(await visitsWith(...around(pair))).toBe(1);
    expect(contract.log.records.filter(({ event }) => event === "session_refused")).toEqual([]);
  });

  test("the most recently signed one of several valid cookies is used, in any order", async () => {
    contract.clock.advance(1);
    const newest = await newPair(2);
    contract.clock.advance(1);
    expect(await visitsWith(`${pair}; ${newest}`)).toBe(2);
    expect(await visitsWith(`${newest}; ${pair}`)).toBe(2);
    expect(await visitsWith(pair, newest, pair)).toBe(2);
  });

  test("the later one of two valid cookies is used if both were signed in the same second", async () => {
    const other = await newPair(2);
    expect([await visitsWith(`${pair}; ${other}`), await visitsWith(`${other}; ${pair}`)]).toEqual([2, 1]);
  });

  describe("an older cookie that earlier settings have left", () => {
    const host = { name: "session" };
    const CASES: [string, CookieSettings, attributes: string][] = [
      ["of the whole domain", host, `Domain=${SITE}; Path=/; Secure`],
      ["of the host only", { domain: SITE }, "Path=/; Secure"],
      ["of a domain nearer to the host", { domain: SITE }, `Domain=${HOST}; Path=/; Secure`],
      ["of a path", host, "Path=/app; Secure"],
      ["of all paths", { path: "/app" }, "Path=/; Secure"],
    ];

    /** Returns a visitor whose browser has such a cookie and no other. */
    async function start(cookie: CookieSettings, attributes: string): Promise<Visitor> {
      await contract.start({ cookie });
      const { setCookie = "" } = await contract.newVisitor(APP).visit((session) => session.signIn(ADA));
      const visitor = contract.newVisitor(APP);
      visitor.jar.store(`${setCookie.split(";")[0]}; ${attributes}`, APP);
      contract.clock.advance(1);
      return visitor;
    }

    test.each(CASES)(
      "%s does not hide a sign-in, and the next sign-in deletes it",
      async (_what, ...given) => {
        const visitor = await start(...given);
        for (const user of [BOB, ADA]) {
          await visitor.visit((session) => session.signIn(user));
          contract.clock.advance(1);
          expect((await visitor.visit((session) => session.user)).result).toEqual(user);
        }
        expect(visitor.jar.cookies(APP)).toHaveLength(1);
      },
    );

    test.each(CASES)("%s does not outlive a sign-out", async (_what, ...given) => {
      const visitor = await start(...given);
      await visitor.visit((session) => session.signOut());
      expect(visitor.jar.cookies(APP)).toEqual([]);
    });

    test.each(CASES)("%s does not outlive a sign-out after a sign-in", async (_what, ...given) => {
      const visitor = await start(...given);
      await visitor.visit((session) => session.signIn(BOB));
      await visitor.visit((session) => session.signOut());
      expect(visitor.jar.cookies(APP)).toEqual([]);
    });

    test("a sign-out deletes a partitioned cookie too, and each of its headers another cookie", async () => {
      const cookies = [pair];
      const saved = await contract.visitor.visit((session) => session.signOut(), { cookies });
      const headers = [...(saved.deletions ?? []), saved.setCookie ?? ""];
      const attributes = headers.map((header) => header.split("; ").sort().join("; "));
      expect(headers.filter((header) => header.includes("Partitioned")).length).toBeGreaterThan(0);
      expect(new Set(attributes).size).toBe(attributes.length);
    });

    test.each<[string, (pair: string) => string, (session: Session) => unknown]>([
      ["a change of a request with one cookie", (own) => own, (session) => session.signIn(ADA)],
      [
        "a change of a request with a cookie of another application",
        (own) => `${own}; ${nameOf(own)}=hello.there`,
        (session) => session.signIn(ADA),
      ],
      [
        "a sign-out of a request with a cookie of another application",
        (own) => `${own}; ${nameOf(own)}=hello.there`,
        (session) => session.signOut(),
      ],
    ])("%s deletes no other cookie", async (_what, header, use) => {
      const { deletions } = await contract.visitor.visit(use, { cookies: [header(pair)] });
      expect(deletions).toBeUndefined();
    });
  });
}
