import { expect, test } from "vitest";
import type { Session } from "../../../session/session.ts";
import { Markup } from "../../../values/types/markup.ts";
import { ADA, BOB, HOUR, type InterfaceContract } from "./interface-contract.ts";

/** Tests of flashes, sign-in and sign-out. */
export function testUsers(contract: InterfaceContract): void {
  test("flashes are returned once and in order", async () => {
    await contract.visitor.visit((session) => session.flash("Saved"));
    await contract.visitor.visit((session) => session.flash(new Markup("<b>Careful</b>"), "warning"));
    expect(await contract.read((session) => session.flashes())).toEqual([
      { category: "message", message: "Saved" },
      { category: "warning", message: new Markup("<b>Careful</b>") },
    ]);
    expect(await contract.read((session) => session.flashes())).toEqual([]);
  });

  test("a user stays signed in at the next visit, and the data is kept", async () => {
    await contract.visitor.visit((session) => session.set("cart", ["a"]));
    await contract.visitor.visit((session) => session.signIn(ADA));
    expect(await contract.read((session) => [session.user, session.toJSON()])).toEqual([
      ADA,
      { cart: ["a"] },
    ]);
  });

  test("a sign-in removes the data of another user", async () => {
    await contract.visitor.visit((session) => session.set("secret", "Ada's").signIn(ADA));
    await contract.visitor.visit((session) => session.signIn(BOB));
    expect(await contract.read((session) => [session.user, session.toJSON()])).toEqual([BOB, {}]);
  });

  test("a sign-out removes user, data and cookie", async () => {
    await contract.visitor.visit((session) => session.set("secret", "Ada's").signIn(ADA));
    await contract.visitor.visit((session) => session.signOut());
    expect(await contract.read((session) => [session.user, session.toJSON()])).toEqual([undefined, {}]);
    expect(contract.visitor.token).toBeUndefined();
  });

  test.each<[string, (session: Session) => unknown]>([
    ["sign-in", (session) => session.signIn(ADA)],
    ["sign-in as the same user", (session) => session.signIn(BOB)],
    ["sign-out, followed by a flash", (session) => [session.signOut(), session.flash("Bye")]],
    ["renew", (session) => session.renew()],
    ["clear, followed by new data", (session) => [session.clear(), session.set("a", 1)]],
  ])("the token changes after %s", async (_description, use) => {
    await contract.visitor.visit((session) => session.set("a", 1).signIn(BOB));
    const before = contract.visitor.token;
    contract.clock.advance(1);
    await contract.visitor.visit(use);
    expect(contract.visitor.token).toEqual(expect.any(String));
    expect(contract.visitor.token).not.toBe(before);
  });

  test("renew keeps the user and the data", async () => {
    await contract.visitor.visit((session) => session.set("a", 1).signIn(ADA));
    await contract.visitor.visit((session) => session.renew());
    expect(await contract.read((session) => [session.user, session.toJSON()])).toEqual([ADA, { a: 1 }]);
  });

  test("data that is set after a session was ended begins a new session", async () => {
    await contract.visitor.visit((session) => session.set("old", 1).signIn(ADA));
    contract.clock.advance(HOUR);
    await contract.visitor.visit((session) => {
      session.clear();
      session.set("new", 1);
    });
    const seen = await contract.read(({ user, createdAt }) => ({ user, createdAt }));
    expect(seen).toEqual({ user: undefined, createdAt: new Date(contract.clock.now()) });
    expect(await contract.data()).toEqual({ new: 1 });
  });
}
