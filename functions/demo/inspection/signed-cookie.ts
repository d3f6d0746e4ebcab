import { decodePayload } from "lambda-sessions/cookie";
import {
  type CookiePart,
  describeTimeAndSignature,
  hideSecretPart,
  shortenPart,
  splitAtDots,
} from "./cookie-part.ts";

const LIFETIME = "The session’s lifetime counts from here.";

/** Maximum number of characters shown of a decoded payload, and of a refused one. */
const [MOST_DECODED, MOST_REFUSED] = [5000, 24];

/** Cuts a signed or sealed cookie into its parts. */
export function cutSignedCookie(cookie: string, isVerified: boolean): readonly CookiePart[] {
  if (cookie.startsWith("~")) return [describeSealed(cookie)];
  const parts = splitAtDots(cookie);
  if (parts === undefined) return [];
  const [payload, timestamp, signature] = parts;
  const first = isVerified ? describePayload(payload) : describeRefusedPayload(payload);
  return [first, ...describeTimeAndSignature(timestamp, signature, { isVerified, lifetime: LIFETIME })];
}

function describePayload(payload: string): CookiePart {
  const packing = payload.startsWith(".") ? "compressed with zlib and then in base64" : "in base64";
  const decoded = decodePayload(payload);
  return {
    kind: "payload",
    name: "Payload",
    text: payload,
    hidden: 0,
    meaning: `The session’s data as JSON, ${packing}. Signed is not encrypted: everybody who has the cookie can read it.`,
    decoded: decoded.length > MOST_DECODED ? `${decoded.slice(0, MOST_DECODED)}…` : decoded,
  };
}

function describeRefusedPayload(text: string): CookiePart {
  const meaning = "Whatever it says, it does not count.";
  return shortenPart({ kind: "payload", name: "Payload", text, meaning }, MOST_REFUSED);
}

function describeSealed(cookie: string): CookiePart {
  return hideSecretPart({
    kind: "sealed",
    name: "Sealed",
    text: cookie,
    meaning:
      "Time and data, encrypted and authenticated in one (AES-256-GCM). Only the functions can read it; a visitor sees that there is a session, and how long it is.",
  });
}
