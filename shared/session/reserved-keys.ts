/** The keys that the session itself keeps in its dictionary; the first two are Flask's. */
export const RESERVED = {
  /** Whether the cookie outlives the browser window. */
  permanent: "_permanent",
  /** The messages for the next page: a list of tuples of category and message. */
  flashes: "_flashes",
  /** The user who is signed in: `{ id, name }`. */
  user: "_user",
  /** When the session began, in seconds since the epoch. */
  created: "_created",
  /** What names a cookie session among its user's sessions, where such sessions can be revoked. */
  id: "_sid",
} as const;

const REMEDIES: ReadonlyMap<string, string> = new Map([
  [RESERVED.permanent, "set session.permanent"],
  [RESERVED.flashes, "call session.flash()"],
  [RESERVED.user, "call session.signIn()"],
  [RESERVED.created, "read session.createdAt"],
  [RESERVED.id, "read session.id"],
]);

/** Whether the session keeps something of its own under this key. */
export function isReserved(key: string): boolean {
  return key.startsWith("_") && REMEDIES.has(key);
}

/** Whether what stands under the key is about the session, and not in it. */
export function isMetadata(key: string): boolean {
  return key === RESERVED.created || key === RESERVED.permanent || key === RESERVED.id;
}

/** @throws TypeError for a reserved key, naming what to do instead */
export function assertPublic(key: string): void {
  if (isReserved(key)) throw new TypeError(`session key ${key} is reserved: ${REMEDIES.get(key)}`);
}
