import { stringifySetCookie } from "cookie";
import { OptionError } from "../options/option-error.ts";
import { boolean, nonEmptyString, oneOf, string } from "../options/option-kind.ts";
import {
  checkOptions,
  defaultsOf,
  type OptionsOf,
  type OptionTable,
  option,
} from "../options/option-table.ts";

/** The name and the attributes of the session cookie (RFC 6265bis, section 4.1.2). */
export const COOKIE_SETTINGS = {
  /** Name of the cookie. Default: `session` with `flask`, or if domain, path or secure forbid the prefix. */
  name: option(nonEmptyString, "__Host-session"),
  /**
   * Domain of the cookie. Without it, only the host that set the cookie receives it. No browser accepts a
   * domain that anybody can register names in, such as `com` or `co.uk`.
   */
  domain: option(
    string(/[^.]\.[a-z][^.]*$/i, "a host name with a dot such as example.com, not an IP address"),
  ),
  /** Path below which the browser sends the cookie. */
  path: option(string(/^\//, 'a path that begins with "/"'), "/"),
  /** Sends the cookie over HTTPS only. */
  secure: option(boolean, true),
  /** Hides the cookie from the scripts of the page. */
  httpOnly: option(boolean, true),
  /**
   * Requests caused by other sites that carry the cookie. `unset` omits the attribute, as Flask does.
   */
  sameSite: option(oneOf(["lax", "strict", "none", "unset"]), "lax"),
  /** Gives each embedding site its own cookie (CHIPS). */
  partitioned: option(boolean, false),
  /** Priority when the browser has to delete cookies (Chromium). */
  priority: option(oneOf(["low", "medium", "high"])),
} satisfies OptionTable;

/** Settings of the session cookie. All of them are optional. */
export type CookieSettings = OptionsOf<typeof COOKIE_SETTINGS>;

type Optional = "domain" | "priority";

/** Settings of the session cookie with all defaults. */
export interface ResolvedCookie
  extends Required<Omit<CookieSettings, Optional>>,
    Pick<CookieSettings, Optional> {}

/**
 * Adds the defaults to the settings of the session cookie.
 *
 * @throws OptionError that names the option, such as `cookie.domain`
 */
export function resolveCookie(given: CookieSettings = {}): ResolvedCookie {
  checkOptions(given, COOKIE_SETTINGS, "cookie.");
  const merged = { ...defaultsOf(COOKIE_SETTINGS), ...given };
  const allowsHostPrefix = merged.secure && merged.path === "/" && given.domain === undefined;
  const cookie = { ...merged, name: given.name ?? (allowsHostPrefix ? merged.name : "session") };
  checkGrammar(cookie);
  checkPrefix(cookie);
  if (cookie.sameSite === "none" && !cookie.secure) refuse("sameSite", "needs cookie.secure when it is none");
  if (cookie.partitioned && !cookie.secure) refuse("partitioned", "needs cookie.secure");
  return cookie;
}

const FORMS: Readonly<Record<string, string>> = {
  domain: `must be ${COOKIE_SETTINGS.domain.kind.allowed}`,
  name: "must have no spaces, no semicolon and no equals sign",
};

/**
 * Checks the syntax with the library that writes the cookie. Its messages begin with `cookie NAME is
 * invalid`.
 */
function checkGrammar({ sameSite: _, ...cookie }: ResolvedCookie): void {
  try {
    stringifySetCookie({ ...cookie, value: "" });
  } catch (error) {
    const [, option = "name"] = (error as Error).message.split(" ");
    refuse(option, FORMS[option] ?? "is not what RFC 6265 allows there");
  }
}

/** Checks the prefix of the name (RFC 6265bis, section 4.1.3). Browsers ignore its case. */
function checkPrefix({ name, secure, httpOnly, path, domain }: ResolvedCookie): void {
  const isHost = /^__host-/i.test(name);
  if (/^__(host|secure|http)-/i.test(name) && !secure)
    refuse("name", `needs cookie.secure because of its prefix`);
  if (/^__(host-)?http-/i.test(name) && !httpOnly)
    refuse("httpOnly", `contradicts the name ${name}, which needs it`);
  if (isHost && domain !== undefined) refuse("domain", `contradicts the name ${name}, which forbids it`);
  if (isHost && path !== "/") refuse("path", `contradicts the name ${name}, which needs "/"`);
}

function refuse(name: string, problem: string): never {
  throw new OptionError(`cookie.${name}`, problem);
}
