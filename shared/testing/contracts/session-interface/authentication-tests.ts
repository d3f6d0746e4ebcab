import { expect, test } from "vitest";
import type { Authentication } from "../../../session/sign-in/authentication.ts";
import { ADA, BOB, HOUR, type InterfaceContract } from "./interface-contract.ts";

const PROVIDER = { issuer: "https://provider.example", acr: "mfa", amr: ["pwd", "otp"] };

/** Tests of the authentication of a session's user. */
export function testAuthentications(contract: InterfaceContract): void {
  const signIn = (authentication?: Authentication, user = ADA) =>
    contract.visitor.visit((session) => session.signIn(user, { authentication }));
  const authentication = () => contract.read((session) => session.authentication);
  const now = () => new Date(contract.clock.now());

  test("a visitor who is not signed in has no authentication", async () => {
    await contract.visitor.visit((session) => session.set("a", 1));
    const seen = await contract.read((session) => [session.authentication, session.authenticatedAt]);
    expect(seen).toEqual([undefined, undefined]);
  });

  test("a plain sign-in counts as an authentication at its time", async () => {
    const at = now();
    await contract.visitor.visit((session) => session.signIn(ADA));
    contract.clock.advance(HOUR);
    await contract.visitor.visit((session) => session.set("a", 1));
    contract.clock.advance(HOUR);
    const seen = await contract.read((session) => [session.authentication, session.authenticatedAt]);
    expect(seen).toEqual([{ at }, at]);
  });

  test("an authentication is kept in all its parts except the id of the provider's session", async () => {
    const at = now();
    contract.clock.advance(60);
    await signIn({ at, ...PROVIDER, providerSessionId: "4711" });
    contract.clock.advance(HOUR);
    await contract.visitor.visit((session) => session.set("a", 1));
    const seen = await contract.read((session) => [session.authentication, session.authenticatedAt]);
    expect(seen).toEqual([{ at, ...PROVIDER }, at]);
    expect(await contract.data()).toEqual({ a: 1 });
  });

  test("an authentication without a time has none, so that it never counts as fresh", async () => {
    await signIn(PROVIDER);
    const seen = await contract.read((session) => [session.authentication, session.authenticatedAt]);
    expect(seen).toEqual([PROVIDER, undefined]);
  });

  test("the authentication is visible in the request that signs the user in", async () => {
    const { result } = await contract.visitor.visit((session) => {
      session.signIn(ADA, { authentication: { at: now(), ...PROVIDER } });
      return session.authentication;
    });
    expect(result).toEqual({ at: now(), ...PROVIDER });
  });

  test("the time of an authentication is kept in whole seconds and is not later than the sign-in", async () => {
    const at = now();
    await signIn({ at: new Date(at.getTime() + HOUR * 1000) });
    expect(await authentication()).toEqual({ at });
    await signIn({ at: new Date(at.getTime() - 1) });
    expect(await authentication()).toEqual({ at: new Date(at.getTime() - 1000) });
  });

  test("a second sign-in of the same user replaces the authentication, and keeps the data", async () => {
    await contract.visitor.visit((session) => session.set("a", 1));
    await signIn({ at: now(), ...PROVIDER });
    contract.clock.advance(HOUR);
    await signIn({ at: now(), issuer: "https://other.example" });
    expect(await authentication()).toEqual({ at: now(), issuer: "https://other.example" });
    contract.clock.advance(HOUR);
    await signIn();
    expect(await authentication()).toEqual({ at: now() });
    expect(await contract.data()).toEqual({ a: 1 });
  });

  test("the sign-in of another user does not keep the authentication", async () => {
    await signIn({ at: now(), ...PROVIDER });
    contract.clock.advance(1);
    await signIn(undefined, BOB);
    expect(await authentication()).toEqual({ at: now() });
  });

  test("a sign-out removes the authentication", async () => {
    await signIn({ at: now(), ...PROVIDER });
    await contract.visitor.visit((session) => {
      session.signOut();
      session.set("a", 1);
    });
    expect(await contract.read((session) => [session.authentication, session.get("a")])).toEqual([
      undefined,
      1,
    ]);
  });

  test("renew keeps the authentication", async () => {
    await signIn({ at: now(), ...PROVIDER });
    contract.clock.advance(HOUR);
    const at = new Date(contract.clock.now() - HOUR * 1000);
    await contract.visitor.visit((session) => session.renew());
    expect(await authentication()).toEqual({ at, ...PROVIDER });
  });

  test.each<[string, object]>([
    ["at", { at: 1_700_000_000 }],
    ["at", { at: new Date(Number.NaN) }],
    ["issuer", { issuer: "" }],
    ["acr", { acr: 2 }],
    ["acr", { acr: "\ud800" }],
    ["amr", { amr: "pwd" }],
    ["amr", { amr: ["pwd", 7] }],
    ["amr", { amr: null }],
  ])(
    "a wrong %s in an authentication is rejected by its name, and nobody is signed in: %o",
    async (part, wrong) => {
      const error = { name: "TypeError", message: expect.stringContaining(`authentication.${part}`) };
      await expect(signIn(wrong as Authentication)).rejects.toThrow(expect.objectContaining(error));
      expect(await contract.read((session) => session.user)).toBeUndefined();
    },
  );

  test("the key _auth is reserved", async () => {
    await signIn({ at: now(), ...PROVIDER });
    await expect(contract.visitor.visit((session) => session.set("_auth", {}))).rejects.toThrow(
      "session key _auth is reserved",
    );
    expect(await contract.read((session) => [session.get("_auth"), session.has("_auth")])).toEqual([
      undefined,
      false,
    ]);
  });
}
