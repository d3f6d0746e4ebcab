import { hash, randomBytes } from "node:crypto";
import { assertSecretKeys } from "../crypto/secret-keys.ts";
import { parseJsonObject } from "./json-object.ts";

/** A secret key and its life. Times are seconds since the epoch. */
export interface DatedKey {
  readonly key: string;
  /** When it was made; unknown of one that was added by hand. */
  readonly born?: number | undefined;
  /** When it began to sign, as far as is known. */
  readonly signs?: number | undefined;
  /** When it ceased to sign, as far as is known. */
  readonly retired?: number | undefined;
}

/** The keys of an application: `current` signs, all verify. */
export interface KeyRing {
  readonly current: DatedKey;
  /** Published already, so that every function knows it when it begins to sign. */
  readonly next?: DatedKey | undefined;
  /** Newest first. */
  readonly previous: readonly DatedKey[];
}

/** How long rotated keys must serve, all in seconds. */
export interface RotationTimes {
  readonly now: number;
  /** How long a key signs. */
  readonly period: number;
  /** The longest that a session may live after it was last signed. */
  readonly longestLife: number;
}

/**
 * How long a key is published before it may sign, in seconds: longer than any function works with a list that it has
 * read before.
 */
export const LEAST_PUBLISHED = 30 * 60;

/** How long a new list may wait to be published after it was made, in seconds. An older one is never published. */
export const MOST_PENDING = 60 * 60;

/** What names a key in records and logs: it says nothing about the key. */
export function keyId(key: string): string {
  return hash("sha256", key, "hex").slice(0, 8);
}

/** A new secret key: 384 random bits, as text. */
export function newSecretKey(): string {
  return randomBytes(48).toString("base64url");
}

/** All keys of a ring: the current one, the next one, the previous ones. */
export function keysOf({ current, next, previous }: KeyRing): readonly DatedKey[] {
  return [current, ...(next ? [next] : []), ...previous];
}

/**
 * The ring after a rotation: `next` becomes current, and a new key is next. Keys that no living session can have been
 * signed with are dropped.
 *
 * A ring without a `next`, or with one that not every function can know yet, keeps its current key: then a rotation
 * only publishes, so repeating one does no harm. Dates that are missing, or are yet to come, count as now.
 */
export function rotateKeys(ring: KeyRing, times: RotationTimes, newKey = newSecretKey): KeyRing {
  const { now } = times;
  const known = (date = now): number => Math.min(date, now);
  const current = { ...ring.current, signs: known(ring.current.signs), retired: undefined };
  const previous = ring.previous
    .map((key) => ({ ...key, retired: known(key.retired) }))
    .filter(({ retired }) => now - retired <= keptFor(times));
  const fresh = () => ({ key: newKey(), born: now });
  if (ring.next === undefined) return { current, previous, next: fresh() };
  const next = { ...ring.next, born: known(ring.next.born) };
  if (now - next.born < MOST_PENDING + LEAST_PUBLISHED) return { current, previous, next };
  return {
    current: { ...next, signs: now, retired: undefined },
    next: fresh(),
    previous: [{ ...current, retired: now }, ...previous],
  };
}

/** A key goes on signing until the new list is published, and wherever the old one is still at hand. */
function keptFor({ longestLife, period }: RotationTimes): number {
  return longestLife + period + MOST_PENDING + LEAST_PUBLISHED;
}

/**
 * The ring without a key that is known to others: its sessions end. When it was the current one, the next one signs
 * at once.
 *
 * @throws Error when there is no such key
 */
export function endKey(ring: KeyRing, id: string, now: number, newKey = newSecretKey): KeyRing {
  const isOther = ({ key }: DatedKey): boolean => keyId(key) !== id;
  if (keysOf(ring).every(isOther)) throw new Error(`there is no key ${id}`);
  const fresh = () => ({ key: newKey(), born: now });
  const next = ring.next !== undefined && isOther(ring.next) ? ring.next : fresh();
  const previous = ring.previous.filter(isOther);
  if (isOther(ring.current)) return { current: ring.current, next, previous };
  return { current: { ...next, signs: now }, next: fresh(), previous };
}

