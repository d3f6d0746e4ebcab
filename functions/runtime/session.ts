import { createWithSession } from "lambda-sessions/lambda";
import { sessionInterface, warmUp } from "#session-interface";
import { crossOriginProtectionFrom, trustedOriginsFrom } from "./environment.ts";
import type { SessionData } from "./session-data.ts";

/**
 * Gives a handler the visitor's session. Where sessions are kept is chosen when the function is bundled: package.json
 * names the files of `session-interface/` by condition. To keep them elsewhere, put another session interface there.
 */
export const withSession = createWithSession<SessionData>({
  sessionInterface,
  trustedOrigins: trustedOriginsFrom(process.env),
  crossOriginProtection: crossOriginProtectionFrom(process.env),
});

await warmUp(withSession).catch(() => {});
