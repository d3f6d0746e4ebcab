import type { SignInHooks } from "./sign-in-options.ts";

/**
 * Returns hooks that call those of several parts in order, such as those of `providerSessionLinks` and a
 * `TokenKeeper`. The first one that throws, or refuses the sign-in, is the last one that is called.
 *
 * @param parts hooks, or `undefined` for a part that is turned off
 */
export function joinHooks(...parts: readonly (SignInHooks | undefined)[]): Required<SignInHooks> {
  return {
    onSignIn: async (session, signedIn) => {
      for (const part of parts) await part?.onSignIn?.(session, signedIn);
    },
    afterSave: async (signedIn) => {
      for (const part of parts) if ((await part?.afterSave?.(signedIn)) === false) return false;
      return true;
    },
    onSignOut: async (session) => {
      for (const part of parts) await part?.onSignOut?.(session);
    },
  };
}
