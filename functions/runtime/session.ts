import { createWithSession } from "#create-with-session";
import { sessionInterface, warmUp } from "#session-interface";
import { crossOriginProtectionFrom, trustedOriginsFrom } from "./environment.ts";
import type { SessionData } from "./session-data.ts";

/**
 * Wraps a handler, which gets the visitor's session. The storage is chosen when the function is bundled:
 * package.json names the files of `session-interface/` by condition. For another storage, add a session
 * interface there. So is the transport: with `sessionTransport=header` or `both`, `createWithSession` comes
 * from `header-transport.ts`.
 */
export const withSession = createWithSession<SessionData>({
  sessionInterface,
  trustedOrigins: trustedOriginsFrom(process.env),
  crossOriginProtection: crossOriginProtectionFrom(process.env),
});

await warmUp(withSession).catch(() => {});
