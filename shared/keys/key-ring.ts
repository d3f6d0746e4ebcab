import { hash, randomBytes } from "node:crypto";
import { assertSecretKeys } from "../crypto/secret-keys.ts";
import { parseObjectOrEmpty } from "./parse-object-or-empty.ts";

/** Secret key with its dates. Times are seconds since the epoch. */
export interface DatedKey {
  readonly key: string;
  /** Time of its creation; unknown for a key that was added by hand. */
  readonly createdAt?: number | undefined;
  /** Time at which it began to sign, if known. */
  readonly signsSince?: number | undefined;
  /** Time at which it ceased to sign, if known. */
  readonly retiredAt?: number | undefined;
}

/** Keys of an application: `current` signs, all keys verify. */
export interface KeyRing {
  readonly current: DatedKey;
  /** Key that is published in advance, so that every function knows it when it begins to sign. */
  readonly next?: DatedKey | undefined;
  /** Earlier keys, newest first. */
  readonly previous: readonly DatedKey[];
}

/** Times of a rotation, all in seconds. */
export interface RotationTimes {
  readonly now: number;
  /** Time for which a key signs. */
  readonly period: number;
  /** Maximum lifetime of a session after it was last signed. */
  readonly longestLife: number;
}

/**
 * Minimum time in seconds between the publication of a key and its first signature. It is longer than any
 * function uses a list that it has read.
 */
export const LEAST_PUBLISHED = 30 * 60;

/**
 * Maximum time in seconds between the creation of a new list and its publication. An older list is never
 * published.
 */
export const MOST_PENDING = 60 * 60;

/** Returns the id of a key for records and logs, which reveals nothing about the key. */
export function keyId(key: string): string {
  return hash("sha256", key, "hex").slice(0, 8);
}

/** Returns a new secret key: 384 random bits as a string. */
export function newSecretKey(): string {
  return randomBytes(48).toString("base64url");
}

/** Returns all keys of a ring: the current one, the next one, the previous ones. */
export function keysOf({ current, next, previous }: KeyRing): readonly DatedKey[] {
  return [current, ...(next ? [next] : []), ...previous];
}

/**
 * Returns the ring after a rotation: `next` becomes current, and a new key becomes next. Keys that cannot
 * have signed a living session are dropped.
 *
 * The current key stays if there is no `next`, or if some function may not know it yet. Then a rotation only
 * publishes, so repeating it does no harm. Missing dates and dates in the future count as now.
 */
export function rotateKeys(ring: KeyRing, times: RotationTimes, newKey = newSecretKey): KeyRing {
  const { now } = times;
  const known = (date = now): number => Math.min(date, now);
  const current = { ...ring.current, signsSince: known(ring.current.signsSince), retiredAt: undefined };
  const previous = ring.previous
    .map((key) => ({ ...key, retiredAt: known(key.retiredAt) }))
    .filter(({ retiredAt }) => now - retiredAt <= keepingTime(times));
  const createKey = () => ({ key: newKey(), createdAt: now });
  if (ring.next === undefined) return { current, previous, next: createKey() };
  const next = { ...ring.next, createdAt: known(ring.next.createdAt) };
  if (now - next.createdAt < MOST_PENDING + LEAST_PUBLISHED) return { current, previous, next };
  return {
    current: { ...next, signsSince: now, retiredAt: undefined },
    next: createKey(),
    previous: [{ ...current, retiredAt: now }, ...previous],
  };
}

/**
 * Returns how long a previous key is kept. It still signs until the new list is published, and in functions
 * that still cache the old list.
 */
function keepingTime({ longestLife, period }: RotationTimes): number {
  return longestLife + period + MOST_PENDING + LEAST_PUBLISHED;
}

/**
 * Returns the ring without a key that others know, which ends its sessions. If it was the current key, the
 * next one signs at once.
 *
 * @throws Error if there is no such key
 */
export function endKey(ring: KeyRing, id: string, now: number, newKey = newSecretKey): KeyRing {
  const isOther = ({ key }: DatedKey): boolean => keyId(key) !== id;
  if (keysOf(ring).every(isOther))
    throw new Error(`there is no key with the id ${id}; keys_rotated in the log names the ids`);
  const createKey = () => ({ key: newKey(), createdAt: now });
  const next = ring.next !== undefined && isOther(ring.next) ? ring.next : createKey();
  const previous = ring.previous.filter(isOther);
  if (isOther(ring.current)) return { current: ring.current, next, previous };
  return { current: { ...next, signsSince: now }, next: createKey(), previous };
}

