import { createWithSession } from "../../shared/lambda/with-session.ts";
import { SecureCookieSessionInterface } from "../../shared/session/secure-cookie-session-interface.ts";
import { crossOriginProtectionFrom, keysFrom, settingsFrom, trustedOriginsFrom } from "./environment.ts";
import type { SessionData } from "./session-data.ts";
import { warmUp } from "./warm-up.ts";

/** Where this application keeps its sessions. To keep them elsewhere, put another session interface here. */
export const sessionInterface = new SecureCookieSessionInterface({
  keys: keysFrom(process.env),
  settings: settingsFrom(process.env),
});

/** Gives a handler the visitor's session. */
export const withSession = createWithSession<SessionData>({
  sessionInterface,
  trustedOrigins: trustedOriginsFrom(process.env),
  crossOriginProtection: crossOriginProtectionFrom(process.env),
});

await warmUp(withSession);
