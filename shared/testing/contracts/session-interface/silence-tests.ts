import { beforeEach, expect, test } from "vitest";
import type { Session } from "../../../session/session.ts";
import { TaggedJSON } from "../../../values/tagged-json.ts";
import { Tuple } from "../../../values/types/tuple.ts";
import type { InterfaceContract } from "./interface-contract.ts";

const json = new TaggedJSON();

/** Tests of responses without a Set-Cookie header, because it would say nothing new. */
export function testSilence(contract: InterfaceContract): void {
  beforeEach(() => contract.visitor.visit((session) => session.set("list", [1])));

  test.each<[string, (session: Session) => unknown]>([
    ["is cleared", (session) => session.clear()],
    ["is signed out", (session) => session.signOut()],
    ["is filled and cleared", (session) => session.set("a", 1).clear()],
    ["is filled and emptied", (session) => session.set("a", 1).delete("a")],
    ["gets a message that is shown at once", (session) => [session.flash("hello"), session.flashes()]],
    ["is made permanent", (session) => Object.assign(session, { permanent: true })],
    ["is renewed", (session) => session.renew()],
  ])("a visitor without a cookie gets none when the session %s", async (_description, use) => {
    const { setCookie, deletions, vary } = await contract.newVisitor().visit(use);
    expect({ setCookie, deletions, vary }).toEqual({
      setCookie: undefined,
      deletions: undefined,
      vary: true,
    });
  });

  test.each<[string, unknown]>([
    ["a string", "x"],
    ["a number", 1],
    ["an array of objects", [{ a: 1, b: [null, true] }]],
    ["a date", new Date(0)],
    ["bytes", Uint8Array.of(1, 2)],
    ["a tuple", Tuple.of<unknown>("a", [1])],
  ])("setting %s to an equal value sends no cookie", async (_description, value) => {
    await contract.visitor.visit((session) => session.set("value", value));
    const copy = json.loads(json.dumps(value));
    for (const use of [
      (session: Session) => session.set("value", copy),
      (session: Session) => [session.delete("value"), session.set("value", copy)],
      (session: Session) => [session.get("value"), session.set("value", copy)],
      (session: Session) => session.update("value", () => copy),
    ])
      expect((await contract.visitor.visit(use)).setCookie).toBeUndefined();
    expect(await contract.read((session) => session.get("value"))).toEqual(value);
  });

  test.each([true, false])("setting permanent to %s again sends no cookie", async (permanent) => {
    await contract.start({ refreshEachRequest: false });
    const use = (session: Session) => Object.assign(session, { permanent });
    await contract.visitor.visit((session) => session.set("a", 1));
    await contract.visitor.visit(use);
    expect((await contract.visitor.visit(use)).setCookie).toBeUndefined();
    expect(await contract.read((session) => session.permanent)).toBe(permanent);
  });

  test("setting permanent to the default sends no cookie", async () => {
    const use = (session: Session) => Object.assign(session, { permanent: false });
    expect((await contract.visitor.visit(use)).setCookie).toBeUndefined();
  });

  test("an increment by 0 sends no cookie", async () => {
    await contract.visitor.visit((session) => session.set("count", 1));
    const { result, setCookie } = await contract.visitor.visit((session) => session.increment("count", 0));
    expect([result, setCookie]).toEqual([1, undefined]);
  });

  test("a value that is equal is saved with other changes", async () => {
    await contract.visitor.visit((session) => session.set("list", [1]).set("other", 2));
    expect(await contract.data()).toEqual({ list: [1], other: 2 });
  });
}