/**
 * What would be lost by going from one ring to another: the ids of keys that living sessions may need, and the id of a
 * key that would sign although it was not published. Nothing, if all is well.
 */
export function lostKeys(before: KeyRing, after: KeyRing, times: RotationTimes): string[] {
  const kept = new Set(keysOf(after).map(({ key }) => key));
  const published = new Set(keysOf(before).map(({ key }) => key));
  const mayLive = ({ retired = times.now }: DatedKey) => times.now - retired <= times.longestLife;
  const lost = keysOf(before).filter((key) => mayLive(key) && !kept.has(key.key));
  const unknown = [after.current].filter(({ key }) => !published.has(key));
  return [...lost, ...unknown].map(({ key }) => keyId(key));
}

/** What a secret's text says of its keys beside the keys themselves. Dates are in the form of ISO 8601. */
interface HistoryEntry {
  readonly id: string;
  readonly born?: string;
  readonly signs?: string;
  readonly retired?: string;
  readonly next?: boolean;
}

/**
 * The ring that a secret's text holds: `SECRET_KEY` and `SECRET_KEY_FALLBACKS`, as a Flask application reads them, and
 * `SECRET_KEY_HISTORY`, which tells their lives. What the history says of keys that are not there is ignored, and so is
 * what it says in another form.
 *
 * @throws Error that says what is wrong with the form, never what the text is
 */
export function parseKeyRing(text: string): KeyRing {
  const { SECRET_KEY, SECRET_KEY_FALLBACKS, SECRET_KEY_HISTORY } = parseJsonObject(text);
  const fallbacks = SECRET_KEY_FALLBACKS ?? [];
  if (typeof SECRET_KEY !== "string" || !Array.isArray(fallbacks))
    throw new Error('the secret must be JSON: { "SECRET_KEY": "…", "SECRET_KEY_FALLBACKS": ["…"] }');
  const keys: unknown[] = [...new Set([SECRET_KEY, ...fallbacks])];
  assertSecretKeys(keys, "secret");
  const history: unknown[] = Array.isArray(SECRET_KEY_HISTORY) ? SECRET_KEY_HISTORY : [];
  const lives = new Map(history.map(Object).map((entry) => [entry.id as unknown, entry as HistoryEntry]));
  const [current, ...others] = (keys as string[]).map((key) => dated(key, lives.get(keyId(key))));
  const next = others.find(({ key }) => lives.get(keyId(key))?.next === true);
  return { current: current as DatedKey, next, previous: others.filter((key) => key !== next) };
}

/** The ring as a secret's text. Everything else that stood in the text stays. */
export function formatKeyRing(ring: KeyRing, text = "{}"): string {
  const [current, ...fallbacks] = keysOf(ring);
  return JSON.stringify({
    ...parseJsonObject(text),
    SECRET_KEY: current?.key,
    SECRET_KEY_FALLBACKS: fallbacks.map(({ key }) => key),
    SECRET_KEY_HISTORY: keysOf(ring).map((key) => entryOf(key, key === ring.next)),
  });
}

function dated(key: string, entry: HistoryEntry | undefined): DatedKey {
  const { born, signs, retired } = entry ?? {};
  return { key, born: secondsOf(born), signs: secondsOf(signs), retired: secondsOf(retired) };
}

function entryOf({ key, born, signs, retired }: DatedKey, isNext: boolean): HistoryEntry {
  return {
    id: keyId(key),
    ...(born !== undefined && { born: isoOf(born) }),
    ...(signs !== undefined && { signs: isoOf(signs) }),
    ...(retired !== undefined && { retired: isoOf(retired) }),
    ...(isNext && { next: true }),
  };
}

function isoOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}

function secondsOf(iso: unknown): number | undefined {
  const time = typeof iso === "string" ? Date.parse(iso) : Number.NaN;
  return Number.isNaN(time) ? undefined : Math.floor(time / 1000);
}
