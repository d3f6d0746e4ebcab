import { decodeTimestamp } from "../../../shared/crypto/timestamp-signer.ts";

/** A part of a cookie, as the page shows it. */
export interface CookiePart {
  /** What it is, which is its colour too. */
  readonly kind: "payload" | "timestamp" | "signature" | "token" | "sealed";
  readonly name: string;
  /** As much of its text as may be seen. */
  readonly text: string;
  /** How many characters follow that are not shown: whoever has the whole cookie has the session. */
  readonly hidden: number;
  /** One or two sentences. */
  readonly meaning: string;
  /** What it says, where it can be decoded. */
  readonly decoded?: string | undefined;
}

/** How many characters of a secret part are shown. */
const SHOWN = 4;

/** A part of which only the beginning is shown. */
export function secretPart(part: Omit<CookiePart, "hidden">): CookiePart {
  const hidden = Math.max(part.text.length - SHOWN, 0);
  return { ...part, text: part.text.slice(0, SHOWN), hidden };
}

/** The last two parts of every signed cookie; `about` says what the time means for the session. */
export function timeAndSignature(timestamp: string, signature: string, about: string): CookiePart[] {
  return [
    {
      kind: "timestamp",
      name: "Timestamp",
      text: timestamp,
      hidden: 0,
      meaning: `When the cookie was signed, in seconds since 1970. ${about}`,
      decoded: timeText(timestamp),
    },
    secretPart({
      kind: "signature",
      name: "Signature",
      text: signature,
      meaning: `An HMAC over everything before it, made with a secret key that never leaves the functions. The page shows its first ${SHOWN} characters only.`,
    }),
  ];
}

/** A signed cookie's three texts: the dots before the last two separate them. `undefined` where there are fewer. */
export function cutAtDots(
  cookie: string,
): [payload: string, timestamp: string, signature: string] | undefined {
  const end = cookie.lastIndexOf(".");
  const dot = cookie.lastIndexOf(".", end - 1);
  if (end < 1 || dot < 0) return undefined;
  return [cookie.slice(0, dot), cookie.slice(dot + 1, end), cookie.slice(end + 1)];
}

function timeText(timestamp: string): string | undefined {
  const seconds = decodeTimestamp(timestamp);
  const date = new Date((seconds ?? Number.NaN) * 1000);
  return Number.isNaN(date.getTime()) ? undefined : `${seconds}, which is ${date.toUTCString()}`;
}
