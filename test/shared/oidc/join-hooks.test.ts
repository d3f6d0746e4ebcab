import { describe, expect, test } from "vitest";
import { joinHooks } from "../../../shared/oidc/join-hooks.ts";
import type { SignInHooks } from "../../../shared/oidc/sign-in-options.ts";

const NOTHING = {} as never;

/** Returns hooks that record their calls. */
function recording(calls: string[], name: string, isWanted = true): Required<SignInHooks> {
  return {
    onSignIn: async () => void calls.push(`${name} onSignIn`),
    afterSave: async () => calls.push(`${name} afterSave`) > 0 && isWanted,
    onSignOut: async () => void calls.push(`${name} onSignOut`),
  };
}

describe("joined hooks", () => {
  test("joined hooks call those of each part in order, and skip parts and hooks that are absent", async () => {
    const calls: string[] = [];
    const { onSignOut } = recording(calls, "second");
    const hooks = joinHooks(recording(calls, "first"), undefined, { onSignOut });
    await hooks.onSignIn(NOTHING, NOTHING);
    expect(await hooks.afterSave(NOTHING)).toBe(true);
    await hooks.onSignOut(NOTHING);
    expect(calls).toEqual(["first onSignIn", "first afterSave", "first onSignOut", "second onSignOut"]);
  });

  test("joined hooks refuse a sign-in that one part refuses, and ask no further part", async () => {
    const calls: string[] = [];
    const hooks = joinHooks(recording(calls, "first", false), recording(calls, "second"));
    expect([await hooks.afterSave(NOTHING), calls]).toEqual([false, ["first afterSave"]]);
  });

  test("joined hooks throw the error of the first part that throws", async () => {
    const calls: string[] = [];
    const failing = { onSignIn: () => Promise.reject(new Error("of the first")) };
    const { onSignIn } = joinHooks(failing, recording(calls, "second"));
    await expect(onSignIn(NOTHING, NOTHING)).rejects.toThrow("of the first");
    expect(calls).toEqual([]);
  });
});
