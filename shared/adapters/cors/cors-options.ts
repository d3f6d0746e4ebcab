import { integer, type OptionKind } from "../../options/option-kind.ts";
import { checkOptions, defaultsOf, type OptionsOf, option } from "../../options/option-table.ts";
import { isTrustableOrigin } from "../../options/origin.ts";

function listOf(allowed: string, isAllowed: (value: unknown) => boolean): OptionKind<readonly string[]> {
  return {
    allowed: `an array of ${allowed}`,
    includes: (value): value is readonly string[] => Array.isArray(value) && value.every(isAllowed),
  };
}

/** Excludes `*`, because browsers take it literally in requests with cookies. */
const names = listOf("names, and not *", (value) => /^[\w!#$%&'+.^`|~-]+$/.test(String(value)));

const CORS_OPTIONS = {
  trustedOrigins: option(listOf("origins such as https://app.example.com", isTrustableOrigin)),
  /** Methods of the requests. Default: GET, HEAD, POST, PUT, PATCH and DELETE. */
  allowMethods: option(names, ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]),
  /** Headers that scripts may send. Default: `authorization`, `content-type` and `session-transport`. */
  allowHeaders: option(names, ["authorization", "content-type", "session-transport"]),
  /** Headers that scripts may read. Default: `retry-after` and `session-token`. */
  exposeHeaders: option(names, ["retry-after", "session-token"]),
  /** Seconds that a browser may keep the answer to a preflight request. Default: 7200, Chromium's maximum. */
  maxAge: option(integer(0, 86_400, "seconds"), 7200),
};

/** Rules by which a browser lets other origins send requests and read the responses. */
export interface CorsOptions extends OptionsOf<typeof CORS_OPTIONS> {
  /**
   * Origins that may, such as `https://app.example.com` or `capacitor://localhost`: those of `withSession`.
   */
  readonly trustedOrigins: readonly string[];
}

/** Defaults of the options. The HTTP API of the stack has the same values. */
export const CORS_DEFAULTS = defaultsOf(CORS_OPTIONS);

/**
 * Returns the options with their defaults.
 *
 * @throws OptionError that names the option
 */
export function resolveCorsOptions(options: CorsOptions): Required<CorsOptions> {
  // Callers without types may omit both.
  checkOptions({ ...options, trustedOrigins: options?.trustedOrigins }, CORS_OPTIONS);
  return { ...CORS_DEFAULTS, ...options };
}
