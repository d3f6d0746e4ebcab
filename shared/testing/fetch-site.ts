import { getPublicSuffix } from "tough-cookie";
import type { SameSiteContext } from "./cookie-jar.ts";

/** How the page that causes a request stands to its target (Fetch Metadata Request Headers, section 2.3). */
export type FetchSite = "same-origin" | "same-site" | "cross-site" | "none";

/** What Sec-Fetch-Site says; without an origin to come from, the visitor typed the address. */
export function fetchSite(from: string | undefined, to: string): FetchSite {
  if (from === undefined) return "none";
  const [source, target] = [new URL(from), new URL(to)];
  if (source.origin === target.origin) return "same-origin";
  return source.protocol === target.protocol && site(source) === site(target) ? "same-site" : "cross-site";
}

/** Which cookies go along: another site's links take the Lax ones, its forms none that has a SameSite. */
export function sameSiteContext(fetchSite: FetchSite, method: string): SameSiteContext {
  if (fetchSite !== "cross-site") return "strict";
  return isSafe(method) ? "lax" : "none";
}

/** Whether a method only asks (RFC 9110, section 9.2.1). */
export function isSafe(method: string): boolean {
  return ["GET", "HEAD", "OPTIONS"].includes(method);
}

function site({ hostname }: URL): string {
  return getPublicSuffix(hostname, { allowSpecialUseDomain: true, ignoreError: true }) ?? hostname;
}
