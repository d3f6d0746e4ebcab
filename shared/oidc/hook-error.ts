import type { SignInHooks } from "./sign-in-options.ts";

/** A hook of the application has thrown. Its own error is the cause. */
export class HookError extends Error {
  override readonly name = "HookError";

  constructor(hook: keyof SignInHooks, cause: unknown) {
    super(`${hook} has thrown`, { cause });
  }
}
