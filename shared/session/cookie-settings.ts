import { stringifySetCookie } from "cookie";
import { checkOptions, isFlag, isOneOf, isText, type OptionCheck } from "../options/option-checks.ts";
import { OptionError } from "../options/option-error.ts";

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
 * Fills in the defaults.
 *
 * @throws OptionError that names the option, such as `cookie.domain`.
 */
export function resolveCookie(given: CookieSettings = {}): ResolvedCookie {
  checkOptions(given, CHECKS, "cookie.");
  const merged = { ...DEFAULT_COOKIE, ...given };
  const cookie = { ...merged, name: merged.name ?? defaultName(merged) };
  checkGrammar(cookie);
  checkPrefix(cookie);
  if (cookie.sameSite === "none" && !cookie.secure) refuse("sameSite", "needs cookie.secure when it is none");
  if (cookie.partitioned && !cookie.secure) refuse("partitioned", "needs cookie.secure");
  return cookie;
}

const CHECKS = {
  name: isText,
  domain: isText,
  path: (value) => (String(value).startsWith("/") ? undefined : 'must begin with "/"'),
  secure: isFlag,
  httpOnly: isFlag,
  sameSite: isOneOf(SAME_SITES),
  partitioned: isFlag,
  priority: isOneOf(PRIORITIES),
} satisfies Record<keyof CookieSettings, OptionCheck>;

function defaultName({ secure, path, domain }: CookieSettings): string {
  return secure && path === "/" && domain === undefined ? "__Host-session" : "session";
}

const FORMS: Readonly<Record<string, string>> = {
  domain: "must be a host name such as example.com",
  name: "must have no spaces, no semicolon and no equals sign",
};

/** The library that writes the cookie judges its grammar; its messages begin with `cookie NAME is invalid`. */
function checkGrammar({ sameSite: _, ...cookie }: ResolvedCookie): void {
  try {
    stringifySetCookie({ ...cookie, value: "" });
  } catch (error) {
    const [, option = "name"] = (error as Error).message.split(" ");
    refuse(option, FORMS[option] ?? "is not what RFC 6265 allows there");
  }
}

/** RFC 6265bis, section 4.1.3; browsers compare the prefixes without regard to case. */
function checkPrefix({ name, secure, path, domain }: ResolvedCookie): void {
  const lower = name.toLowerCase();
  const isHost = lower.startsWith("__host-");
  if ((isHost || lower.startsWith("__secure-")) && !secure)
    refuse("name", `needs cookie.secure because of its prefix`);
  if (isHost && domain !== undefined) refuse("domain", `contradicts the name ${name}, which forbids it`);
  if (isHost && path !== "/") refuse("path", `contradicts the name ${name}, which needs "/"`);
}

function refuse(name: string, problem: string): never {
  throw new OptionError(`cookie.${name}`, problem);
}
