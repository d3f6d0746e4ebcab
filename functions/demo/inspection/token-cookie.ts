import { type CookiePart, cutAtDots, secretPart, timeAndSignature } from "./cookie-part.ts";

/** How long the key and the token are. What follows is the hash of the user's id. */
const [KEY, TOKEN] = [22, 22];

const LIFETIME = "The session’s lifetime is kept in the table.";

/**
 * Cuts the cookie of a server-side session into its parts. Neither key nor token is shown.
 *
 * @param id what the table calls the session; `undefined` where the cookie opens none
 */
export function cutTokenCookie(cookie: string, id: string | undefined): readonly CookiePart[] {
  const parts = cutAtDots(cookie);
  if (parts === undefined) return [];
  const [payload, timestamp, signature] = parts;
  const user = payload.slice(KEY + TOKEN);
  return [
    keyPart(payload.slice(0, KEY), id),
    tokenPart(payload.slice(KEY, KEY + TOKEN)),
    ...(user === "" ? [] : [userPart(user)]),
    ...timeAndSignature(timestamp, signature, { isVerified: id !== undefined, lifetime: LIFETIME }),
  ];
}

function keyPart(text: string, id: string | undefined): CookiePart {
  return secretPart({
    kind: "payload",
    name: "Key",
    text,
    meaning:
      "128 random bits that find the session. The table knows only their hash, which is the session’s id.",
    decoded: id && `id ${id}`,
  });
}

function tokenPart(text: string): CookiePart {
  return secretPart({
    kind: "token",
    name: "Token",
    text,
    meaning:
      "128 more random bits, which open the session. They change when you sign in; the table has their hash.",
  });
}

function userPart(text: string): CookiePart {
  return secretPart({
    kind: "user",
    name: "User",
    text,
    meaning: "The hash of your id, so that the session and the list of your sessions are read in one call.",
  });
}
