import { OptionError } from "../options/option-error.ts";
import type { HttpRequest } from "./http-event.ts";

const SAFE_METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * Tells requests that another site made a visitor's browser send (cross-site request forgery).
 *
 * Safe methods pass. Others pass when the browser says by Sec-Fetch-Site that the page is of the same origin or that
 * the visitor asked for it; where it says nothing, when Origin names this host; and when neither header came, since
 * then it was no browser. It is the rule of Go's `http.CrossOriginProtection`.
 */
export class CrossOriginProtection {
  readonly #trusted: ReadonlySet<string>;

  /**
   * @param trustedOrigins further origins whose requests pass, such as `https://app.example.com`
   * @throws OptionError for what is no origin
   */
  constructor(trustedOrigins: readonly string[] = []) {
    if (!Array.isArray(trustedOrigins)) throw new OptionError("trustedOrigins", "must be a list of origins");
    for (const origin of trustedOrigins) assertOrigin(origin);
    this.#trusted = new Set(trustedOrigins);
  }

  /** Whether the request is to be refused. */
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

/** Whether an origin is the request's own host; a default port may be told or not. */
function namesHost(origin: string, host: string | undefined): boolean {
  if (!isOrigin(origin) || host === undefined) return false;
  const own = `${new URL(origin).protocol}//${host}`;
  return URL.canParse(own) && new URL(own).origin === origin;
}

function isOrigin(origin: unknown): boolean {
  return (
    typeof origin === "string" &&
    /^https?:/.test(origin) &&
    URL.canParse(origin) &&
    new URL(origin).origin === origin
  );
}
