import { expect, test } from "vitest";
import type { Session } from "../../../session/session.ts";
import { ADA, type InterfaceContract } from "./interface-contract.ts";

/** Tests of the log record `session_began`. */
export function testLog(contract: InterfaceContract): void {
  test.each<[string, (session: Session) => unknown]>([
    ["with data", (session) => session.set("a", 1)],
    ["with a user", (session) => session.signIn(ADA)],
    ["with both", (session) => session.set("a", 1).signIn(ADA)],
    ["with a flash", (session) => session.flash("hello")],
  ])("session_began is logged once for a new session %s", async (_description, use) => {
    await contract.visitor.visit(use);
    await contract.visitor.visit((session) => session.set("b", 2));
    await contract.visitor.visit((session) => session.renew());
    expect(contract.log.beginnings).toEqual([{ level: "INFO", event: "session_began", ...anyId() }]);
  });

  test("session_began is logged for each visitor, and again after the end of a session", async () => {
    for (const one of [contract.visitor, contract.newVisitor()])
      await one.visit((session) => session.set("a", 1));
    await contract.visitor.visit((session) => session.clear());
    expect(contract.log.beginnings).toHaveLength(2);
    await contract.visitor.visit((session) => session.set("a", 1));
    expect(contract.log.beginnings).toHaveLength(3);
  });

  test.each<[string, (session: Session) => unknown]>([
    ["is not used", () => {}],
    ["is read", (session) => session.get("a")],
    ["is permanent and empty", (session) => Object.assign(session, { permanent: true })],
    ["is emptied again", (session) => session.set("a", 1).delete("a")],
    ["is destroyed at once", (session) => session.set("a", 1).clear()],
  ])("session_began is not logged for a session that %s", async (_description, use) => {
    await contract.visitor.visit(use);
    expect(contract.log.beginnings).toEqual([]);
  });

  test("session_began is not logged when the handler fails", async () => {
    const failing = (session: Session) => {
      session.set("a", 1);
      throw new Error("the handler failed");
    };
    await expect(contract.visitor.visit(failing)).rejects.toThrow("the handler failed");
    expect(contract.log.beginnings).toEqual([]);
  });

  test("session_began contains neither cookie nor user nor data", async () => {
    await contract.visitor.visit((session) => session.set("a", "secret data").signIn(ADA));
    const secrets = ["secret data", "Ada", ...(contract.visitor.token ?? "").split(".")];
    expect(contract.log.beginnings).toHaveLength(1);
    expect(secrets.filter((secret) => contract.log.text.includes(secret))).toEqual([]);
  });

  /** Id of the session, if the interface has ids. */
  function anyId(): object {
    const id = contract.log.beginnings[0]?.session;
    return id === undefined ? {} : { session: expect.stringMatching(/^[\w-]{20,}$/) };
  }
}
