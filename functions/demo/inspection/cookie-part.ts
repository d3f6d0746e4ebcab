import { decodeTimestamp } from "lambda-sessions/cookie";

/** Part of a cookie, as the page shows it. */
export interface CookiePart {
  /** Kind of the part, which also selects its colour. */
  readonly kind: "payload" | "timestamp" | "signature" | "token" | "user" | "sealed";
  readonly name: string;
  /** Characters that are shown. */
  readonly text: string;
  /** Number of characters that are not shown, because whoever has the whole cookie has the session. */
  readonly hidden: number;
  /** Explanation of the part, in one or two sentences. */
  readonly meaning: string;
  /** Decoded content, if the cookie was verified and the part can be decoded. */
  readonly decoded?: string | undefined;
}

/** Number of characters shown of a secret part. `flipBit` changes one of them. */
export const SHOWN = 5;

/** Returns a secret part with all but its first characters hidden. */
export function hideSecretPart(part: Omit<CookiePart, "hidden">): CookiePart {
  return shortenPart(part, SHOWN);
}

/** Returns a part with all but its first `shown` characters hidden. */
export function shortenPart(part: Omit<CookiePart, "hidden">, shown: number): CookiePart {
  return { ...part, text: part.text.slice(0, shown), hidden: Math.max(part.text.length - shown, 0) };
}

/** Facts about a cookie that the texts of its parts depend on. */
export interface CookieStanding {
  /** True if the session layer accepted the cookie. Parts of other cookies are not decoded. */
  readonly isVerified: boolean;
  /** Sentence about the timestamp's meaning for the session's lifetime. */
  readonly lifetime: string;
}

/** Returns the last two parts of a signed cookie: timestamp and signature. */
export function describeTimeAndSignature(
  timestamp: string,
  signature: string,
  { isVerified, lifetime }: CookieStanding,
): CookiePart[] {
  return [
    {
      kind: "timestamp",
      name: "Timestamp",
      text: timestamp.slice(0, LONGEST_TIMESTAMP),
      hidden: Math.max(timestamp.length - LONGEST_TIMESTAMP, 0),
      meaning: `When the cookie was signed, in seconds since 1970, in base64. ${lifetime}`,
      decoded: isVerified ? formatTime(timestamp) : undefined,
    },
    hideSecretPart({
      kind: "signature",
      name: "Signature",
      text: signature,
      meaning: `An HMAC over everything before it, made with a secret key that is not in the cookie. The page shows its first ${SHOWN} characters only.`,
    }),
  ];
}

const LONGEST_TIMESTAMP = 12;

/** Splits a signed cookie at its last two dots. Returns `undefined` if it has fewer than two. */
export function splitAtDots(
  cookie: string,
): [payload: string, timestamp: string, signature: string] | undefined {
  const end = cookie.lastIndexOf(".");
  const dot = cookie.lastIndexOf(".", end - 1);
  if (end < 1 || dot < 0) return undefined;
  return [cookie.slice(0, dot), cookie.slice(dot + 1, end), cookie.slice(end + 1)];
}

function formatTime(timestamp: string): string {
  const seconds = decodeTimestamp(timestamp) ?? 0;
  return `${seconds}, which is ${new Date(seconds * 1000).toUTCString()}`;
}
