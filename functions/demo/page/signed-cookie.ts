import { decodePayload } from "../../../shared/session/payload.ts";
import { type CookiePart, cutAtDots, secretPart, timeAndSignature } from "./cookie-part.ts";

/**
 * Cuts a session's signed or sealed cookie into its parts. Nothing is decoded that was not verified.
 *
 * @param isVerified whether the session layer takes it
 */
export function cutSignedCookie(cookie: string, isVerified: boolean): readonly CookiePart[] {
  if (cookie.startsWith("~")) return [sealed(cookie)];
  const parts = cutAtDots(cookie);
  if (parts === undefined) return [];
  const [payload, timestamp, signature] = parts;
  return [
    payloadPart(payload, isVerified),
    ...timeAndSignature(timestamp, signature, "The session’s lifetime counts from here."),
  ];
}

function payloadPart(payload: string, isVerified: boolean): CookiePart {
  const packing = payload.startsWith(".") ? "compressed with zlib and then in base64" : "in base64";
  return {
    kind: "payload",
    name: "Payload",
    text: payload,
    hidden: 0,
    meaning: `The session’s data as JSON, ${packing}. Signed is not encrypted: everybody who has the cookie can read it.`,
    decoded: isVerified ? decodePayload(payload) : undefined,
  };
}

function sealed(cookie: string): CookiePart {
  return secretPart({
    kind: "sealed",
    name: "Sealed",
    text: cookie,
    meaning:
      "Time and data, encrypted and authenticated in one (AES-256-GCM). Only the functions can read it; a visitor sees that there is a session, and how long it is.",
  });
}
