import { stringifySetCookie } from "cookie";
import { OptionError } from "../crypto/option-error.ts";

/** Name and attributes of the session cookie (RFC 6265bis, section 4.1.2). */
export interface CookieSettings {
  /** Default: `__Host-session`, or `session` where Domain, Path or Secure rule the prefix out. */
  readonly name?: string;
  /** Default: none, so that only the host that set the cookie gets it back. */
  readonly domain?: string;
  /** Default: `/`. */
  readonly path?: string;
  /** Whether the cookie travels over HTTPS only. Default: true. */
  readonly secure?: boolean;
  /** Whether scripts of the page are kept from the cookie. Default: true. */
  readonly httpOnly?: boolean;
  /** Default: `lax`. */
  readonly sameSite?: SameSite;
  /** Whether each embedding site gets its own cookie (CHIPS). Default: false. */
  readonly partitioned?: boolean;
  /** Which cookies a full browser drops first (Chromium). Default: not sent. */
  readonly priority?: Priority;
}

/** When the cookie follows a request that another site caused; `unset` leaves it to the browser, as Flask does. */
export type SameSite = (typeof SAME_SITES)[number];
export const SAME_SITES = ["lax", "strict", "none", "unset"] as const;

/** The values of the Priority attribute. */
export type Priority = (typeof PRIORITIES)[number];
export const PRIORITIES = ["low", "medium", "high"] as const;

/** The cookie's settings with every default filled in. */
export interface ResolvedCookie extends CookieSettings {
  readonly name: string;
  readonly path: string;
  readonly secure: boolean;
  readonly httpOnly: boolean;
  readonly sameSite: SameSite;
  readonly partitioned: boolean;
}

/** What a cookie gets without settings; its name depends on them. */
export const DEFAULT_COOKIE = {
  path: "/",
  secure: true,
  httpOnly: true,
  sameSite: "lax",
  partitioned: false,
} as const satisfies CookieSettings;

/**
 * Fills in the defaults: those given here first, then the safe ones.
 *
 * @throws OptionError that names the option, such as `cookie.domain`.
 */
export function resolveCookie(given: CookieSettings = {}, defaults: CookieSettings = {}): ResolvedCookie {
  const merged = { ...DEFAULT_COOKIE, ...defaults, ...given };
  const cookie = { ...merged, name: merged.name ?? defaultName(merged) };
  checkForms(cookie);
  checkPrefix(cookie);
  if (cookie.sameSite === "none" && !cookie.secure) refuse("sameSite", "none needs cookie.secure");
  if (cookie.partitioned && !cookie.secure) refuse("partitioned", "needs cookie.secure");
  return cookie;
}

function defaultName(cookie: CookieSettings): string {
  const hostOnly = cookie.secure === true && cookie.path === "/" && cookie.domain === undefined;
  return hostOnly ? "__Host-session" : "session";
}

const BOOLEANS = ["secure", "httpOnly", "partitioned"] as const;
const NAMES: readonly string[] = ["name", "domain", "priority", ...Object.keys(DEFAULT_COOKIE)];

function checkForms(cookie: ResolvedCookie): void {
  for (const name of Object.keys(cookie))
    if (!NAMES.includes(name)) refuse(name, "there is no such cookie setting");
  for (const name of BOOLEANS) if (typeof cookie[name] !== "boolean") refuse(name, "must be true or false");
  if (!SAME_SITES.includes(cookie.sameSite)) refuse("sameSite", `must be one of ${SAME_SITES.join(", ")}`);
  if (!cookie.path.startsWith?.("/")) refuse("path", 'must begin with "/"');
  checkGrammar(cookie);
}

/** The library that writes the cookie judges its grammar; its messages begin with `cookie NAME is invalid`. */
function checkGrammar({ name, domain, path, priority }: ResolvedCookie): void {
  try {
    stringifySetCookie({ name, value: "", path, ...(domain && { domain }), ...(priority && { priority }) });
  } catch (error) {
    const [, option = "name"] = (error as Error).message.split(" ");
    refuse(option, "is not what RFC 6265 allows there");
  }
}

/** RFC 6265bis, section 4.1.3; browsers compare the prefixes without regard to case. */
function checkPrefix({ name, secure, path, domain }: ResolvedCookie): void {
  const prefix = /^__(host|secure)-/i.exec(name)?.[1]?.toLowerCase();
  if (prefix && !secure) refuse("name", `${name} needs cookie.secure`);
  if (prefix === "host" && domain !== undefined)
    refuse("domain", `contradicts the name ${name}, which forbids it`);
  if (prefix === "host" && path !== "/") refuse("path", `contradicts the name ${name}, which needs "/"`);
}

function refuse(name: string, problem: string): never {
  throw new OptionError(`cookie.${name}`, problem);
}
