import { decodeTimestamp } from "lambda-sessions/cookie";

/** A part of a cookie, as the page shows it. */
export interface CookiePart {
  /** What it is, which is its colour too. */
  readonly kind: "payload" | "timestamp" | "signature" | "token" | "user" | "sealed";
  readonly name: string;
  /** As much of its text as may be seen. */
  readonly text: string;
  /** How many characters follow that are not shown: whoever has the whole cookie has the session. */
  readonly hidden: number;
  /** One or two sentences. */
  readonly meaning: string;
  /** What it says, where it was verified and can be decoded. */
  readonly decoded?: string | undefined;
}

/** How many characters of a secret part are shown: those in which `flipBit` changes one. */
export const SHOWN = 5;

/** A part of which only the beginning is shown. */
export function secretPart(part: Omit<CookiePart, "hidden">): CookiePart {
  return shortPart(part, SHOWN);
}

/** A part of which at most so many characters are shown. */
export function shortPart(part: Omit<CookiePart, "hidden">, shown: number): CookiePart {
  return { ...part, text: part.text.slice(0, shown), hidden: Math.max(part.text.length - shown, 0) };
}

/** What is known of a cookie before it is cut. */
export interface CookieStanding {
  /** Whether the session layer takes it. Nothing is decoded that was not verified. */
  readonly isVerified: boolean;
  /** What its time means for the session. */
  readonly lifetime: string;
}

/** The last two parts of every signed cookie. */
export function timeAndSignature(
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
      decoded: isVerified ? timeText(timestamp) : undefined,
    },
    secretPart({
      kind: "signature",
      name: "Signature",
      text: signature,
      meaning: `An HMAC over everything before it, made with a secret key that is not in the cookie. The page shows its first ${SHOWN} characters only.`,
    }),
  ];
}

const LONGEST_TIMESTAMP = 12;

/** A signed cookie's three texts: the dots before the last two separate them. `undefined` where there are fewer. */
export function cutAtDots(
  cookie: string,
): [payload: string, timestamp: string, signature: string] | undefined {
  const end = cookie.lastIndexOf(".");
  const dot = cookie.lastIndexOf(".", end - 1);
  if (end < 1 || dot < 0) return undefined;
  return [cookie.slice(0, dot), cookie.slice(dot + 1, end), cookie.slice(end + 1)];
}

function timeText(timestamp: string): string {
  const seconds = decodeTimestamp(timestamp) ?? 0;
  return `${seconds}, which is ${new Date(seconds * 1000).toUTCString()}`;
}
