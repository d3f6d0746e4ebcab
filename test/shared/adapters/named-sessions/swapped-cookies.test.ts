import { expect, test } from "vitest";
import { SecureCookieSessionInterface } from "../../../../shared/cookie.ts";
import type { SessionInterface } from "../../../../shared/index.ts";
import { type NamedSettings, nameSessions } from "../../../../shared/named-sessions.ts";
import {
  MemoryStore,
  RevocableCookieSessionInterface,
  ServerSideSessionInterface,
} from "../../../../shared/server-side.ts";
import { Visitor } from "../../../../shared/testing.ts";
import { KEY } from "./shop.ts";

/** Ways to keep a session. All of them have the same store, so only the signature separates two of them. */
const STORAGES: Record<string, (settings: NamedSettings, store: MemoryStore) => SessionInterface> = {
  "a signed cookie": (settings) => new SecureCookieSessionInterface({ ...OPTIONS, settings }),
  "a sealed cookie": (settings) =>
    new SecureCookieSessionInterface({ ...OPTIONS, settings: { ...settings, encrypt: true } }),
  "a revocable cookie": (settings, store) =>
    new RevocableCookieSessionInterface({ ...OPTIONS, settings, store }),
  "a table": (settings, store) => new ServerSideSessionInterface({ ...OPTIONS, settings, store }),
};

const OPTIONS = { keys: [KEY], log: () => {} };

const PAIRS = Object.keys(STORAGES).flatMap((one) =>
  Object.keys(STORAGES).map((other) => [one, other] as const),
);

/** Returns the value of a cookie of this session, whose user is signed in. */
async function signIn(sessionInterface: SessionInterface): Promise<string> {
  const visitor = new Visitor(sessionInterface);
  await visitor.visit((session) => {
    session.set("plan", "paid");
    session.signIn({ id: "u-1", name: "Ada" });
  });
  return visitor.token as string;
}

test.each(PAIRS)(
  "the cookies of a cart in %s and an account in %s that are swapped open neither",
  async (cartIn, accountIn) => {
    const store = new MemoryStore();
    const storages = { cart: STORAGES[cartIn], account: STORAGES[accountIn] };
    const sessions = nameSessions(
      { cart: {}, account: {} },
      (settings, name) => storages[name]?.(settings, store) as SessionInterface,
    );
    const [cart, account] = [await signIn(sessions.cart), await signIn(sessions.account)];
    const open = async (sessionInterface: SessionInterface, cookie: string) => {
      const { result } = await new Visitor(sessionInterface).visit(
        ({ user, size, refusal }) => ({ user: user?.id, size, refusal }),
        { cookies: [cookie] },
      );
      return result;
    };
    expect(await open(sessions.cart, `__Host-cart=${cart}`)).toMatchObject({ user: "u-1", size: 1 });
    expect(await open(sessions.account, `__Host-account=${account}`)).toMatchObject({ user: "u-1", size: 1 });
    const refused = {
      user: undefined,
      size: 0,
      refusal: expect.stringMatching(/^(bad_signature|malformed)$/),
    };
    expect(await open(sessions.cart, `__Host-cart=${account}`)).toEqual(refused);
    expect(await open(sessions.account, `__Host-account=${cart}`)).toEqual(refused);
  },
);
