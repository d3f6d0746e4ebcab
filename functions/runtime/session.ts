import { createWithSession } from "#create-with-session";
import { sessionInterface, warmUp } from "#session-interface";
import { crossOriginProtectionFrom, trustedOriginsFrom } from "./environment.ts";
import type { SessionData } from "./session-data.ts";

/**
 * Wraps a handler, which gets the visitor's session. Storage and transport are chosen when the function is
 * bundled, by conditions of package.json: the storage is a file of `session-interface/`, to which you can add
 * one; with `sessionTransport=header` or `both`, `createWithSession` comes from `header-transport.ts`.
 */
export const withSession = createWithSession<SessionData>({
  sessionInterface,
  trustedOrigins: trustedOriginsFrom(process.env),
  crossOriginProtection: crossOriginProtectionFrom(process.env),
});

await warmUp(withSession).catch(() => {});
