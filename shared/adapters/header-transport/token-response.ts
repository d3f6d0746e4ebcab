import type { HttpEvent } from "../../lambda/http-event.ts";
import type { Headers, HttpResult } from "../../lambda/http-result.ts";
import { ResponseHeaders } from "../../lambda/response-headers.ts";
import { OptionError } from "../../options/option-error.ts";
import { headerNames } from "../header-names.ts";
import type { HeaderTransport } from "./token-request.ts";

/**
 * Value of `session-token` after the session has ended. Every token has a dot or a tilde, so none is equal.
 */
const DELETED = "deleted";

/** Names in Vary of responses whose session came in a header. */
export const VARY: Readonly<Record<HeaderTransport, readonly string[]>> = {
  header: ["Authorization"],
  both: ["Authorization", "Session-Transport"],
};

/** Handler's response, kept with the one that stands for it while the session is saved. */
const OWN = Symbol("own");

type StandIn = HttpResult & { [OWN]?: HttpResult };

/**
 * Returns a response that stands for the handler's while the session is saved: with the headers of caches,
 * but without cookies, so that every cookie of the result is the session's.
 */
export function toStandIn(event: HttpEvent, own: HttpResult): HttpResult {
  const headers = new ResponseHeaders(event, own);
  const kept = headerNames(own).filter((name) => name !== "set-cookie" && name !== "vary");
  const values = Object.fromEntries(kept.map((name) => [name, headers.get(name)]));
  const standIn: StandIn = { statusCode: own.statusCode, headers: values as Headers, [OWN]: own };
  return standIn;
}

/**
 * Returns the handler's response, or the refusal that replaced it, with the session's headers: the new token
 * in `session-token` instead of a cookie, Vary and Cache-Control. A response with a token is never stored,
 * not even by the client's own cache, which would return an old token later.
 *
 * @param saved the result of `withSession` for the response of `toStandIn`
 * @param cookieName name of the cookie from which the token is taken
 * @param vary names to add to Vary instead of `Cookie`
 */
export function toTokenResult(
  event: HttpEvent,
  saved: HttpResult,
  cookieName: string,
  vary: readonly string[],
): HttpResult {
  const { [OWN]: own, cookies, ...refusal } = saved as StandIn;
  const headers = new ResponseHeaders(event, own ?? refusal);
  for (const [name, value] of Object.entries(saved.headers ?? {}))
    if (name !== "vary" && headers.get(name) !== value) headers.set(name, `${value}`);
  const [others = "", cookie] = splitVary(saved);
  if (own === undefined && others !== "") headers.set("vary", others);
  if (cookie) addVary(headers, vary);
  const setCookie = cookies?.at(-1);
  if (setCookie !== undefined) {
    headers.set("session-token", readToken(setCookie, cookieName));
    headers.set("cache-control", "no-store");
  }
  return headers.toResult([]);
}

/** Adds names to Vary that it does not have yet. */
export function addVary(headers: ResponseHeaders, names: readonly string[]): void {
  const value = headers.get("vary") ?? "";
  const known = value
    .toLowerCase()
    .split(",")
    .map((name) => name.trim());
  if (known.includes("*")) return;
  const added = names.filter((name) => !known.includes(name.toLowerCase()));
  if (added.length > 0) headers.set("vary", [...(value === "" ? [] : [value]), ...added].join(", "));
}

/** Returns Vary without the last name if that is `Cookie`, which only the session layer adds there. */
function splitVary({ headers }: HttpResult): [others: string, cookie: boolean] {
  const value = `${headers?.vary ?? ""}`;
  const others = value.replace(/(^|, )Cookie$/, "");
  return [others, others !== value];
}

/** @throws OptionError if the session interface has another cookie than the settings of the transport */
function readToken(setCookie: string, cookieName: string): string {
  const [, name, value] = /^([^=]*)=([^;]*)/.exec(setCookie) ?? [];
  if (name === cookieName) return value || DELETED;
  throw new OptionError("settings", `must be those of the session interface, whose cookie is ${name}`);
}
