import { getPublicSuffix } from "tough-cookie";
import type { SameSiteContext } from "./cookie-jar.ts";

/**
 * Relation between the page that causes a request and its target (Fetch Metadata Request Headers, section
 * 2.3).
 */
export type FetchSite = "same-origin" | "same-site" | "cross-site" | "none";

/** Returns the value of Sec-Fetch-Site. Without `from`, the visitor typed the address. */
export function fetchSite(from: string | undefined, to: string): FetchSite {
  if (from === undefined) return "none";
  const [source, target] = [new URL(from), new URL(to)];
  if (source.origin === target.origin) return "same-origin";
  return source.protocol === target.protocol && site(source) === site(target) ? "same-site" : "cross-site";
}

/**
 * Returns which cookies are sent. A link on another site sends Lax cookies; a form on another site sends only
 * cookies without SameSite or with `None`.
 */
export function sameSiteContext(fetchSite: FetchSite, method: string): SameSiteContext {
  if (fetchSite !== "cross-site") return "strict";
  return isSafe(method) ? "lax" : "none";
}

/** Returns whether a method is safe (RFC 9110, section 9.2.1). */
export function isSafe(method: string): boolean {
  return ["GET", "HEAD", "OPTIONS"].includes(method);
}

function site({ hostname }: URL): string {
  return getPublicSuffix(hostname, { allowSpecialUseDomain: true, ignoreError: true }) ?? hostname;
}
