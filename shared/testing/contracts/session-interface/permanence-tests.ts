import { expect, test } from "vitest";
import { HOUR, type InterfaceContract } from "./interface-contract.ts";

/** Tests of permanent sessions. */
export function testPermanence(contract: InterfaceContract): void {
  test("a permanent session outlives the browser window, and another session does not", async () => {
    await contract.visitor.visit((session) => session.set("a", 1));
    contract.visitor.jar.closeWindow();
    expect(await contract.data()).toEqual({});
    await contract.visitor.visit((session) => {
      session.set("a", 2);
      session.permanent = true;
    });
    contract.visitor.jar.closeWindow();
    expect(await contract.read((session) => [session.get("a"), session.permanent])).toEqual([2, true]);
  });

  test("the setting permanent is the default of each session", async () => {
    await contract.start({ permanent: true });
    await contract.visitor.visit((session) => session.set("a", 1));
    contract.visitor.jar.closeWindow();
    expect(await contract.data()).toEqual({ a: 1 });
    await contract.visitor.visit((session) => {
      session.permanent = false;
    });
    contract.visitor.jar.closeWindow();
    expect(await contract.data()).toEqual({});
  });

  test("the cookie of a permanent session is refreshed when the session is only read", async () => {
    await contract.start({ lifetime: HOUR, permanent: true });
    await contract.visitor.visit((session) => session.set("a", 1));
    for (let count = 0; count < 4; count++) {
      contract.clock.advance(HOUR / 2);
      expect(await contract.data()).toEqual({ a: 1 });
    }
  });
}
