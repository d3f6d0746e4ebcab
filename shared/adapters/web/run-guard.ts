import type { Context } from "aws-lambda";
import { toHttpResult } from "../../lambda/http-result.ts";
import type { Session } from "../../session/session.ts";
import type { Guard } from "../guard.ts";
import { eventOf } from "./session-events.ts";
import { toWebResponse } from "./web-response.ts";

/**
 * Runs a guard where there is no handler to wrap. Resolves to the response that asks the visitor to sign in,
 * or to `undefined` if the guard lets the request pass.
 *
 * ```ts
 * app.use("/account/*", async (c, next) => (await runGuard(requireUser, c.get("session"))) ?? next());
 * ```
 *
 * @param session a session that an adapter of `lambda-sessions/web` has opened
 * @throws TypeError for another session
 */
export async function runGuard<D extends object>(
  guard: Guard<D>,
  session: Session<D>,
): Promise<Response | undefined> {
  const event = eventOf(session);
  if (event === undefined)
    throw new TypeError("runGuard: the session must be one that lambda-sessions/web has opened");
  let passed = false;
  const handler = guard(() => {
    passed = true;
    return null;
  });
  const result = await handler(event, session, {} as Context);
  return passed ? undefined : toWebResponse(toHttpResult(result));
}
