import { beforeEach, expect, test } from "vitest";
import type { Session } from "../../../session/session.ts";
import type { InterfaceContract } from "./interface-contract.ts";

/** Tests of what a session says of its use, and of what a save asks for. */
export function testState(contract: InterfaceContract): void {
  beforeEach(() => contract.visitor.visit((session) => session.set("list", [1])));

  test.each<[string, (session: Session) => unknown, accessed: boolean, modified: boolean]>([
    ["is left alone", () => {}, false, false],
    ["is read", (session) => session.get("list"), true, false],
    ["is set", (session) => session.set("other", 1), true, true],
    ["changes inside", (session) => session.get("list").push(2), true, true],
    ["loses a key", (session) => session.delete("list"), true, true],
    ["is to lose a key that it lacks", (session) => session.delete("other"), true, false],
    ["is cleared", (session) => session.clear(), true, true],
    ["is renewed", (session) => session.renew(), true, true],
  ])("accessed and modified are right when a session %s", async (_description, use, accessed, modified) => {
    const seen = await contract.read((session) => {
      use(session);
      return [session.accessed, session.modified];
    });
    expect(seen).toEqual([accessed, modified]);
  });

  test("an unused session needs neither a cookie nor Vary", async () => {
    expect(await contract.visitor.visit(() => "unused")).toEqual({ result: "unused", vary: false });
  });

  test("a session that was only read needs Vary and no cookie", async () => {
    const { setCookie, vary } = await contract.visitor.visit((session) => session.get("list"));
    expect({ setCookie, vary }).toEqual({ setCookie: undefined, vary: true });
  });

  test.each<[string, (session: Session) => unknown]>([
    ["changed", (session) => session.set("other", 1)],
    ["emptied", (session) => session.delete("list")],
  ])("a session that was %s needs Vary", async (_description, use) => {
    expect((await contract.visitor.visit(use)).vary).toBe(true);
  });
}
