import { type HttpEvent, HttpRequest } from "../http-event.ts";
import { queryOf } from "../query-of.ts";

/**
 * Maximum length of a return path. It travels in the queries of two URLs, so a longer one loses its own
 * query.
 */
const LONGEST = 1000;

/** Origin that no application has, for paths whose origin does not matter. */
const ANY_ORIGIN = "https://any.invalid";

/**
 * Returns the path and query of the page that a visitor sees again after signing in. For GET and HEAD it is
 * the request's own; for other methods the form's page: `form`, else the Referer if it has this origin. It is
 * `/` for everything that is no path of this origin, such as `//evil.example`.
 *
 * @param form path of the page with the form
 */
export function returnPathOf(event: HttpEvent, form?: string): string {
  const request = new HttpRequest(event);
  const target = isRead(request) ? targetOf(event, request) : (form ?? readReferer(request));
  return toOwnPath(target) ?? "/";
}

/** Returns whether a request only reads, so that a visitor can be sent to it again. */
export function isRead({ method }: Pick<HttpRequest, "method">): boolean {
  return method === "GET" || method === "HEAD";
}

/**
 * Returns a path with its query and fragment as browsers write it (WHATWG URL), or `undefined` if it is not a
 * path of the same origin. A backslash, a second slash and dot segments can lead to another one. Only the
 * path remains if the result would be longer than 1000 characters; a longer path is `undefined`.
 */
export function toOwnPath(path: unknown): string | undefined {
  if (typeof path !== "string" || !path.startsWith("/")) return undefined;
  const url = URL.parse(path, ANY_ORIGIN);
  if (url?.origin !== ANY_ORIGIN || url.pathname.startsWith("//")) return undefined;
  return [url.pathname + url.search + url.hash, url.pathname].find(({ length }) => length <= LONGEST);
}

function targetOf(event: HttpEvent, request: HttpRequest): string {
  const query = queryOf(event);
  return encodePath(request.path) + (query && `?${query}`);
}

/**
 * Percent-encodes what a path in a URL cannot have, because an HTTP API reports the path decoded. A `%` with
 * two hexadecimal digits stays: function URLs and load balancers report the path as the client sent it.
 */
function encodePath(path: string): string {
  return path.toWellFormed().replace(/%(?![\da-f]{2})|[^!-~]|["#<>?\\^`{|}]/giu, encodeURIComponent);
}

/** Returns the path and query of the Referer if it has the origin of PUBLIC_ORIGIN or the request's host. */
function readReferer(request: HttpRequest): string {
  const referer = URL.parse(request.header("referer") ?? "");
  if (referer === null || !/^https?:$/.test(referer.protocol)) return "";
  const isOwn = referer.origin === process.env.PUBLIC_ORIGIN || referer.host === request.host;
  return isOwn ? referer.pathname + referer.search : "";
}
