import type { Markup } from "./types/markup.ts";
import type { Tuple } from "./types/tuple.ts";
import type { UUID } from "./types/uuid.ts";

/**
 * Registers types of the application that its `TaggedJSON` can store. Add one by declaration merging:
 *
 * ```ts
 * declare module "lambda-sessions" {
 *   interface RegisteredTypes { money: Money }
 * }
 * ```
 */
// biome-ignore lint/suspicious/noEmptyInterface: applications merge their types into it
export interface RegisteredTypes {}

/**
 * Values that a session stores besides arrays and objects. A bigint holds an integer past
 * `Number.MAX_SAFE_INTEGER`.
 */
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

/** Any value that a session stores. */
export type SessionValue =
  | SessionScalar
  | Tuple<SessionValue>
  | readonly SessionValue[]
  | { readonly [name: string]: SessionValue };

/**
 * Maps `T` to itself where it can be stored and to `never` where it cannot. Unlike an index signature, it
 * accepts interfaces.
 */
export type Storable<T> = T extends SessionScalar
  ? T
  : T extends (...args: never[]) => unknown
    ? never
    : T extends symbol | undefined
      ? never
      : T extends readonly (infer Item)[]
        ? readonly Storable<Item>[]
        : { [K in keyof T]: Storable<T[K]> };
