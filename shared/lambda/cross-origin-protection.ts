import { OptionError } from "../options/option-error.ts";
import type { HttpRequest } from "./http-event.ts";
import { isOrigin } from "./origin.ts";

const SAFE_METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * Detects requests that another site made a visitor's browser send (cross-site request forgery).
 *
 * Safe methods pass. Other methods pass if Sec-Fetch-Site is `same-origin` or `none`; without that header, if
 * Origin names this host; and without both, because the client is no browser. Go's
 * `http.CrossOriginProtection` has the same rule.
 */
export class CrossOriginProtection {
  readonly #trusted: ReadonlySet<string>;

  /**
   * @param trustedOrigins further origins whose requests pass, such as `https://app.example.com`
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
    return origin !== undefined && !namesHost(origin, request.header("host"));
  }
}

function assertOrigin(origin: unknown): void {
  if (isOrigin(origin)) return;
  throw new OptionError(
    "trustedOrigins",
    `${JSON.stringify(origin)} is no origin such as https://app.example.com`,
  );
}

/** Returns whether an origin names the request's host. A default port may be omitted. */
function namesHost(origin: string, host: string | undefined): boolean {
  if (!isOrigin(origin) || host === undefined) return false;
  const own = `${new URL(origin).protocol}//${host}`;
  return URL.canParse(own) && new URL(own).origin === origin;
}
