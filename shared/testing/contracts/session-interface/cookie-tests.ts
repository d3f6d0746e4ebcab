import { beforeEach, expect, test } from "vitest";
import type { InterfaceContract } from "./interface-contract.ts";

/** Tests of invalid cookies. */
export function testCookies(contract: InterfaceContract): void {
  let header: string;

  beforeEach(async () => {
    const { setCookie = "" } = await contract.visitor.visit((session) => session.set("visits", 1));
    header = setCookie.split(";")[0] as string;
  });

  test.each<[string, (pair: string) => string]>([
    ["whose end was changed", (pair) => pair.slice(0, -1) + (pair.endsWith("A") ? "B" : "A")],
    ["whose beginning was changed", (pair) => pair.replace(/=./, (first) => (first === "=A" ? "=B" : "=A"))],
    ["that was cut short", (pair) => pair.slice(0, -5)],
    ["that was extended", (pair) => `${pair}x`],
    ["with another string as value", (pair) => `${nameOf(pair)}=hello`],
    ["with dots as value", (pair) => `${nameOf(pair)}=...`],
    ["in quotes", (pair) => `${nameOf(pair)}="${pair.slice(pair.indexOf("=") + 1)}"`],
    [
      "that is percent-encoded",
      (pair) => pair.replace(/=(.)/, (_, first) => `=%${first.charCodeAt(0).toString(16)}`),
    ],
    ["of bytes beyond ASCII", (pair) => `${pair}é☃`],
  ])("a cookie %s gets a new session, and one refusal is logged", async (_description, change) => {
    const cookies = [change(header)];
    const { result } = await contract.visitor.visit(({ isNew, size }) => [isNew, size], { cookies });
    expect(result).toEqual([true, 0]);
    expect(contract.log.records).toEqual([
      { level: "WARN", event: "session_refused", reason: expect.any(String), cookie: nameOf(header) },
    ]);
  });

  test("refusal names the reason for an invalid cookie, and is absent otherwise", async () => {
    const refusal = async (...cookies: string[]) =>
      (await contract.visitor.visit((session) => session.refusal, { cookies })).result;
    expect(await refusal(`${header.slice(0, -4)}AAAA`)).toBe("bad_signature");
    expect(await refusal(`${nameOf(header)}=hello; ${nameOf(header)}=...`)).toBe("malformed");
    expect([
      await refusal(header),
      await refusal(`${nameOf(header)}=hello; ${header}`),
      await refusal(),
    ]).toEqual([undefined, undefined, undefined]);
  });

  test("refusal is kept after the session was ended", async () => {
    const { result } = await contract.visitor.visit(
      (session) => {
        session.clear();
        return session.refusal;
      },
      { cookies: [`${header.slice(0, -4)}AAAA`] },
    );
    expect(result).toBe("bad_signature");
  });

  test("the log of a refusal contains nothing of the cookie's value", async () => {
    await contract.visitor.visit((session) => session.get("visits"), {
      cookies: [`${header.slice(0, -3)}AAA`],
    });
    expect(contract.log.records).toHaveLength(1);
    expect(contract.log.text).not.toContain(header.slice(header.indexOf("=") + 1, -3));
  });

  test("a visitor with an invalid cookie gets a new session", async () => {
    await contract.visitor.visit((session) => session.set("visits", 7), { cookies: [`${header}x`] });
    expect(await contract.data()).toEqual({ visits: 7 });
  });

  test.each<[string, string[]]>([
    ["no cookies at all", []],
    ["an empty header", [""]],
    ["cookies with other names", ["a=1; b=2"]],
  ])("nothing is logged for %s", async (_description, cookies) => {
    expect((await contract.visitor.visit((session) => session.isNew, { cookies })).result).toBe(true);
    expect(contract.log.records).toEqual([]);
  });
}

/** Returns the name in a pair of name and value. */
export function nameOf(pair: string): string {
  return pair.slice(0, pair.indexOf("="));
}
