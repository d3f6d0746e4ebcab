import { beforeEach, expect, test } from "vitest";
import { APP_ORIGIN } from "../../events.ts";
import { ADA, BOB, HOUR, type InterfaceContract } from "./interface-contract.ts";

const WEEK = 7 * 24 * HOUR;
const DAY = 24 * HOUR;
const SETTINGS = { lifetime: HOUR, absoluteLifetime: 3 * HOUR, rememberFor: WEEK };

/** Tests of sessions that a user asked to be remembered. */
export function testRemembering(contract: InterfaceContract): void {
  beforeEach(() => contract.start(SETTINGS));

  const signIn = (options: { readonly remember?: boolean } = {}, user = ADA) =>
    contract.visitor.visit((session) => session.signIn(user, options));
  const user = () => contract.read((session) => session.user);

  test("a remembered session outlives the browser window and the other lifetimes", async () => {
    await signIn({ remember: true });
    contract.visitor.jar.closeWindow();
    contract.clock.advance(DAY);
    const seen = await contract.read(({ user, permanent, lifetime }) => ({ user, permanent, lifetime }));
    expect(seen).toEqual({ user: ADA, permanent: true, lifetime: WEEK });
  });

  test("a remembered session ends rememberFor after the sign-in, however often it is used", async () => {
    const at = contract.clock.now();
    await signIn({ remember: true });
    for (let days = 1; days <= 6; days++) {
      contract.clock.advance(DAY);
      await contract.visitor.visit((session) => session.set("a", days));
      const { expiresAt } = await contract.read(({ expiresAt }) => ({ expiresAt }));
      expect(expiresAt).toEqual(new Date(at + WEEK * 1000));
      expect(await user()).toEqual(ADA);
    }
    const cookies = [`${contract.visitor.jar.header(`${APP_ORIGIN}/`)}`];
    contract.clock.advance(DAY + 1);
    expect(contract.visitor.token).toBeUndefined();
    const { result } = await contract.newVisitor().visit((session) => session.user, { cookies });
    expect(result).toBeUndefined();
  });

  test("a remembered session that is not used ends rememberFor after the sign-in", async () => {
    await signIn({ remember: true });
    const cookies = [`${contract.visitor.jar.header(`${APP_ORIGIN}/`)}`];
    const look = async () =>
      (await contract.newVisitor().visit((session) => session.user, { cookies })).result;
    contract.clock.advance(WEEK);
    expect(await look()).toEqual(ADA);
    contract.clock.advance(1);
    expect(await look()).toBeUndefined();
  });

  test("rememberFor may be shorter than the other lifetimes", async () => {
    await contract.start({ lifetime: WEEK, absoluteLifetime: WEEK, rememberFor: DAY });
    await signIn({ remember: true });
    contract.clock.advance(DAY + 1);
    expect(await user()).toBeUndefined();
  });

  test.each([undefined, false])("a sign-in with remember: %s is not remembered", async (remember) => {
    await signIn(remember === undefined ? {} : { remember });
    expect(await contract.read((session) => [session.permanent, session.lifetime])).toEqual([false, HOUR]);
    contract.clock.advance(HOUR + 1);
    expect(await user()).toBeUndefined();
  });

  test("a later plain sign-in ends the remembering, and its cookie ends with the browser window", async () => {
    await signIn({ remember: true });
    contract.clock.advance(DAY);
    await signIn();
    expect(await contract.read((session) => [session.permanent, session.lifetime])).toEqual([false, HOUR]);
    contract.clock.advance(HOUR);
    expect(await user()).toEqual(ADA);
    contract.visitor.jar.closeWindow();
    expect(await user()).toBeUndefined();
  });

  test("a session that is not remembered any more expires after the lifetime, also for a copy of the cookie", async () => {
    await signIn({ remember: true });
    await signIn();
    const cookies = [`${contract.visitor.jar.header(`${APP_ORIGIN}/`)}`];
    contract.clock.advance(HOUR + 1);
    const { result } = await contract.newVisitor().visit(({ user, refusal }) => [user, refusal], { cookies });
    expect(result).toEqual([undefined, "expired"]);
  });

  test("a second remembered sign-in begins the lifetime again", async () => {
    await signIn({ remember: true });
    contract.clock.advance(WEEK - HOUR);
    await signIn({ remember: true });
    contract.clock.advance(WEEK - 1);
    expect(await user()).toEqual(ADA);
  });

  test("a session of a visitor that has a lifetime of its own is remembered for rememberFor", async () => {
    await contract.visitor.visit((session) => {
      session.set("a", 1);
      session.lifetime = 60;
    });
    await signIn({ remember: true });
    contract.clock.advance(DAY);
    expect(await contract.read((session) => [session.user, session.get("a")])).toEqual([ADA, 1]);
  });

  test("a lifetime that is set later ends the remembering", async () => {
    await signIn({ remember: true });
    await contract.visitor.visit((session) => {
      session.lifetime = 60;
    });
    contract.clock.advance(61);
    expect(await user()).toBeUndefined();
  });

  test("neither the sign-in of another user nor a sign-out keeps the remembering", async () => {
    await signIn({ remember: true });
    await signIn({}, BOB);
    expect(await contract.read((session) => [session.permanent, session.lifetime])).toEqual([false, HOUR]);
    await signIn({ remember: true });
    await contract.visitor.visit((session) => {
      session.signOut();
      session.set("a", 1);
    });
    expect(await contract.read((session) => [session.permanent, session.lifetime])).toEqual([false, HOUR]);
  });

  test("changes, a renewal and a parallel request keep the remembering", async () => {
    await signIn({ remember: true });
    contract.clock.advance(2 * HOUR);
    await contract.visitor.visit(async (session) => {
      session.set("a", 1);
      await contract.visitor.visit((other) => other.set("b", 2));
    });
    await contract.visitor.visit((session) => session.renew());
    contract.clock.advance(DAY);
    expect(await contract.read((session) => [session.user, session.lifetime])).toEqual([ADA, WEEK]);
  });

  test("the cookie of a remembered session is sent again after a tenth of rememberFor, until its end", async () => {
    await signIn({ remember: true });
    contract.clock.advance(WEEK / 10);
    const { setCookie } = await contract.visitor.visit((session) => session.user);
    expect(setCookie).toContain(`Max-Age=${WEEK - WEEK / 10};`);
  });

  test.each(["true", 1, {}])(
    "remember: %o is rejected by its name, and nobody is signed in",
    async (remember) => {
      const error = { name: "TypeError", message: expect.stringContaining("remember") };
      await expect(signIn({ remember: remember as boolean })).rejects.toThrow(expect.objectContaining(error));
      expect(await user()).toBeUndefined();
    },
  );
}
