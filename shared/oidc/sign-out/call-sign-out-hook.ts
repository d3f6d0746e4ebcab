import type { Session } from "../../session/session.ts";
import { HookError } from "../hook-error.ts";
import { messageOf } from "../provider/provider-error.ts";
import type { SignInContext } from "../sign-in-context.ts";

/** Calls `onSignOut` before a user's session ends. A failure is logged, and the session ends all the same. */
export async function callSignOutHook({ hooks, log }: SignInContext, session: Session): Promise<void> {
  if (session.user === undefined) return;
  try {
    await hooks.onSignOut?.(session);
  } catch (cause) {
    const message = messageOf(new HookError("onSignOut", cause));
    log({ level: "ERROR", event: "sign_out_incomplete", reason: "hook_failed", message });
  }
}
