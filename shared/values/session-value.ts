import type { Markup } from "./types/markup.ts";
import type { Tuple } from "./types/tuple.ts";
import type { UUID } from "./types/uuid.ts";

/**
 * Types of the application that are registered with its `TaggedJSON`. Declaration merging adds one:
 *
 * ```ts
 * declare module "lambda-sessions" {
 *   interface RegisteredTypes { money: Money }
 * }
 * ```
 */
// biome-ignore lint/suspicious/noEmptyInterface: it is there to be merged into
export interface RegisteredTypes {}

/** What a session stores beside lists and dictionaries. A bigint is for integers past `Number.MAX_SAFE_INTEGER`. */
export type SessionScalar =
  | string
  | number
  | bigint
  | boolean
  | null
  | Date
  | Uint8Array
  | Markup
  | UUID
  | RegisteredTypes[keyof RegisteredTypes];

/** Anything that a session stores. */
export type SessionValue =
  | SessionScalar
  | Tuple<SessionValue>
  | readonly SessionValue[]
  | { readonly [name: string]: SessionValue };

/** `T` where it can be stored, else `never` in the place that cannot; it works for interfaces too. */
export type Storable<T> = T extends SessionScalar
  ? T
  : T extends (...args: never[]) => unknown
    ? never
    : T extends symbol | undefined
      ? never
      : T extends readonly (infer Item)[]
        ? readonly Storable<Item>[]
        : { [K in keyof T]: Storable<T[K]> };
