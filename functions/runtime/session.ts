import { createWithSession } from "../../shared/lambda/with-session.ts";
import { SecureCookieSessionInterface } from "../../shared/session/secure-cookie-session-interface.ts";
import { keysFrom, settingsFrom, trustedOriginsFrom } from "./environment.ts";
import type { SessionData } from "./session-data.ts";

const keys = keysFrom(process.env);

/** Where this application keeps its sessions. To keep them elsewhere, put another session interface here. */
export const sessionInterface = new SecureCookieSessionInterface({
  keys,
  settings: settingsFrom(process.env),
});

/** Gives a handler the visitor's session. */
export const withSession = createWithSession<SessionData>({
  sessionInterface,
  trustedOrigins: trustedOriginsFrom(process.env),
});

/** The keys are read while the function starts, when it has more CPU. If that fails, the request tries again. */
await Promise.resolve(keys()).catch(() => {});
