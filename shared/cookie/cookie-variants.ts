import type { ResolvedCookie } from "../session/cookie-settings.ts";
import type { SessionRequest } from "../session/session-interface.ts";
import type { SavedSession } from "../session/session-outcome.ts";
import { isForeign, type VerifiedCookie } from "./keyed-signers.ts";
import { deleteCookie } from "./session-cookie.ts";

/** A host name with two to eight labels, and no IP address: only such a host has cookies with a Domain. */
const HOST_NAME = /^(?:[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?\.){1,7}[a-z](?:[a-z\d-]{0,61}[a-z\d])?$/;

/** A path that needs no escaping in a Set-Cookie header. */
const COOKIE_PATH = /^\/[\w.~/-]*$/;

/**
 * Completes the headers of a save: a visitor without a cookie gets no deletion, and further headers delete
 * the cookies that earlier settings have left in the browser.
 *
 * The latter are needed if the request brought several cookies of ours, and when its only one is deleted,
 * because a request does not show with which attributes a cookie was set. Otherwise they might delete the
 * cookie of another application with the same name.
 */
export function withDeletions(
  saved: SavedSession,
  results: readonly VerifiedCookie[],
  cookie: ResolvedCookie,
  request: SessionRequest,
): SavedSession {
  const { setCookie } = saved;
  if (!setCookie) return saved;
  const isDeletion = setCookie.startsWith(`${cookie.name}=;`);
  if (isDeletion && results.length === 0) return { vary: saved.vary };
  const least = isDeletion && results.length === 1 ? 1 : 2;
  const isNeeded = results.filter((result) => !isForeign(result)).length >= least;
  return isNeeded ? { ...saved, deletions: deleteVariants(cookie, request) } : saved;
}

/**
 * Returns the Set-Cookie headers that delete the cookies which differ in domain, path or partition, as far
 * as a response of this host can name them.
 *
 * A browser tells cookies apart by name, domain, host-only flag and path (RFC 6265bis, section 5.7), and by
 * partition (CHIPS). So none of the headers deletes the cookie with the present attributes. A browser ignores
 * a domain that is a public suffix.
 */
function deleteVariants(cookie: ResolvedCookie, { host = "", path }: SessionRequest): string[] {
  const own = cookie.domain?.replace(/^\./, "").toLowerCase();
  const isBound = cookie.name.toLowerCase().startsWith("__host-");
  const domains = isBound ? [] : domainsOf(host.toLowerCase().replace(/:\d+$/, ""));
  const paths = isBound ? [] : pathsOf(path);
  const { domain: _, ...hostOnly } = cookie;
  const withDomain: ResolvedCookie[] = [hostOnly, ...domains.map((domain) => ({ ...cookie, domain }))];
  const variants = [
    ...withDomain.filter(({ domain }) => domain !== own),
    ...paths.filter((other) => other !== cookie.path).map((other) => ({ ...cookie, path: other })),
    ...(cookie.secure ? [{ ...cookie, partitioned: !cookie.partitioned }] : []),
  ];
  return variants.map((variant) => deleteCookie(variant));
}

/** Returns the host and the domains above it that have at least two labels. */
function domainsOf(host: string): string[] {
  if (!HOST_NAME.test(host)) return [];
  const labels = host.split(".");
  return labels.slice(1).map((_, index) => labels.slice(index).join("."));
}

/** Returns the paths of at most two segments whose cookies a request brings. */
function pathsOf(path: string): string[] {
  const [, ...segments] = path.split("/", 3);
  const found = segments.map((_, index) => `/${segments.slice(0, index + 1).join("/")}`);
  return [...new Set(["/", ...found])].filter((one) => COOKIE_PATH.test(one));
}
