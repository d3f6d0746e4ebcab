import type { SessionValue } from "./session-value.ts";
import { formatHttpDate, isHttpDate, parseHttpDate } from "./types/http-date.ts";
import { Markup } from "./types/markup.ts";
import { Tuple } from "./types/tuple.ts";
import { UUID } from "./types/uuid.ts";

/**
 * How a type that JSON lacks is stored: as a dictionary of one key that names the type (Flask, `JSONTag`).
 *
 * What `toJSON` returns may hold further values of tagged types; `fromJSON` gets them back as such.
 */
export interface Tag<T = never> {
  /** The one key. It begins with a space, which tells a reader when there is nothing to look for. */
  readonly key: ` ${string}`;
  /** Whether a value is of this type. Lists and dictionaries proper are never asked about. */
  check(value: object): boolean;
  /** The value in other terms. A problem is thrown as a TypeError that says what is wrong. */
  toJSON(value: T): SessionValue;
  /** The value again. What it throws makes the session unreadable. */
  fromJSON(json: never): unknown;
}

/** Python tuples (Flask, `TagTuple`). */
const tuple: Tag<Tuple<SessionValue>> = {
  key: " t",
  check: (value) => value instanceof Tuple,
  toJSON(value) {
    if (Object.keys(value).length > value.length) throw new TypeError("JSON has no tuple with named items");
    return Array.from(value);
  },
  fromJSON: (items: unknown) => Tuple.from(expectList(items)),
};

/** Bytes (Flask, `TagBytes`). */
const bytes: Tag<Uint8Array> = {
  key: " b",
  check: (value) => value instanceof Uint8Array,
  toJSON: (value) => Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("base64"),
  fromJSON: (text: unknown) => Uint8Array.from(Buffer.from(expectText(text), "base64")),
};

/** Safe HTML (Flask, `TagMarkup`). */
const markup: Tag<Markup> = {
  key: " m",
  check: (value) => value instanceof Markup,
  toJSON: (value) => value.html,
  fromJSON: (html: unknown) => new Markup(expectText(html)),
};

/** UUIDs (Flask, `TagUUID`). */
const uuid: Tag<UUID> = {
  key: " u",
  check: (value) => value instanceof UUID,
  toJSON: (value) => value.value.replaceAll("-", ""),
  fromJSON: (hex: unknown) => new UUID(expectText(hex)),
};

/** Points in time (Flask, `TagDateTime`). */
const datetime: Tag<Date> = {
  key: " d",
  check: (value) => value instanceof Date,
  toJSON(value) {
    if (!isHttpDate(value)) throw new TypeError("a date must be valid and in the years 100 to 9999");
    return formatHttpDate(value);
  },
  fromJSON: (text: unknown) => parseHttpDate(expectText(text)),
};

function expectText(value: unknown): string {
  if (typeof value !== "string") throw new TypeError("a text belongs here");
  return value;
}

function expectList(value: unknown): unknown[] {
  if (!Array.isArray(value)) throw new TypeError("a list belongs here");
  return value;
}

/** Flask's own tags, but for the one that keeps dictionaries which look like a tag (`TAGGED_DICTIONARY`). */
export const FLASK_TAGS: readonly Tag[] = [tuple, bytes, markup, uuid, datetime];

/** Stands before a dictionary whose only key is a tag's; the key gets two underscores (Flask, `TagDict`). */
export const TAGGED_DICTIONARY = " di";
