import type { ResolvedCookie } from "../session/cookie-settings.ts";
import type { SessionRequest } from "../session/session-interface.ts";
import type { SessionLog } from "../session/session-log.ts";
import type { SessionOutcome } from "../session/session-outcome.ts";
import { cookieValues } from "./session-cookie.ts";

/** Methods that change nothing (RFC 9110, section 9.2.1). Navigations with them carry Lax cookies. */
export const SAFE_METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * Returns the reason why the session cannot be changed by a request outside the cookie's path (RFC 6265,
 * section 5.1.4), or `undefined` inside it. The browser may have a session that it does not send there.
 */
export function explainOutside({ path }: ResolvedCookie, request: SessionRequest): string | undefined {
  const below = path.endsWith("/") ? path : `${path}/`;
  if (!request.path || request.path === path || request.path.startsWith(below)) return undefined;
  return (
    `the session cannot be changed at ${request.path}, because its cookie is sent only to ${path} and below: ` +
    "move the route, or shorten cookie.path"
  );
}

/**
 * Returns whether saving might replace a session that the browser has, but has not sent because another site
 * caused the request: with SameSite=Strict any request, with Lax one with an unsafe method. Such a change
 * must not be saved, and is logged. A sign-in replaces the session on purpose.
 */
export function mightReplace(
  outcome: SessionOutcome,
  { settings, log }: { readonly settings: { readonly cookie: ResolvedCookie }; readonly log: SessionLog },
  request: SessionRequest,
): boolean {
  const { name, sameSite } = settings.cookie;
  if (!("changedKeys" in outcome) || outcome.signedIn) return false;
  if (request.header("sec-fetch-site") !== "cross-site") return false;
  const isWithheld = sameSite === "strict" || (sameSite === "lax" && !SAFE_METHODS.has(request.method));
  if (!isWithheld || cookieValues(request.cookies, name).length > 0) return false;
  log({ level: "WARN", event: "session_refused", reason: "cross_site", cookie: name });
  return true;
}
