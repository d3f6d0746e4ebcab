import { SAFE_METHODS } from "../cookie/cookie-reach.ts";
import { OptionError } from "../options/option-error.ts";
import { isOrigin, isTrustableOrigin } from "../options/origin.ts";
import type { HttpRequest } from "./http-event.ts";
import { isLoopback } from "./origin.ts";

/**
 * Detects requests that another site made a visitor's browser send (cross-site request forgery).
 *
 * Safe methods pass. Other methods pass if Sec-Fetch-Site is `same-origin` or `none`; without that header, if
 * Origin is the application's own; and without both, because no current browser omits both. Go's
 * `http.CrossOriginProtection` has the same rule, but does not compare the scheme of Origin.
 */
export class CrossOriginProtection {
  readonly #trusted: ReadonlySet<string>;

  /**
   * @param trustedOrigins further origins whose requests pass, such as `https://app.example.com` or
   * `capacitor://localhost`
   * @throws OptionError for a value that is no origin
   */
  constructor(trustedOrigins: readonly string[] = []) {
    if (!Array.isArray(trustedOrigins))
      throw new OptionError("trustedOrigins", "must be an array of origins");
    for (const origin of trustedOrigins) assertOrigin(origin);
    this.#trusted = new Set(trustedOrigins);
  }

  /** Returns whether the request has to be refused. */
  refuses(request: HttpRequest): boolean {
    if (SAFE_METHODS.has(request.method)) return false;
    const site = request.header("sec-fetch-site");
    const origin = request.header("origin");
    if (site === "same-origin" || site === "none") return false;
    if (origin !== undefined && this.#trusted.has(origin)) return false;
    if (site !== undefined) return true;
    return origin !== undefined && !isOwn(origin, request);
  }
}

function assertOrigin(origin: unknown): void {
  if (isTrustableOrigin(origin)) return;
  throw new OptionError(
    "trustedOrigins",
    `${JSON.stringify(origin)} is no origin such as https://app.example.com or capacitor://localhost`,
  );
}

/**
 * Returns whether an origin names the request's host. A default port may be omitted. An origin without HTTPS
 * is not the application's own unless the request came without HTTPS too, because anybody in the visitor's
 * network can serve such a page.
 */
function isOwn(origin: string, request: HttpRequest): boolean {
  const { host } = request;
  if (!isOrigin(origin) || host === undefined) return false;
  const { protocol } = new URL(origin);
  if (protocol === "http:" && request.header("x-forwarded-proto") !== "http" && !isLoopback(host))
    return false;
  return URL.parse(`${protocol}//${host}`)?.origin === origin;
}
