import { isDate, isUint8Array } from "node:util/types";
import type { SessionValue } from "./session-value.ts";
import { formatHttpDate, isHttpDate, parseHttpDate } from "./types/http-date.ts";
import { Markup } from "./types/markup.ts";
import { Tuple } from "./types/tuple.ts";
import { UUID } from "./types/uuid.ts";

/**
 * Converts a type that JSON lacks to an object with one key that names the type, and back (Flask, `JSONTag`).
 *
 * `toJSON` may return values of further tagged types; `fromJSON` receives them converted back.
 */
export interface Tag<T = never> {
  /** Key of the object. It begins with a space, so text without such a key needs no search for tags. */
  readonly key: ` ${string}`;
  /** Returns whether a value is of this type. It is never called with plain arrays and objects. */
  check(value: object): boolean;
  /**
   * Converts a value to one that can be stored. Throws a TypeError that names the problem if that is
   * impossible.
   */
  toJSON(value: T): SessionValue;
  /** Converts the stored value back. If it throws, the session is unreadable. */
  fromJSON(json: never): unknown;
}

/** Python tuples (Flask, `TagTuple`). */
const tuple: Tag<Tuple<SessionValue>> = {
  key: " t",
  check: (value) => value instanceof Tuple,
  toJSON(value) {
    if (Object.keys(value).length > value.length)
      throw new TypeError("a tuple must not have named properties; store an object");
    return Array.from(value);
  },
  fromJSON: (items: unknown) => Tuple.from(expectArray(items)),
};

/** Bytes (Flask, `TagBytes`). */
const bytes: Tag<Uint8Array> = {
  key: " b",
  check: isUint8Array,
  toJSON: (value) => Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("base64"),
  fromJSON: (text: unknown) => Uint8Array.from(Buffer.from(expectString(text), "base64")),
};

/** Safe HTML (Flask, `TagMarkup`). */
const markup: Tag<Markup> = {
  key: " m",
  check: (value) => value instanceof Markup,
  toJSON: (value) => value.html,
  fromJSON: (html: unknown) => new Markup(expectString(html)),
};

/** UUIDs (Flask, `TagUUID`). */
const uuid: Tag<UUID> = {
  key: " u",
  check: (value) => value instanceof UUID,
  toJSON: (value) => value.value.replaceAll("-", ""),
  fromJSON: (hex: unknown) => new UUID(expectString(hex)),
};

/** Dates (Flask, `TagDateTime`). */
const datetime: Tag<Date> = {
  key: " d",
  check: isDate,
  toJSON(value) {
    if (!isHttpDate(value))
      throw new TypeError("a date must be valid and in the years 100 to 9999; store a string");
    return formatHttpDate(value);
  },
  fromJSON: (text: unknown) => parseHttpDate(expectString(text)),
};

function expectString(value: unknown): string {
  if (typeof value !== "string") throw new TypeError("the tag must contain a string");
  return value;
}

function expectArray(value: unknown): unknown[] {
  if (!Array.isArray(value)) throw new TypeError("the tag must contain an array");
  return value;
}

/** Flask's tags, except the one for objects that look like a tag (`TAGGED_OBJECT`). */
export const FLASK_TAGS: readonly Tag[] = [tuple, bytes, markup, uuid, datetime];

/**
 * Key that wraps an object whose only key is a tag's key; that key gets two underscores (Flask, `TagDict`).
 */
export const TAGGED_OBJECT = " di";
