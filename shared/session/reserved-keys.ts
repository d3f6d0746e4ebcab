/** The keys under which a session stores its own values. The first two are Flask's. */
export const RESERVED = {
  /** Whether the cookie outlives the browser window. */
  permanent: "_permanent",
  /** The messages for the next page: an array of tuples of category and message. */
  flashes: "_flashes",
  /** The user who is signed in: `{ id, name }`. */
  user: "_user",
  /** When the session was created, in seconds since the epoch. */
  created: "_created",
  /** The id of a cookie session in its user's list, if it can be revoked. */
  id: "_sid",
} as const;

const REMEDIES: ReadonlyMap<string, string> = new Map([
  [RESERVED.permanent, "set session.permanent"],
  [RESERVED.flashes, "call session.flash()"],
  [RESERVED.user, "call session.signIn()"],
  [RESERVED.created, "read session.createdAt"],
  [RESERVED.id, "read session.id"],
]);

/** Returns whether a key is reserved. */
export function isReserved(key: string): boolean {
  return key.startsWith("_") && REMEDIES.has(key);
}

/** Returns whether a key holds metadata, which does not count as data of the session. */
export function isMetadata(key: string): boolean {
  return key === RESERVED.created || key === RESERVED.permanent || key === RESERVED.id;
}

/** @throws TypeError for a reserved key, with the remedy */
export function assertPublic(key: string): void {
  if (isReserved(key)) throw new TypeError(`session key ${key} is reserved: ${REMEDIES.get(key)}`);
}
