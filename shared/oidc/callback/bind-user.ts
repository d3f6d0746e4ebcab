import type { Session } from "../../session/session.ts";
import { isUser, type User } from "../../session/user.ts";
import { HookError } from "../hook-error.ts";
import { keepClaims } from "../kept-claims.ts";
import type { RefusalReason } from "../refusals.ts";
import type { SignInContext } from "../sign-in-context.ts";
import type { ProviderClaims, SignedIn } from "../sign-in-options.ts";
import { callSignOutHook } from "../sign-out/call-sign-out-hook.ts";
import { isStepUp, type SignInRequest } from "../start/sign-in-request.ts";
import { checkAuthentication, toAuthentication } from "./authentication.ts";
import type { Exchanged } from "./exchange-code.ts";

/**
 * Binds the session to the user of an ID token, and keeps the claims that the application names.
 *
 * @returns the reason of the refusal; then the session is unchanged
 * @throws HookError if `onSignIn` throws; then the session is bound to the user, and must not be saved
 */
export async function bindUser(
  context: SignInContext,
  session: Session,
  { tokens, claims }: Exchanged,
  request: SignInRequest,
): Promise<SignedIn | RefusalReason> {
  const now = context.client.nowSeconds;
  const refusal = checkAuthentication(claims, request, now, context.acr);
  if (refusal !== undefined) return refusal;
  const user = toUser(context, claims);
  if (user === undefined) return "user_refused";
  if (isStepUp(request) && session.user !== undefined && session.user.id !== user.id) return "other_user";
  const signedIn = { user, claims, tokens };
  const options = {
    remember: context.remembering.applies(session, request),
    authentication: toAuthentication(claims),
  };
  if (session.user?.id !== user.id) await callSignOutHook(context, session);
  session.signIn(user, options);
  storeClaims(context, session, claims);
  try {
    await context.hooks.onSignIn?.(session, signedIn);
  } catch (cause) {
    throw new HookError("onSignIn", cause);
  }
  return signedIn;
}

/** Returns the user, or `undefined` if the application refuses the account or the claims give no user. */
function toUser(context: SignInContext, claims: ProviderClaims): User | undefined {
  try {
    const { id, name } = context.toUser(claims);
    return isUser({ id, name }) ? { id, name } : undefined;
  } catch {
    return undefined;
  }
}

function storeClaims(context: SignInContext, session: Session, claims: ProviderClaims): void {
  if (Object.keys(context.claims).length === 0) return;
  const { kept, others } = keepClaims(claims, context.claims);
  session.set("claims", kept);
  for (const claim of others) context.log({ level: "WARN", event: "claim_not_kept", claim });
}
