import { integer, type OptionKind, string } from "lambda-sessions/settings";

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

/** Allows arrays of web origins such as `https://app.example.com`. */
export const origins: OptionKind<readonly string[]> = {
  allowed: "an array of origins such as https://app.example.com, with commas between them or as JSON",
  includes: (value): value is readonly string[] => Array.isArray(value) && value.every(isOrigin),
};

/** Allows an origin with the scheme `https`. */
export const httpsOrigin: OptionKind<string> = {
  allowed: "an origin such as https://app.example.com",
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

function isOrigin(value: unknown): value is string {
  return typeof value === "string" && /^https?:/.test(value) && URL.parse(value)?.origin === value;
}
