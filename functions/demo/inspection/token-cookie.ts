import { type CookiePart, describeTimeAndSignature, hideSecretPart, splitAtDots } from "./cookie-part.ts";

/** Lengths of the table key and the token. The hash of the user's id follows them. */
const [TABLE_KEY, TOKEN] = [22, 22];

const LIFETIME = "The session’s lifetime is kept in the table.";

/**
 * Cuts the cookie of a server-side session into its parts, and hides most of the table key and the token.
 *
 * @param id id of the session; `undefined` if the cookie does not open one
 */
export function cutTokenCookie(cookie: string, id: string | undefined): readonly CookiePart[] {
  const parts = splitAtDots(cookie);
  if (parts === undefined) return [];
  const [payload, timestamp, signature] = parts;
  const user = payload.slice(TABLE_KEY + TOKEN);
  return [
    describeTableKey(payload.slice(0, TABLE_KEY), id),
    describeToken(payload.slice(TABLE_KEY, TABLE_KEY + TOKEN)),
    ...(user === "" ? [] : [describeUser(user)]),
    ...describeTimeAndSignature(timestamp, signature, { isVerified: id !== undefined, lifetime: LIFETIME }),
  ];
}

function describeTableKey(text: string, id: string | undefined): CookiePart {
  return hideSecretPart({
    kind: "payload",
    name: "Table key",
    text,
    meaning:
      "128 random bits that find the session’s item. The table has only their hash, which is the session’s id.",
    decoded: id && `id ${id}`,
  });
}

function describeToken(text: string): CookiePart {
  return hideSecretPart({
    kind: "token",
    name: "Token",
    text,
    meaning:
      "128 more random bits, which open the session. They change when you sign in; the table has their hash.",
  });
}

function describeUser(text: string): CookiePart {
  return hideSecretPart({
    kind: "user",
    name: "User",
    text,
    meaning: "The hash of your id, so that the session and the list of your sessions are read in one call.",
  });
}
