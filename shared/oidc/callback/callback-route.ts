import type { Context } from "aws-lambda";
import { type HttpEvent, isVersion1 } from "../../lambda/http-event.ts";
import type { HttpResult } from "../../lambda/http-result.ts";
import type { WithSession } from "../../lambda/with-session.ts";
import type { Session } from "../../session/session.ts";
import { HookError } from "../hook-error.ts";
import { messageOf } from "../provider/provider-error.ts";
import type { RefusalReason } from "../refusals.ts";
import { refuseSignIn } from "../refuse-sign-in.ts";
import type { SignInContext } from "../sign-in-context.ts";
import type { SignedIn } from "../sign-in-options.ts";
import { callSignOutHook } from "../sign-out/call-sign-out-hook.ts";
import { type Completed, completeSignIn } from "./complete-sign-in.ts";

/** Answers `GET /sign-in/callback`: completes the sign-in, saves the session, and then calls `afterSave`. */
export async function answerCallback<D extends object>(
  context: SignInContext,
  withSession: WithSession<D>,
  event: HttpEvent,
  lambda: Context,
): Promise<HttpResult> {
  let completed: Completed | undefined;
  const handler = withSession<HttpEvent>(async (_event, session) => {
    completed = await completeSignIn(context, event, session as unknown as Session, lambda);
    return completed.result;
  });
  try {
    const result = await handler(event, lambda);
    if (completed?.signedIn === undefined) return result;
    const refusal = OF_STATUSES[result.statusCode ?? 0];
    if (refusal !== undefined)
      return refuseSignIn(context, event, refusal, { cookies: setCookiesOf(event, result) });
    const problem = await callAfterSave(context, completed.signedIn);
    if (problem === undefined) return result;
    return await endSession(context, withSession, event, lambda, result, problem);
  } catch (error) {
    if (!(error instanceof HookError)) throw error;
    return refuseSignIn(context, event, "hook_failed", { message: messageOf(error) });
  }
}

/** Reason for which a sign-in was refused after its session was saved. */
interface Problem {
  readonly reason: RefusalReason;
  readonly message?: string;
}

/** Reasons of the session layer's own responses, which mean that the session was not saved. */
const OF_STATUSES: Readonly<Record<number, RefusalReason>> = {
  403: "session_limit",
  409: "session_conflict",
  413: "session_too_large",
  503: "session_unavailable",
};

async function callAfterSave({ hooks }: SignInContext, signedIn: SignedIn): Promise<Problem | undefined> {
  try {
    return (await hooks.afterSave?.(signedIn)) === false ? { reason: "ended_by_provider" } : undefined;
  } catch (cause) {
    return { reason: "hook_failed", message: messageOf(new HookError("afterSave", cause)) };
  }
}

/**
 * Ends the session that was just saved: opens it with the cookies of its response, which no browser has yet.
 */
function endSession<D extends object>(
  context: SignInContext,
  withSession: WithSession<D>,
  event: HttpEvent,
  lambda: Context,
  saved: HttpResult,
  { reason, message }: Problem,
): Promise<HttpResult> {
  const handler = withSession<HttpEvent>(async (_event, session) => {
    await callSignOutHook(context, session as unknown as Session);
    session.signOut();
    return refuseSignIn(context, event, reason, { message });
  });
  return handler(withCookies(event, setCookiesOf(event, saved)), lambda);
}

/** Returns the Set-Cookie headers of a response for an event. */
function setCookiesOf(event: HttpEvent, result: HttpResult): readonly string[] {
  if (!isVersion1(event)) return result.cookies ?? [];
  const headers = Object.entries({ ...result.headers, ...result.multiValueHeaders });
  return headers
    .filter(([name]) => name.toLowerCase() === "set-cookie")
    .flatMap(([, value]) => [value].flat().map(String));
}

/** Returns the event of a browser that has received Set-Cookie headers, and has no other cookies. */
function withCookies<E extends HttpEvent>(event: E, setCookies: readonly string[]): E {
  const cookies = setCookies.map((cookie) => cookie.split(";", 1).join());
  const { cookie: _, Cookie: __, ...headers } = (event.headers ?? {}) as Record<string, string | undefined>;
  if (!isVersion1(event)) return { ...event, headers, cookies };
  return {
    ...event,
    headers: { ...headers, cookie: cookies.join("; ") },
    multiValueHeaders: { ...withoutCookies(event.multiValueHeaders ?? {}), cookie: [cookies.join("; ")] },
  };
}

function withoutCookies<Value>(headers: Readonly<Record<string, Value>>): Record<string, Value> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name.toLowerCase() !== "cookie"));
}
