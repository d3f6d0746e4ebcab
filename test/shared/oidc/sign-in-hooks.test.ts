import { expect, test } from "vitest";
import type { SignedIn, SignInHooks } from "../../../shared/oidc/sign-in-options.ts";
import { SignInWorld, STORAGES } from "./sign-in-world.ts";

const EMAIL = "ada@example.com";

test("hooks get the user, the verified claims and the tokens, and run before and after the session is saved", async () => {
  const calls: [string, SignedIn | undefined][] = [];
  const world = await SignInWorld.start({
    hooks: {
      onSignIn: async (session, signedIn) => {
        session.set("cart", "from the hook");
        calls.push(["onSignIn", signedIn]);
      },
      afterSave: async (signedIn) => {
        calls.push(["afterSave", signedIn]);
        return true;
      },
      onSignOut: async (session) => {
        calls.push([`onSignOut ${session.user?.id}`, undefined]);
      },
    },
  });
  world.provider.claims = { sid: "s-1" };
  const browser = world.browser();
  await world.signIn(browser);
  expect((await browser.get("/me")).json().data.cart).toBe("from the hook");
  await browser.post("/sign-out");
  await browser.post("/sign-out");
  expect(calls.map(([name]) => name)).toEqual(["onSignIn", "afterSave", "onSignOut u-1"]);
  expect(calls[0]?.[1]).toMatchObject({
    user: { id: "u-1", name: "Ada" },
    claims: { sub: "u-1", sid: "s-1" },
    tokens: { access_token: "access-token-of-tests" },
  });
});

/** Record of a hook that has thrown: the error's name and code, and never its message. */
function failure(message: string) {
  return { level: "ERROR", event: "sign_in_refused", reason: "hook_failed", message };
}

test.each(STORAGES)(
  "a hook that throws refuses the sign-in, and nothing is saved, with the storage %s",
  async (storage) => {
    const hooks = { onSignIn: async () => Promise.reject(new Error(EMAIL)) };
    const world = await SignInWorld.start({ storage, hooks });
    const browser = world.browser();
    await browser.editSession((session) => session.set("cart", "apple"));
    const response = await world.signIn(browser);
    expect(response.status).toBe(503);
    expect(world.log.records).toEqual([failure("onSignIn has thrown: Error")]);
    expect((await browser.get("/me")).json()).toEqual({ user: null, data: { cart: "apple" } });
  },
);

test.each(
  STORAGES.flatMap((storage) => (["1.0", "2.0"] as const).map((payload) => [storage, payload] as const)),
)(
  "a session that the provider has ended meanwhile ends at once, with the storage %s and payload %s",
  async (storage, payload) => {
    const world = await SignInWorld.start({ storage, payload, hooks: { afterSave: async () => false } });
    const browser = world.browser();
    const response = await world.signIn(browser);
    expect([response.status, world.reasons]).toEqual([401, ["ended_by_provider"]]);
    expect(response.body).toContain("The identity provider has ended this sign-in meanwhile.");
    expect(await world.userOf(browser)).toBeUndefined();
    const events = world.sessionLog.records.map(({ event }) => event);
    expect(events).toEqual(storage === "cookie" ? [] : ["session_destroyed"]);
  },
);

test("an afterSave that throws ends the session too", async () => {
  const error = Object.assign(new TypeError(EMAIL), { code: "ERR_INVALID_ARG_TYPE" });
  const hooks = { afterSave: async () => Promise.reject(error) };
  const world = await SignInWorld.start({ storage: "dynamodb", hooks });
  const browser = world.browser();
  expect((await world.signIn(browser)).status).toBe(503);
  expect(world.log.records).toEqual([failure("afterSave has thrown: TypeError ERR_INVALID_ARG_TYPE")]);
  expect(await world.userOf(browser)).toBeUndefined();
});

test("an onSignOut that throws is logged, and the session ends all the same", async () => {
  const hooks = { onSignOut: async () => Promise.reject(new Error(EMAIL)) };
  const world = await SignInWorld.start({ hooks });
  const browser = world.browser();
  await world.signIn(browser);
  expect((await browser.post("/sign-out")).status).toBe(200);
  expect(await world.userOf(browser)).toBeUndefined();
  expect(world.log.records).toEqual([
    { ...failure("onSignOut has thrown: Error"), event: "sign_out_incomplete" },
  ]);
});

test.each(STORAGES)(
  "onSignOut is called for the user whom another one replaces, with the storage %s",
  async (storage) => {
    const ended: unknown[] = [];
    const onSignOut: SignInHooks["onSignOut"] = async ({ user }) => void ended.push(user?.id);
    const world = await SignInWorld.start({ storage, hooks: { onSignOut } });
    const browser = world.browser();
    await world.signIn(browser);
    await world.signIn(browser);
    expect(ended).toEqual([]);
    world.provider.sub = "u-2";
    await world.signIn(browser);
    expect([ended, await world.userOf(browser)]).toEqual([["u-1"], "u-2"]);
  },
);

test.each(STORAGES)(
  "onSignOut is called for a sign-in that afterSave refuses, with the storage %s",
  async (storage) => {
    const ended: unknown[] = [];
    const hooks: SignInHooks = {
      onSignIn: async (session) => void session.set("cart", "apple"),
      afterSave: async () => false,
      onSignOut: async (session) => void ended.push(session.get("cart")),
    };
    const world = await SignInWorld.start({ storage, hooks });
    expect((await world.signIn(world.browser())).status).toBe(401);
    expect(ended).toEqual(["apple"]);
  },
);
