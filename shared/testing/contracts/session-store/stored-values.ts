import type { EndReason } from "../../../session/session-log.ts";
import type { StoredValue } from "../../../stores/session-record.ts";

/** Every reason for which a store ends a session. */
export const END_REASONS: readonly EndReason[] = ["destroyed", "revoked", "evicted"];

/** Keys of the data that databases or objects may treat specially. */
export const HOSTILE_KEYS: readonly [description: string, key: string][] = [
  ["__proto__", "__proto__"],
  ["constructor", "constructor"],
  ["an empty string", ""],
  ["a space", " "],
  ["dots", "a.b.c"],
  ["brackets", "a[0]"],
  ["#", "#k0"],
  [":", ":v0"],
  ["quotes and backslashes", "\"'`\\"],
  ["a tilde", "~"],
  ["two tildes", "~~"],
  ["a word that databases reserve", "size"],
  ["line ends and NUL", "\r\n\u0000"],
  ["characters beyond ASCII", "ключ-鍵-𝄞"],
  ["a high surrogate", "\ud834"],
  ["a low surrogate", "\udd1e"],
  ["a thousand characters", "key".repeat(333)],
  ["twenty thousand characters", "é".repeat(20_000)],
];

/** Values that a store keeps exactly. */
export const VALUES: readonly [description: string, value: StoredValue][] = [
  ["a string", '{"a":[1,2]}'],
  ["an empty string", ""],
  ["a string that looks like a number", "1"],
  ["a string of any characters", "ünï ☃ 𝄞 \u0000 \"'\\"],
  ["a string of 100,000 characters", "x".repeat(100_000)],
  ["zero", 0],
  ["a negative fraction", -1.5],
  ["a fraction of many digits", 0.1 + 0.2],
  ["a small number", 1e-7],
  ["the largest safe integer", Number.MAX_SAFE_INTEGER],
  ["the smallest safe integer", Number.MIN_SAFE_INTEGER],
];
