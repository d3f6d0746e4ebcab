import { integer, isOrigin, isTrustableOrigin, type OptionKind, string } from "lambda-sessions/settings";

const LABEL = "[a-z\\d]([a-z\\d-]{0,61}[a-z\\d])?";

/** Allows host names with a dot in them, but neither IP addresses nor wildcards. */
export const hostName: OptionKind<string> = string(
  new RegExp(`^(?=.{1,253}$)(${LABEL}\\.)+(?!\\d+$)${LABEL}$`),
  "a host name in lower case such as app.example.com",
);

/** Allows integers above zero. */
export const positiveInteger: OptionKind<number> = {
  ...integer(1, Number.MAX_SAFE_INTEGER),
  allowed: "an integer, 1 or more",
};

/** Allows arrays of origins such as `https://app.example.com` or `capacitor://localhost`. */
export const origins: OptionKind<readonly string[]> = {
  allowed:
    "an array of origins such as https://app.example.com, without a slash at the end, with commas between them or as JSON",
  includes: (value): value is readonly string[] => Array.isArray(value) && value.every(isTrustableOrigin),
};

/** Allows an origin with the scheme `https`. */
export const httpsOrigin: OptionKind<string> = {
  allowed: "an origin such as https://app.example.com, without a slash at the end",
  includes: (value): value is string => isOrigin(value) && value.startsWith("https:"),
};

/** Allows non-empty arrays of the given words. */
export function someOf<const Word extends string>(words: readonly Word[]): OptionKind<readonly Word[]> {
  return {
    allowed: `an array of ${words.join(", ")}`,
    includes: (value): value is readonly Word[] =>
      Array.isArray(value) && value.length > 0 && value.every((one) => words.includes(one)),
  };
}

/**
 * Allows issuers of OpenID Connect: `https`, or `http` on this machine. Their spelling is compared exactly.
 */
export const issuer: OptionKind<string> = {
  allowed:
    "an issuer such as https://accounts.google.com, with its host in lower case, " +
    "without query, fragment and /.well-known/openid-configuration",
  includes: (value): value is string => typeof value === "string" && isIssuer(value),
};

function isIssuer(text: string): boolean {
  const url = URL.parse(text);
  if (url === null || (url.href !== text && url.href !== `${text}/`)) return false;
  const isSafe = url.protocol === "https:" || (url.protocol === "http:" && LOOPBACK.includes(url.hostname));
  return (
    isSafe && !/[?#]|\/\.well-known\/openid-configuration$/.test(text) && url.username + url.password === ""
  );
}

const LOOPBACK = ["localhost", "127.0.0.1", "[::1]"];