/**
 * Returns the ids of keys that living sessions may need and that the second ring lacks, and the id of its
 * current key if that was not published. The array is empty if no session is lost.
 */
export function lostKeys(before: KeyRing, after: KeyRing, times: RotationTimes): string[] {
  const kept = new Set(keysOf(after).map(({ key }) => key));
  const published = new Set(keysOf(before).map(({ key }) => key));
  const mayLive = ({ retiredAt = times.now }: DatedKey) => times.now - retiredAt <= times.longestLife;
  const lost = keysOf(before).filter((key) => mayLive(key) && !kept.has(key.key));
  const unknown = [after.current].filter(({ key }) => !published.has(key));
  return [...lost, ...unknown].map(({ key }) => keyId(key));
}

/** Entry of the history in a secret's string. Dates have the ISO 8601 format. */
interface HistoryEntry {
  readonly id: string;
  readonly born?: string;
  readonly signs?: string;
  readonly retired?: string;
  readonly next?: boolean;
}

/**
 * Parses the ring in a secret's string: `SECRET_KEY` and `SECRET_KEY_FALLBACKS`, as a Flask application reads
 * them, and `SECRET_KEY_HISTORY` with the dates of the keys. Entries for other keys and malformed entries are
 * ignored.
 *
 * @throws Error that names the expected format and never contains the string
 */
export function parseKeyRing(text: string): KeyRing {
  const { SECRET_KEY, SECRET_KEY_FALLBACKS, SECRET_KEY_HISTORY } = parseObjectOrEmpty(text);
  const fallbacks = SECRET_KEY_FALLBACKS ?? [];
  if (typeof SECRET_KEY !== "string" || !Array.isArray(fallbacks))
    throw new Error('the secret must be JSON: { "SECRET_KEY": "…", "SECRET_KEY_FALLBACKS": ["…"] }');
  const keys: unknown[] = [...new Set([SECRET_KEY, ...fallbacks])];
  assertSecretKeys(keys, "secret");
  const history: unknown[] = Array.isArray(SECRET_KEY_HISTORY) ? SECRET_KEY_HISTORY : [];
  const lives = new Map(history.map(Object).map((entry) => [entry.id as unknown, entry as HistoryEntry]));
  const [current, ...others] = (keys as string[]).map((key) => withDates(key, lives.get(keyId(key))));
  const next = others.find(({ key }) => lives.get(keyId(key))?.next === true);
  return { current: current as DatedKey, next, previous: others.filter((key) => key !== next) };
}

/** Returns the ring as a secret's string. Other properties of the previous string are kept. */
export function formatKeyRing(ring: KeyRing, text = "{}"): string {
  const [current, ...fallbacks] = keysOf(ring);
  return JSON.stringify({
    ...parseObjectOrEmpty(text),
    SECRET_KEY: current?.key,
    SECRET_KEY_FALLBACKS: fallbacks.map(({ key }) => key),
    SECRET_KEY_HISTORY: keysOf(ring).map((key) => toHistoryEntry(key, key === ring.next)),
  });
}

function withDates(key: string, entry: HistoryEntry | undefined): DatedKey {
  const { born, signs, retired } = entry ?? {};
  return {
    key,
    createdAt: parseIso(born),
    signsSince: parseIso(signs),
    retiredAt: parseIso(retired),
  };
}

function toHistoryEntry({ key, createdAt, signsSince, retiredAt }: DatedKey, isNext: boolean): HistoryEntry {
  return {
    id: keyId(key),
    ...(createdAt !== undefined && { born: formatIso(createdAt) }),
    ...(signsSince !== undefined && { signs: formatIso(signsSince) }),
    ...(retiredAt !== undefined && { retired: formatIso(retiredAt) }),
    ...(isNext && { next: true }),
  };
}

function formatIso(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}

function parseIso(iso: unknown): number | undefined {
  const time = typeof iso === "string" ? Date.parse(iso) : Number.NaN;
  return Number.isNaN(time) ? undefined : Math.floor(time / 1000);
}
