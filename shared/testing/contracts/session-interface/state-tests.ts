import { beforeEach, expect, test } from "vitest";
import type { Session } from "../../../session/session.ts";
import { ADA, type InterfaceContract } from "./interface-contract.ts";

/** Sets an equal array, and then changes it inside. */
function changeLater(session: Session): void {
  const list = [1];
  session.set("list", list);
  list.push(2);
}

/** Tests of `accessed` and `modified`, and of the headers that a save returns. */
export function testState(contract: InterfaceContract): void {
  beforeEach(() => contract.visitor.visit((session) => session.set("list", [1])));

  test.each<[string, (session: Session) => unknown, accessed: boolean, modified: boolean]>([
    ["is not used", () => {}, false, false],
    ["is read", (session) => session.get("list"), true, false],
    ["is set", (session) => session.set("other", 1), true, true],
    ["is set to an equal value", (session) => session.set("list", [1]), true, false],
    ["is set to another value and back", (session) => session.set("list", 2).set("list", [1]), true, false],
    ["is set to an equal value that is changed later", changeLater, true, true],
    ["is changed inside", (session) => session.get("list").push(2), true, true],
    ["deletes a key", (session) => session.delete("list"), true, true],
    ["deletes an absent key", (session) => session.delete("other"), true, false],
    ["is cleared", (session) => session.clear(), true, true],
    ["is renewed", (session) => session.renew(), true, true],
  ])(
    "accessed and modified show the use when a session %s",
    async (_description, use, accessed, modified) => {
      const seen = await contract.read((session) => {
        use(session);
        return [session.accessed, session.modified];
      });
      expect(seen).toEqual([accessed, modified]);
    },
  );

  test("saving an unused session returns neither a cookie nor Vary", async () => {
    expect(await contract.visitor.visit(() => "unused")).toEqual({ result: "unused", vary: false });
  });

  test("saving a session that was only read returns Vary and no cookie", async () => {
    const { setCookie, vary } = await contract.visitor.visit((session) => session.get("list"));
    expect({ setCookie, vary }).toEqual({ setCookie: undefined, vary: true });
  });

  test.each<[string, (session: Session) => unknown]>([
    ["changed", (session) => session.set("other", 1)],
    ["emptied", (session) => session.delete("list")],
  ])("saving a session that was %s returns Vary", async (_description, use) => {
    expect((await contract.visitor.visit(use)).vary).toBe(true);
  });

  test("an equal value that is changed inside later is saved", async () => {
    await contract.visitor.visit(changeLater);
    expect(await contract.data()).toEqual({ list: [1, 2] });
  });

  test("a sign-in of the user who is signed in is a sign-in", async () => {
    await contract.visitor.visit((session) => session.signIn(ADA));
    const { setCookie } = await contract.visitor.visit((session) => session.signIn(ADA));
    expect(setCookie).toBeDefined();
  });
}
